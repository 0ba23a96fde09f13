/**
 * The payloads of an entry against the commitments in its leaf (log format, section 3). Pure.
 */

import { isJsonObject, type JsonValue } from '@countersign/core';
import type { StoredPayload } from '../../log-reader.js';
import { openPayload, PREVIEW_HEAD_BYTES, PREVIEW_TAIL_BYTES } from '../../payload.js';
import type { OpenedPayload, OpenedPayloads } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { CheckedLeaf } from './leaf-checks.js';

/** What came of the payloads of one entry. */
export interface CheckedPayloads {
  readonly opened: OpenedPayloads;
  /** Names that the leaf commits to and that have no row. */
  readonly missing: readonly string[];
}

/** Checks the stored payloads of one entry. */
export function checkPayloads(leaf: CheckedLeaf, stored: readonly StoredPayload[], report: Report): CheckedPayloads {
  const { index, entry } = leaf;
  // What a damaged leaf commits to is not known: only its own finding is made.
  if (leaf.text === 'bad') return { opened: new Map(), missing: [] };
  const commitments = new Map(Object.entries(entry?.payload ?? {}));
  const opened = new Map<string, OpenedPayload>();
  const found = new Set<string>();
  for (const row of stored) {
    const commitment = commitments.get(row.name);
    if (commitment === undefined || found.has(row.name)) {
      report('PAYLOAD_UNEXPECTED', 'The leaf commits to no such payload.', index);
      continue;
    }
    found.add(row.name);
    const payload = open(row, commitment, report);
    if (payload !== undefined) opened.set(row.name, payload);
  }
  return { opened, missing: [...commitments.keys()].filter((name) => !found.has(name)) };
}

function open(row: StoredPayload, commitment: string, report: Report): OpenedPayload | undefined {
  const result = openPayload(row, commitment);
  if (!result.ok) {
    report(result.code, `The payload ${describeName(row.name)} is not what the leaf commits to.`, row.index);
    return undefined;
  }
  const { value, truncated } = result;
  if (truncated && !isPreview(value)) {
    report('PAYLOAD_PREVIEW_INVALID', `The preview of ${describeName(row.name)} has another form.`, row.index);
  }
  return { value, truncated, salt: row.salt };
}

/** The names of payloads are ours; anything else could be content. */
function describeName(name: string): string {
  return /^[a-zA-Z]{1,32}$/.test(name) ? name : 'of another name';
}

/** `{"$t":"truncated","bytes","digest","head","tail"}`, and what it leaves out is more than nothing. */
function isPreview(value: JsonValue): boolean {
  if (!isJsonObject(value) || Object.keys(value).sort().join() !== '$t,bytes,digest,head,tail') return false;
  const { bytes, digest, head, tail } = value;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return false;
  if (typeof digest !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(digest)) return false;
  if (typeof head !== 'string' || typeof tail !== 'string') return false;
  return Buffer.byteLength(head) <= PREVIEW_HEAD_BYTES && Buffer.byteLength(tail) <= PREVIEW_TAIL_BYTES;
}
