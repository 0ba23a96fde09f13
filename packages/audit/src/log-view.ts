/**
 * The read side of a log: queries, summaries, exports and verification over a store, without keys and without writing.
 */

import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Environment } from '@countersign/core';
import { parseNote, type VerifierKey, type WitnessPolicy } from '@countersign/tlog';
import type { Anchor } from './anchors/anchor.js';
import { readAnchors } from './anchors/read-anchors.js';
import { createTimestampVerifier } from './anchors/timestamp-anchor.js';
import { readWitnessPolicy } from './anchors/witness-anchor.js';
import type { AuditedCall, QueryFilter, QueryResult, SessionSummary } from './call-view.js';
import type { EntryKind } from './entry/kinds.js';
import { EntryError } from './errors.js';
import { type ExportFilter, type ExportFormat, exportLog } from './export/export-log.js';
import type { TilesExport } from './export/tiles-folder.js';
import { findSigned } from './ground.js';
import { LogProofs, type ReceiptRequest } from './log-proofs.js';
import { MarkError, type MarkFile } from './mark.js';
import { type OpenedEntry, readEntries } from './query/opened-entry.js';
import { allCalls, type QueryParts, queryCalls, viewCalls } from './query/query-calls.js';
import { type LogStats, readStats, summariseSession } from './query/session-summary.js';
import { checkEntryFilter, checkVerifyOptions, MAX_JOBS } from './read-options.js';
import { type Hold, listHolds } from './retention/hold.js';
import { purgedUpTo, type RetentionStatus, readRetention } from './retention/status.js';
import type { LogStore, OpenRangeVerifier } from './store.js';
import type { VerifiedStateFile } from './verified-state-file.js';
import {
  type CheckedRange,
  type ConsistencyReceipt,
  createRangeVerifier,
  type ParentEvidence,
  type Range,
  type RangeVerifier,
  type Receipt,
  type VerifiedState,
  type VerifyReport,
  verifyLog,
} from './verify/index.js';
import { parseKey } from './verify/steps/epochs.js';
import { type PacedProgress, withPace } from './verify-progress.js';

/** What a view reads with. */
export interface LogViewParts {
  readonly store: LogStore;
  /** The log's unique name. */
  readonly origin: string;
  /** The verifier key of the identity, as it was found: beside the log, or in its first entry. */
  readonly identityKey: string;
  readonly environment: Environment;
  /** The high-water mark of this machine, where there is one. */
  readonly mark?: MarkFile | undefined;
  /** Where checkpoints of the log are kept; `verify` reads those that can tell. */
  readonly anchors?: readonly Anchor[] | undefined;
  /** Whether a writer may still write: its calls without a result are pending then, else dangling. */
  readonly isWriterAlive: (writer: string) => boolean;
}

/** How to verify. */
export interface LogVerifyOptions {
  /** The verifier key that the caller trusts; without it, the key found beside the log is used, and the report says so. */
  readonly key?: string;
  /** Checkpoints (signed notes) that were kept elsewhere: the log must contain all of them. */
  readonly against?: readonly string[];
  /** Anchors to be read beside those of the log itself: a cosigned checkpoint that is ahead of the log shows that it was cut back. */
  readonly anchors?: readonly Anchor[];
  /** The witnesses that the caller trusts (C2SP tlog-policy, or as a value): recorded cosignatures are checked with it. */
  readonly witnessPolicy?: string | WitnessPolicy;
  /** Certificates that the caller trusts, as PEM: recorded time stamps are checked with them. */
  readonly timestampCa?: string;
  /** What is left of the log that this one goes on from (`parentOfLog`, `parentOfCheckpoint`). */
  readonly parent?: ParentEvidence;
  /** Warn when the newest checkpoint known from elsewhere is older than this. */
  readonly maxAnchorAgeMs?: number;
  /** Report signatures of unknown keys too. */
  readonly strict?: boolean;
  /** Workers to check entries with, 1 to 64; by default one for each core where the log is long enough to pay for them. */
  readonly jobs?: number;
  /**
   * Where the state of clean verifications with a pinned key is kept: the next one goes on from it, and the report says that what
   * is before rests on the earlier run.
   */
  readonly since?: VerifiedStateFile;
  /** Called often; what it throws ends the verification. */
  readonly onProgress?: (progress: PacedProgress) => void;
}

/** Which entries to read. */
export interface EntryFilter {
  /** First index; default 0. */
  readonly from?: number;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  readonly kind?: EntryKind;
}

/** Shorter logs are verified before workers would have started. */
const LONG_LOG = 20_000;

/** A log to be read. */
export class LogView {
  /** The log's unique name. */
  readonly origin: string;
  /** The verifier key of the identity: the log's public name for every verifier. */
  readonly identityKey: string;
  /** For readers. */
  readonly store: LogStore;
  readonly #parts: LogViewParts;
  readonly #proofs: LogProofs;

  constructor(parts: LogViewParts) {
    this.#parts = parts;
    this.#proofs = new LogProofs({
      ...parts,
      readMark: () => readNote(parts.mark),
      markExpected: parts.mark !== undefined,
    });
    this.origin = parts.origin;
    this.identityKey = parts.identityKey;
    this.store = parts.store;
  }

  /**
   * One page of calls, newest first unless the filter says otherwise. With `proofs`, each call has its receipts, and the page says
   * whether it is complete.
   * @throws QueryError; StoreCorruptError ENTRY_CORRUPT; with `proofs` also ENTRY_UNPROVEN or STORE_DAMAGED, and KeyError
   *   KEY_MISMATCH when the pinned key has not signed this log.
   */
  async query(filter: QueryFilter = {}): Promise<QueryResult> {
    const result = await (filter.proofs === true ? this.#proofs.query(filter) : queryCalls(this.#query(), filter));
    const upToUs = await purgedUpTo(this.store);
    return upToUs === undefined ? result : { ...result, purgedUpTo: new Date(upToUs / 1000) };
  }

  /**
   * A receipt: a call's begin entry and its result by the call's id or index, or one entry by its index or id, with proofs that
   * `verifyReceipt` checks without the log.
   * @throws EntryError ENTRY_NOT_FOUND, CALL_AMBIGUOUS; ENTRY_NOT_SIGNED while no checkpoint of the identity covers the entry;
   *   StoreCorruptError ENTRY_UNPROVEN or STORE_DAMAGED when what is stored is not what was signed.
   */
  receipt(callIdOrIndex: string | number, request: ReceiptRequest = {}): Promise<Receipt> {
    return this.#proofs.receipt(callIdOrIndex, request);
  }

  /**
   * The proof that the log of `toSize` entries, by default all that are signed, goes on from the log of `fromSize`.
   * @throws EntryError ENTRY_NOT_FOUND unless 1 <= fromSize <= toSize <= the signed size; StoreCorruptError STORE_DAMAGED
   */
  consistencyProof(fromSize: number, toSize?: number): Promise<ConsistencyReceipt> {
    return this.#proofs.consistency(fromSize, toSize);
  }

  /** All calls that match, read as they are taken. */
  calls(
    filter: Omit<QueryFilter, 'limit' | 'cursor' | 'proofs' | 'key' | 'against'> = {},
  ): AsyncGenerator<AuditedCall, void, undefined> {
    return allCalls(this.#query(), filter);
  }

  /** The calls with this id: one in each run that used it. */
  async call(callId: string, run?: string): Promise<readonly AuditedCall[]> {
    return viewCalls(this.#query(), await this.store.findCall(callId, run));
  }

  /** Entries in the order of their index. @throws ConfigError OPTION_INVALID */
  async entries(filter: EntryFilter = {}): Promise<readonly OpenedEntry[]> {
    const { from, limit, kind } = checkEntryFilter(filter);
    const indexes = await this.store.findEntries({ from, limit, ...(kind === undefined ? {} : { kind }) });
    return [...(await readEntries(this.store, indexes)).values()];
  }

  /** One entry by index or id. @throws EntryError ENTRY_NOT_FOUND */
  async entry(idOrIndex: string | number): Promise<OpenedEntry> {
    const index = typeof idOrIndex === 'number' ? idOrIndex : await this.store.indexOfId(idOrIndex);
    const opened = index === undefined ? undefined : (await readEntries(this.store, [index])).get(index);
    if (opened !== undefined) return opened;
    throw new EntryError('ENTRY_NOT_FOUND', 'There is no such entry, or its text was purged.', {
      hint: 'Give an index from 0 to the size of the log, or the id of an entry.',
    });
  }

  /** A session in figures; all zero for one without calls. */
  sessionSummary(session: string): Promise<SessionSummary> {
    return summariseSession(this.#query(), session);
  }

  /** The log in figures. */
  stats(): Promise<LogStats> {
    return readStats({ store: this.store }, this.origin);
  }

  /** The retention of the log: its policy, holds, purges, and what is due. @throws StoreCorruptError ENTRY_CORRUPT */
  retention(): Promise<RetentionStatus> {
    return readRetention(this.store, this.#parts.environment.nowUs());
  }

  /** The holds in force, oldest first. */
  holds(): Promise<readonly Hold[]> {
    return listHolds(this.store);
  }

  /** The newest checkpoint with the identity's line: a signed note. Where that key is kept elsewhere, it may be behind the end. */
  async checkpoint(): Promise<string> {
    const { checkpoint } = await this.store.head();
    const key = parseKey(this.identityKey);
    if (key === undefined || checkpoint === '' || carriesLineOf(checkpoint, key)) return checkpoint;
    return (await findSigned({ store: this.store, key })).note;
  }

  /** An export in pieces of text: `json` and `csv` hold calls, `jsonl` the whole log for a verifier. */
  export(format: ExportFormat, filter: ExportFilter = {}): AsyncGenerator<string, void, undefined> {
    return exportLog({ ...this.#query(), origin: this.origin, identityKey: this.identityKey }, format, filter);
  }

  /**
   * Brings a folder up to the newest signed checkpoint, as C2SP tlog-tiles that other tools can audit. It only adds files, can be
   * broken off and begun again, and leaves a folder alone that is not an export of this log.
   * @throws ExportError; StoreCorruptError ENTRY_UNPROVEN or STORE_DAMAGED when what is stored is not what was signed.
   */
  exportTiles(folder: string, options: { readonly signal?: AbortSignal } = {}): Promise<TilesExport> {
    return this.#proofs.exportTiles(folder, options.signal);
  }

  /** The calls of a session, or all, as one JSON document. */
  exportJson(session?: string): Promise<string> {
    return joined(this.export('json', session === undefined ? {} : { session }));
  }

  /** The calls of a session, or all, as CSV (RFC 4180), safe to open in a spreadsheet. */
  exportCsv(session?: string): Promise<string> {
    return joined(this.export('csv', session === undefined ? {} : { session }));
  }

  /**
   * Checks everything again from the bytes. Never throws on bad evidence: that is a finding.
   * @throws ConfigError OPTION_INVALID for options that are none.
   */
  async verify(options: LogVerifyOptions = {}): Promise<VerifyReport> {
    checkVerifyOptions(options);
    const { jobs, onProgress, since, anchors = [], witnessPolicy, timestampCa, ...rest } = options;
    const { environment, mark, isWriterAlive } = this.#parts;
    const note = await readNote(mark);
    const found = await readAnchors([...(this.#parts.anchors ?? []), ...anchors], this.origin, environment);
    const earlier = await since?.read();
    let verified: VerifiedState | undefined;
    const workers = await this.#startWorkers(jobs);
    try {
      const report = await verifyLog(this.store, {
        ...rest,
        ...found,
        ...(witnessPolicy === undefined ? {} : { witnessPolicy: readWitnessPolicy(witnessPolicy) }),
        ...(timestampCa === undefined ? {} : { verifyTimestamp: createTimestampVerifier(timestampCa) }),
        ranges: workers ?? takingTurns(createRangeVerifier(this.store)),
        ...(earlier !== undefined &&
          ('state' in earlier ? { since: earlier.state } : { sinceRefused: earlier.refused })),
        onVerified: (state) => {
          verified = state;
        },
        ...(onProgress === undefined ? {} : { onProgress: withPace(environment, onProgress) }),
        foundKey: this.identityKey,
        ...(note === undefined ? {} : { mark: note }),
        markExpected: mark !== undefined,
        isWriterAlive,
        nowUs: environment.nowUs(),
      });
      if (verified !== undefined) await since?.write(verified);
      return report;
    } finally {
      await workers?.close();
    }
  }

  /** Undefined where one process does it all: the store has no workers, or the log is too short to wait for their start. */
  async #startWorkers(asked: number | undefined): Promise<OpenRangeVerifier | undefined> {
    const jobs = asked ?? Math.min(availableParallelism(), MAX_JOBS);
    if (jobs < 2 || (asked === undefined && !(await this.#isLong()))) return undefined;
    return this.store.rangeVerifier?.(jobs);
  }

  async #isLong(): Promise<boolean> {
    // A store that cannot say its size is for the verifier to report.
    const head = await this.store.head().catch(() => undefined);
    return head !== undefined && head.size >= LONG_LOG;
  }

  #query(): QueryParts {
    const { store, environment, isWriterAlive } = this.#parts;
    return { store, nowUs: environment.nowUs(), isWriterAlive };
  }
}

/** Lets the rest of the program have its turn between ranges: a long log would keep it waiting, signals included. */
function takingTurns(ranges: RangeVerifier): RangeVerifier {
  const check = async (range: Range): Promise<CheckedRange> => {
    await setImmediate();
    return ranges.check(range);
  };
  return { ...ranges, check };
}

/** The mark's note; a damaged mark is evidence too, and no checkpoint: an empty text says so to the verifier. */
async function readNote(mark: MarkFile | undefined): Promise<string | undefined> {
  try {
    return (await mark?.read())?.note;
  } catch (error) {
    if (error instanceof MarkError && error.code === 'MARK_DAMAGED') return '';
    throw error;
  }
}

/** Whether a note has a line under the key; what it is worth is for others to say. */
function carriesLineOf(note: string, { name, id }: VerifierKey): boolean {
  try {
    return parseNote(note).signatures.some((line) => line.name === name && line.id === id);
  } catch {
    // Damaged as it is, it is what the store has.
    return true;
  }
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  const texts: string[] = [];
  for await (const piece of pieces) texts.push(piece);
  return texts.join('');
}
