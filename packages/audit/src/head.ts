/**
 * The head of the log, decoded and checked: what the next entry goes on from. Pure.
 */

import { parseTime, RISK_LEVELS, type RiskLevel } from '@countersign/core';
import { decodeEdge, EMPTY_EDGE, hashLeaf, type RightEdge } from '@countersign/tlog';
import { decodeEntry } from './entry/encode.js';
import type { Entry } from './entry/kinds.js';
import { StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
import type { StoredHead } from './log-reader.js';

/** Calls so far by risk level. */
export type Totals = Readonly<Record<RiskLevel, number>>;

/** The head, decoded. */
export interface DecodedHead {
  readonly edge: RightEdge;
  /** The leaf hash of the last entry; 32 zero bytes for an empty log. */
  readonly prev: Uint8Array;
  readonly totals: Totals;
  /** Time of the last entry; undefined for an empty log. */
  readonly timeUs: number | undefined;
}

/** No calls. */
export const NO_CALLS: Totals = Object.freeze({ safe: 0, moderate: 0, destructive: 0, critical: 0 });

/**
 * Decodes the head of the log named `origin`.
 * @throws StoreCorruptError `ENTRY_CORRUPT` or `STORE_DAMAGED` when its parts do not fit together.
 */
export function decodeHead(head: StoredHead, origin: string): DecodedHead {
  const edge = edgeOf(head);
  if (head.size === 0) return { edge, prev: new Uint8Array(32), totals: NO_CALLS, timeUs: undefined };
  if (head.last === undefined) throw damaged('its last entry is not there');
  const { leaf, leafHash } = head.last;
  if (!Buffer.from(hashLeaf(sha256, Buffer.from(leaf, 'utf8'))).equals(leafHash))
    throw corrupt('does not have its hash');
  const entry = readEntry(leaf);
  if (entry.index !== head.size - 1 || entry.log !== origin) throw corrupt('belongs elsewhere');
  return { edge, prev: leafHash, totals: entry.totals, timeUs: parseTime(entry.time) };
}

/**
 * The right edge of the tree; what a store answers as the edge of an empty log is not looked at.
 * @throws StoreCorruptError `STORE_DAMAGED` when it is none, or of another size than the log.
 */
export function edgeOf({ size, edge: bytes }: Pick<StoredHead, 'size' | 'edge'>): RightEdge {
  if (size === 0) return EMPTY_EDGE;
  const edge = readEdge(bytes);
  if (edge.size !== size) throw damaged('its tree and its entries are of different sizes');
  return edge;
}

/** The totals with one more call of this level, or the same for an entry that is no call. */
export function countCall(totals: Totals, level: RiskLevel | undefined): Totals {
  return level === undefined || !RISK_LEVELS.includes(level) ? totals : { ...totals, [level]: totals[level] + 1 };
}

function readEdge(bytes: Uint8Array): RightEdge {
  try {
    return decodeEdge(bytes);
  } catch (cause) {
    throw damaged('its tree cannot be read', cause);
  }
}

function readEntry(leaf: string): Entry {
  const decoded = decodeEntry(leaf);
  if (!decoded.ok) throw corrupt(`cannot be read (${decoded.code})`);
  return decoded.entry;
}

const hint = 'Run `countersign verify`, and keep a copy of the store as it is.';

function damaged(reason: string, cause?: unknown): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `The log cannot be continued: ${reason}.`, { hint, cause });
}

function corrupt(reason: string): StoreCorruptError {
  return new StoreCorruptError('ENTRY_CORRUPT', `The log cannot be continued: its last entry ${reason}.`, { hint });
}
