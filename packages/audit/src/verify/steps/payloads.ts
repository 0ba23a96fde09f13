/**
 * The payloads of an entry against the commitments in its leaf (log format, section 3). Pure.
 */

import { isJsonObject, type JsonValue } from '@countersign/core';
import type { StoredPayload } from '../../log-reader.js';
import { checkPayload, PREVIEW_HEAD_BYTES, PREVIEW_TAIL_BYTES, payloadValue } from '../../payload.js';
import { isSealed } from '../../sealed/sealed-form.js';
import type { OpenedPayload, OpenedPayloads } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { CheckedLeaf } from './leaf-checks.js';
import type { SealedCount } from './sealed-payloads.js';

/** A payload whose bytes are what its leaf commits to. */
export interface FoundPayload {
  readonly row: StoredPayload;
  /** True for a preview. */
  readonly truncated: boolean;
}

/** What came of the payloads of one entry. */
export interface CheckedPayloads {
  readonly found: readonly FoundPayload[];
  /** Names that the leaf commits to and that have no row. */
  readonly missing: readonly string[];
  /** Payloads that stand encrypted. */
  readonly sealed: SealedCount;
}

/** Checks the stored payloads of one entry. In an export nothing is encrypted. */
export function checkPayloads(
  leaf: CheckedLeaf,
  stored: readonly StoredPayload[],
  report: Report,
  isExport = false,
): CheckedPayloads {
  // What a damaged leaf commits to is not known: only its own finding is made.
  if (leaf.text === 'bad') return NOTHING;
  const commitments: Readonly<Record<string, string>> = leaf.entry?.payload ?? {};
  const found: FoundPayload[] = [];
  const names: string[] = [];
  let [closed, opened] = [0, 0];
  for (const row of stored) {
    const commitment = Object.hasOwn(commitments, row.name) ? commitments[row.name] : undefined;
    if (commitment === undefined || names.includes(row.name)) {
      report('PAYLOAD_UNEXPECTED', 'The leaf commits to no such payload.', leaf.index);
      continue;
    }
    names.push(row.name);
    if (!isExport && isSealed(row.bytes)) {
      closed += 1;
      continue;
    }
    const payload = open(row, commitment, report);
    if (payload === undefined) continue;
    found.push(payload);
    if (row.sealed === true) opened += 1;
  }
  const missing = Object.keys(commitments).filter((name) => !names.includes(name));
  return { found, missing, sealed: closed + opened === 0 ? UNSEALED : { closed, opened } };
}

/** The values of payloads, by name. */
export function openAll(found: readonly FoundPayload[]): OpenedPayloads {
  return new Map(
    found.map(({ row, truncated }): [string, OpenedPayload] => [
      row.name,
      { value: payloadValue(row.bytes), truncated, salt: row.salt },
    ]),
  );
}

const UNSEALED: SealedCount = { closed: 0, opened: 0 };
const NOTHING: CheckedPayloads = { found: [], missing: [], sealed: UNSEALED };

function open(row: StoredPayload, commitment: string, report: Report): FoundPayload | undefined {
  const result = checkPayload(row, commitment);
  if (!result.ok) {
    report(result.code, `The payload ${describeName(row.name)} is not what the leaf commits to.`, row.index);
    return undefined;
  }
  const { truncated } = result;
  if (truncated && !isPreview(payloadValue(row.bytes))) {
    report('PAYLOAD_PREVIEW_INVALID', `The preview of ${describeName(row.name)} has another form.`, row.index);
  }
  return { row, truncated };
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
