/**
 * What checking a range of entries by themselves comes to: the part of verification that needs nothing from before the range, so
 * that ranges can be checked side by side. Plain data that a worker can hand over; columns rather than objects, because almost
 * all entries are calls and outcomes of which the walk needs a few numbers. Pure.
 */

import type { RiskLevel } from '@countersign/core';
import { type Entry, type EntryKind, type EntryOf, EVENT_KINDS } from '../../entry/kinds.js';
import type { OpenedPayloads } from '../evidence.js';
import type { FindingCode } from '../findings.js';
import type { SealedCount } from '../steps/sealed-payloads.js';

/** Indexes from `from` up to, and without, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The size of ranges: large enough to be handed over at little cost, small enough to hold several in memory. */
export const RANGE_SIZE = 1024;

/** Checks ranges, here or elsewhere. Ranges are asked for in order, and `ahead` of them at a time are worth asking for. */
export interface RangeVerifier {
  readonly ahead: number;
  /** Ranges end at multiples of this, a power of two: each is then one node of the tree. */
  readonly size: number;
  /** Rejects only where the range could not be looked at; bad evidence is part of the answer. */
  check(range: Range): Promise<CheckedRange>;
}

/** What was found in one row, to be told when the walk comes to it. */
export interface RowFinding {
  /** The position of the row in the range; -1 for what concerns the range. */
  readonly row: number;
  /** Whether it is about the row's bytes, or about the call that the entry lets run. */
  readonly phase: 'bytes' | 'call';
  readonly code: FindingCode;
  readonly message: string;
  readonly index?: number;
}

/** An entry that the steps see whole. */
export interface WholeEntry {
  readonly row: number;
  readonly entry: Entry;
  readonly payloads: OpenedPayloads;
}

/** What a policy is asked about a call that ran, and what the call says that it answered. */
export interface Judgement {
  readonly policy: string;
  readonly tool: string;
  readonly server: string | undefined;
  readonly session: string | undefined;
  readonly actor: { readonly kind: string; readonly id: string } | undefined;
  readonly risk: RiskLevel;
  readonly effects: EntryOf<'tool-call'>['classification']['effects'];
  readonly verdict: EntryOf<'tool-call'>['verdict'];
  readonly rule: string;
  readonly bound: boolean;
  /** The ids of signals that verdicts may rest on. */
  readonly marks: readonly string[];
  /** True where there may have been more of them than are on record. */
  readonly isCut: boolean;
  /** All of the above as one text. */
  readonly key: string;
}

/** The rows of a range, checked by themselves. */
export interface CheckedRange extends Range {
  /** True when the store could not be read to the end of the range. */
  readonly isStopped: boolean;
  /** Number of rows. */
  readonly count: number;
  /** `NUMBERS` for each row, in the order of `COLUMN`. */
  readonly numbers: Float64Array;
  /** `BYTES` for each row: leaf hash, id, digest of the call's key. */
  readonly bytes: Uint8Array;
  /** The texts that rows refer to by number. */
  readonly texts: readonly string[];
  readonly judgements: readonly Judgement[];
  /** `prev` of the first row, where it could be read. */
  readonly firstPrev: string | undefined;
  readonly findings: readonly RowFinding[];
  readonly wholes: readonly WholeEntry[];
  /** Payloads that leaves commit to and that are not there, by row. */
  readonly lost: readonly { readonly row: number; readonly names: readonly string[] }[];
  /** How many payloads stand encrypted, by row; rows without any are left out. */
  readonly sealed: readonly (SealedCount & { readonly row: number })[];
  /** Indexes of payloads that belong to no row of the range. */
  readonly orphans: readonly number[];
  /** The root of the complete subtree over the range; present where the range is one and all of its hashes are there. */
  readonly root: Uint8Array | undefined;
}

/** The columns of numbers. Texts and judgements are positions in their tables; -1 for none. */
export const COLUMN = {
  index: 0,
  /** A `TEXT_STATE`, or 3 and the position of the kind. */
  state: 1,
  flags: 2,
  /** Payloads that were opened. */
  opened: 3,
  writerSeq: 4,
  timeUs: 5,
  /** The first of four, in the order of the levels. */
  totals: 6,
  log: 10,
  writer: 11,
  tool: 12,
  session: 13,
  /** The index of the call that a result names. */
  begun: 14,
  judgement: 15,
  /** The level of a call, as its position; -1 where the entry counts for no level. */
  risk: 16,
  /** The microseconds that a `clock-stepped` entry states; NaN for other entries. */
  stepUs: 17,
} as const;

/** Numbers of one row. */
export const NUMBERS = 18;

/** Where in the bytes of a row what begins, and their number: multiples of 4, so that they can be read as words. */
export const PLACE = { leafHash: 0, id: 32, callKey: 48 } as const;
export const BYTES = 80;

/** Words of an id, and of the digest of a call's key. */
export const WORDS = { id: 4, callKey: 8 } as const;

/** States of rows that were not read. */
export const GONE = 0;
export const BAD = 1;
export const FIRST_KIND = 2;

/** Flags of rows. */
export const FLAG = { hasHash: 1, isLinkBroken: 2, isObserved: 4, isAborted: 8 } as const;

/** The kinds whose entries the steps see whole only where something else than their numbers matters. */
export const BULK_KINDS: ReadonlySet<EntryKind> = new Set<EntryKind>([
  'tool-call',
  'tool-result',
  'tool-refused',
  'judge-opinion',
  ...EVENT_KINDS,
]);
