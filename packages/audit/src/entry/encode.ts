/**
 * The bytes of a leaf: the one place where entries become canonical JSON and where leaves are read (log format, section 2).
 * Reading is strict: what was read must format to the same text. Pure.
 */

import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { EntryError } from '../errors.js';
import { type Entry, type EntryKind, entrySchema, PAYLOAD_NAMES } from './kinds.js';

/** The longest leaf, in bytes of UTF-8. */
export const MAX_LEAF_BYTES = 8 * 1024;

/** The only version of entries so far. */
export const ENTRY_VERSION = 1;

/** Why a leaf is refused. */
export type EntryFailure =
  | 'ENTRY_TOO_LARGE'
  | 'ENTRY_NOT_UTF8'
  | 'ENTRY_NOT_CANONICAL'
  | 'ENTRY_UNKNOWN_VERSION'
  | 'ENTRY_UNKNOWN_KIND'
  | 'ENTRY_MEMBER_INVALID'
  | 'ENTRY_PAYLOAD_UNKNOWN';

/** The answer of `decodeEntry`. */
export type DecodeResult =
  | { readonly ok: true; readonly entry: Entry }
  | { readonly ok: false; readonly code: EntryFailure; readonly message: string };

/**
 * The leaf of an entry: canonical JSON of at most `MAX_LEAF_BYTES`. Members that are undefined are left out.
 * @throws EntryError ENTRY_INVALID when the entry breaks the field table (the message names members, never values);
 * ENTRY_TOO_LARGE when the leaf would be too long.
 */
export function encodeEntry(entry: Entry): string {
  const problem = checkMembers(entry);
  throw new EntryError('ENTRY_INVALID', 'not implemented');
}

/** The entry of a leaf, or why the leaf is none. Never throws. */
export function decodeEntry(leaf: string | Uint8Array): DecodeResult {
  return { ok: false, code: 'ENTRY_NOT_CANONICAL', message: 'not implemented' };
}
