/**
 * The log's contract with a store (log format, section 10). Stores hash and sign nothing: they keep bytes, in order,
 * and give them back. Every method is atomic. The conformance suite in `testing.ts` is the contract's other half.
 */

import type { ApprovalRecord, GrantChange, GrantRecord, RequestChange } from '@countersign/approval';
import type { RiskLevel } from '@countersign/core';
import type { LogReader, LogSnapshot, StoredHash, StoredHead, StoredLeaf, StoredPayload } from './log-reader.js';
import type { RangeVerifier } from './verify/range/checked-range.js';

export { callKey } from './call-key.js';
export type {
  LogReader,
  LogSnapshot,
  StoredCheckpoint,
  StoredHash,
  StoredHead,
  StoredLeaf,
  StoredOutline,
  StoredPayload,
  StoredRowText,
  StoreProblem,
} from './log-reader.js';

/** A leaf to be stored. */
export interface WrittenLeaf extends StoredLeaf {
  readonly leaf: string;
}

/** What to read under the write lock, beside the head. */
export interface LockRequest {
  /** Request and grant rows by id. */
  readonly requests: readonly string[];
  readonly grants: readonly string[];
  /** Calls whose begin entry (`tool-call` or `tool-refused`) is looked for. */
  readonly calls: readonly { readonly run: string; readonly call: string }[];
  /** An index whose leaf hash is wanted, to see that the log is still the one this process knew. */
  readonly probe?: number;
  /** Kinds of entry of which the newest index is wanted. */
  readonly newest?: readonly string[];
}

/** What to read under the write lock. A function is called once, under the lock, so that what waits until then can go along. */
export type LockAsk = LockRequest | (() => LockRequest);

/** The state under the write lock. */
export interface LockedState {
  readonly head: StoredHead;
  readonly requests: ReadonlyMap<string, ApprovalRecord>;
  readonly grants: ReadonlyMap<string, GrantRecord>;
  /** Index of the begin entry, by `callKey(run, call)`. */
  readonly calls: ReadonlyMap<string, number>;
  readonly probed?: Uint8Array;
  /** The index of the newest entry of each kind that was asked for, where there is one. */
  readonly newest?: ReadonlyMap<string, number>;
}

/** An older checkpoint that is to be kept. */
export interface KeptCheckpoint {
  readonly size: number;
  /** The C2SP signed note. */
  readonly note: string;
}

/** Everything that one commit writes. */
export interface LogBatch {
  /** Contiguous from the head's size. */
  readonly leaves: readonly WrittenLeaf[];
  readonly payloads: readonly StoredPayload[];
  readonly requests: readonly RequestChange[];
  readonly grants: readonly GrantChange[];
  /** The right edge after the leaves. */
  readonly edge: Uint8Array;
  /** The signed note over the new size and root. */
  readonly checkpoint: string;
  /** Keep this checkpoint for good (anchored ones, epoch seals); others are pruned when a newer one arrives. */
  readonly keepCheckpoint?: boolean;
  /** Older checkpoints to keep for good from now on, the one before this commit included; none is above the new size. */
  readonly keep?: readonly KeptCheckpoint[];
}

/** Which calls to look for; every condition is over columns derived from the leaf of the begin entry. */
export interface CallFilter {
  readonly session?: string;
  readonly risk?: readonly RiskLevel[];
  /** Exact, or with `*` for any text. */
  readonly tool?: string;
  readonly decision?: readonly string[];
  /** The actor's id. */
  readonly actor?: string;
  /** Time text of fixed width, inclusive. */
  readonly since?: string;
  /** Time text of fixed width, exclusive. */
  readonly until?: string;
  /** Only entries with an index below this one (newest first), or above it (oldest first). */
  readonly after?: number;
  readonly order: 'newest-first' | 'oldest-first';
  readonly limit: number;
}

/** What a purge removes in one transaction, together with the batch that states it. */
export interface Removal {
  /** Drop the leaf text (the hash stays) and all payloads of these entries. */
  readonly leaves: readonly number[];
  /** Drop these payloads only. */
  readonly payloads: readonly { readonly index: number; readonly name?: string }[];
  readonly requests: readonly string[];
  readonly grants: readonly string[];
  /** Rows from which values of removed payloads are taken out: the same version, another text. */
  readonly cleared?: { readonly requests: readonly RequestChange[]; readonly grants: readonly GrantChange[] };
}

/** The log's side of a store. */
export interface LogStore extends LogReader {
  /** For messages: what and where, without secrets. */
  readonly description: string;
  /**
   * Takes the write lock, reads, lets the caller build against that state, writes what it built, commits durably.
   * There is no optimistic retry: a log must never sign two trees of one size. `ask` (where it is a function) and then `build`
   * run once, under the lock, and are synchronous. `build` answers undefined for nothing to write; when either throws, nothing
   * is written and the error is passed on.
   * @throws StoreUnavailableError when the lock cannot be had in time, the disk is full or the store is closed.
   * @throws StoreCorruptError when what is stored cannot be what was written.
   */
  exclusive(
    ask: LockAsk,
    build: (state: LockedState) => (LogBatch & { readonly removal?: Removal }) | undefined,
  ): Promise<void>;
  /** Hashes of leaves from `from` on, ascending, at most `limit`; those of purged leaves too. Reads the table itself. */
  hashes(range: { readonly from: number; readonly limit: number }): Promise<readonly StoredHash[]>;
  /** One entry by its id, its index answered. */
  indexOfId(id: string): Promise<number | undefined>;
  /** Begin entries (`tool-call`, `tool-refused`) that match, as indexes. */
  findCalls(filter: CallFilter): Promise<readonly number[]>;
  /** Indexes of all entries with these (run, call), by `callKey(run, call)`, ascending. */
  entriesOfCalls(
    calls: readonly { readonly run: string; readonly call: string }[],
  ): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Begin entries of this run and call id, or of any run when it is not given, as indexes. */
  findCall(call: string, run?: string): Promise<readonly number[]>;
  /** Indexes of entries of one kind, or of all, ascending, from `from` on. */
  findEntries(filter: {
    readonly kind?: string;
    readonly from: number;
    readonly limit: number;
  }): Promise<readonly number[]>;
  /** Leaves and payloads at the given indexes. */
  read(
    indexes: readonly number[],
  ): Promise<{ readonly leaves: readonly StoredLeaf[]; readonly payloads: readonly StoredPayload[] }>;
  /** The log as it stands now, for a reader that takes its time: an export must not see half of a purge. */
  snapshot(): Promise<LogSnapshot>;
  /** Number of leaves whose text is still there, of payloads, and the bytes used by the store. */
  measure(): Promise<{ readonly entries: number; readonly payloads: number; readonly bytes: number }>;
  /** Checks ranges of the log in so many workers; undefined where this store, as it was opened, has none. */
  rangeVerifier?(jobs: number): OpenRangeVerifier | undefined;
  close(): Promise<void>;
}

/** Workers that check ranges, until they are closed. */
export interface OpenRangeVerifier extends RangeVerifier {
  close(): Promise<void>;
}
