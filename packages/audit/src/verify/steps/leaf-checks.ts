/**
 * One leaf by itself (log format, section 2): its bytes, its hash, its form, its place. Pure.
 */

import { hash } from 'node:crypto';
import { decodeEntry } from '../../entry/encode.js';
import type { Entry } from '../../entry/kinds.js';
import type { StoredLeaf } from '../../log-reader.js';
import type { Report } from '../finding-list.js';

/** What a row of the log holds. */
export interface CheckedLeaf {
  readonly index: number;
  /** The hash for the tree: that of the text where there is one, else the stored one. Undefined when there is neither. */
  readonly leafHash: Uint8Array | undefined;
  /** `read`: decoded and sound; `gone`: its text was removed; `bad`: there, and not to be believed. */
  readonly text: 'read' | 'gone' | 'bad';
  /** Present when `text` is `read`. */
  readonly entry?: Entry;
}

/** Checks one stored leaf. */
export function checkLeaf(stored: StoredLeaf, report: Report): CheckedLeaf {
  const { index, leaf } = stored;
  const storedHash = stored.leafHash.length === HASH_BYTES ? stored.leafHash : undefined;
  if (storedHash === undefined) report('LEAF_HASH_MISMATCH', 'The stored leaf hash is not 32 bytes.', index);
  if (stored.unreadable === true) {
    report('ENTRY_NOT_UTF8', 'The stored leaf is not UTF-8.', index);
    return { index, leafHash: storedHash, text: 'bad' };
  }
  if (leaf === undefined) return { index, leafHash: storedHash, text: 'gone' };
  // RFC 6962: a leaf is hashed behind a zero byte. Text in and text out is the quickest way through the engine.
  const leafHash = Buffer.from(hash('sha256', `\0${leaf}`, 'binary'), 'latin1');
  const isHashed = storedHash !== undefined && leafHash.equals(storedHash);
  if (!isHashed && storedHash !== undefined) {
    report('LEAF_HASH_MISMATCH', 'The stored leaf hash is not that of the leaf.', index);
  }
  const decoded = decodeEntry(leaf);
  if (!decoded.ok) {
    report(decoded.code, decoded.message, index);
    return { index, leafHash, text: 'bad' };
  }
  const isInPlace = decoded.entry.index === index;
  if (!isInPlace) report('ENTRY_MISPLACED', 'The entry states another index than its place.', index);
  // A text that is not the one that was hashed, or belongs elsewhere, says nothing about the log.
  if (!isHashed || !isInPlace) return { index, leafHash, text: 'bad' };
  return { index, leafHash, text: 'read', entry: decoded.entry };
}

const HASH_BYTES = 32;
