/**
 * Makes one commit out of the items of a batch: places their entries one after the other behind the head, leaves out the
 * items whose plans fail, and ends in one signed checkpoint. Runs under the store's write lock; no I/O.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import { createId, type Environment, encodeBase64, formatTime, type RiskLevel } from '@countersign/core';
import { appendToEdge, edgeRoot, encodeEdge, hashLeaf, type RightEdge } from '@countersign/tlog';
import type { Checkpointer } from './checkpointer.js';
import { encodeEntry } from './entry/encode.js';
import type { Entry, EntryFields, EntryOf } from './entry/kinds.js';
import type { EpochKeeper } from './epoch-keeper.js';
import { countCall, type DecodedHead, type Totals } from './head.js';
import { sha256 } from './keys/private-key.js';
import { type ClockAnchor, type ClockReading, readClock } from './log-clock.js';
import type { Appended, AppendItem, EntryDraft, PlanView, RowWrites } from './plan/plan.js';
import { type ApprovalRow, UngroundedRow } from './plan/ungrounded.js';
import type { RowGround } from './row-ground.js';
import {
  callKey,
  type KeptCheckpoint,
  type LockedState,
  type LogBatch,
  type Removal,
  type StoredPayload,
  type WrittenLeaf,
} from './store.js';

/** What became of one item. */
export type ItemOutcome =
  | { readonly ok: true; readonly appended: Appended }
  | { readonly ok: false; readonly error: unknown };

/** What a writer carries from one commit to the next. */
export interface WriterState {
  /** The `writerSeq` of its next entry. */
  readonly writerSeq: number;
  readonly anchor: ClockAnchor;
  /** The newest leaf that it knows of. */
  readonly last?: { readonly index: number; readonly leafHash: Uint8Array };
}

/** What `buildBatch` needs. */
export interface BuildOptions {
  readonly items: readonly AppendItem[];
  readonly head: DecodedHead;
  readonly state: LockedState;
  readonly writer: WriterState;
  readonly parts: BatchParts;
}

/** What stays the same for all commits of a log. */
export interface BatchParts {
  readonly origin: string;
  readonly writerId: string;
  readonly environment: Environment;
  readonly checkpointer: Checkpointer;
  readonly epochs: EpochKeeper;
  /** Which rows may be acted on; plans that look at others fail with `UngroundedRow`. */
  readonly ground: Pick<RowGround, 'isKnown' | 'note'>;
}

/** A commit, and what holds once it is durable. */
export interface BuiltBatch {
  /** As many as there are items, in their order. */
  readonly outcomes: readonly ItemOutcome[];
  /** Undefined when every item failed or had nothing to append. */
  readonly batch: (LogBatch & { readonly removal?: Removal }) | undefined;
  readonly after: WriterState;
  /** What the next commit goes on from. */
  readonly head: DecodedHead;
  /** The entry that ends the epoch, the last one of the batch, where it does. */
  readonly epochEnd: EntryOf<'key-epoch'> | undefined;
}

/** Builds the commit. An item's own failure is its outcome; a fault of the log itself is thrown. */
export function buildBatch({ items, head, state, writer, parts }: BuildOptions): BuiltBatch {
  const draft = new BatchDraft(head, state, writer, parts);
  const outcomes = items.map((item): ItemOutcome => {
    try {
      return { ok: true, appended: draft.place(item) };
    } catch (error) {
      return { ok: false, error };
    }
  });
  draft.endEpoch(items.map(({ endsEpoch }) => endsEpoch));
  const finished = draft.finish();
  const { epochEnd } = finished;
  const answered = outcomes.map((outcome, i) =>
    outcome.ok && epochEnd !== undefined && items[i]?.endsEpoch !== undefined
      ? { ok: true as const, appended: { ...outcome.appended, entries: [epochEnd] } }
      : outcome,
  );
  return { outcomes: answered, ...finished };
}

/** Where the next entry goes on from: replaced as a whole when an item is accepted, so that a failed one leaves no trace. */
interface Position {
  readonly edge: RightEdge;
  readonly prev: Uint8Array;
  readonly totals: Totals;
  readonly timeUs: number | undefined;
  readonly writerSeq: number;
  readonly anchor: ClockAnchor;
}

/** The entries of one item, placed but not yet accepted. */
interface Placed {
  readonly position: Position;
  readonly entries: readonly Entry[];
  readonly leaves: readonly WrittenLeaf[];
  readonly payloads: readonly StoredPayload[];
}

class BatchDraft {
  readonly #state: LockedState;
  readonly #parts: BatchParts;
  readonly #requests = new Map<string, ApprovalRecord>();
  readonly #grants = new Map<string, GrantRecord>();
  readonly #calls = new Map<string, number>();
  readonly #newest = new Map<string, number>();
  readonly #leaves: WrittenLeaf[] = [];
  readonly #payloads: StoredPayload[] = [];
  readonly #removals: Removal[] = [];
  readonly #keep: KeptCheckpoint[] = [];
  readonly #writer: WriterState;
  readonly #start: RightEdge;
  #position: Position;
  #epochEnd: EntryOf<'key-epoch'> | undefined;

  constructor(head: DecodedHead, state: LockedState, writer: WriterState, parts: BatchParts) {
    this.#state = state;
    this.#parts = parts;
    this.#writer = writer;
    this.#start = head.edge;
    this.#position = { ...head, writerSeq: writer.writerSeq, anchor: writer.anchor };
  }

  /** Places one item's entries; throws what its plan throws, and leaves no trace of it then. */
  place(item: AppendItem): Appended {
    const { environment } = this.#parts;
    const { anchor: before, timeUs: lastUs } = this.#position;
    const reading = readClock({ environment, before, lastUs });
    const plan = item.plan(this.#view(reading.timeUs));
    if (plan.drafts.length === 0) return { entries: [], requests: [], grants: [] };
    const steps = stepDrafts(reading);
    const ground = { ...this.#position, timeUs: reading.timeUs, anchor: reading.anchor };
    const placed = placeDrafts([...steps, ...plan.drafts], ground, this.#parts);
    const entries = placed.entries.slice(steps.length);
    const rows = plan.rows?.(entries) ?? {};
    this.#accept(placed, rows);
    if (plan.removal !== undefined) this.#removals.push(plan.removal);
    if (plan.keep !== undefined) this.#keep.push(plan.keep);
    return { entries, requests: rows.requests ?? [], grants: rows.grants ?? [] };
  }

  /** Ends the epoch behind all other entries, where it is due or an item asks for it. */
  endEpoch(asked: readonly AppendItem['endsEpoch'][]): void {
    if (this.#leaves.length === 0 && asked.every((end) => end === undefined)) return;
    const { environment, epochs } = this.#parts;
    const reading = readClock({ environment, before: this.#position.anchor, lastUs: this.#position.timeUs });
    const ground = { ...this.#position, timeUs: reading.timeUs, anchor: reading.anchor };
    const steps = placeDrafts(stepDrafts(reading), ground, this.#parts);
    const { edge } = steps.position;
    const fields = epochs.end({ edge, timeUs: reading.timeUs, asked: asked.includes('now') });
    if (fields === undefined) return;
    this.#accept(steps, {});
    const placed = placeDrafts([{ fields, payloads: [] }], this.#position, this.#parts);
    this.#accept(placed, {});
    const [entry] = placed.entries;
    this.#epochEnd = entry?.kind === 'key-epoch' ? entry : undefined;
  }

  finish(): Omit<BuiltBatch, 'outcomes'> {
    const last = this.#leaves.at(-1);
    const epochEnd = this.#epochEnd;
    const { edge, prev, totals, timeUs, writerSeq, anchor } = this.#position;
    const head = { edge, prev, totals, timeUs };
    if (last === undefined) return { batch: undefined, after: this.#writer, head, epochEnd };
    const { requests, grants } = this.#state;
    const batch = {
      leaves: this.#leaves,
      payloads: this.#payloads,
      requests: [...this.#requests].map(([id, record]) => ({ expectVersion: requests.get(id)?.version ?? 0, record })),
      grants: [...this.#grants].map(([id, record]) => ({ expectVersion: grants.get(id)?.version ?? 0, record })),
      edge: encodeEdge(edge),
      ...(this.#keep.length > 0 && { keep: this.#keep }),
      checkpoint: this.#issue(edge, epochEnd),
      ...(epochEnd !== undefined && { keepCheckpoint: true }),
      ...(this.#removals.length > 0 && { removal: joinRemovals(this.#removals) }),
    };
    return { batch, after: { writerSeq, anchor, last }, head, epochEnd };
  }

  #issue(edge: RightEdge, epochEnd: EntryOf<'key-epoch'> | undefined): string {
    const { checkpointer, epochs } = this.#parts;
    return checkpointer.issue(edge, epochs.key, epochEnd === undefined ? undefined : epochs.next);
  }

  #view(nowUs: number): PlanView {
    const { requests, grants, calls, newest } = this.#state;
    return {
      size: this.#position.edge.size,
      nowUs,
      request: (id) => {
        const stored = requests.get(id);
        if (stored !== undefined) this.#checkGround({ kind: 'request', record: stored });
        return this.#requests.get(id) ?? stored;
      },
      grant: (id) => {
        const stored = grants.get(id);
        if (stored !== undefined) this.#checkGround({ kind: 'grant', record: stored });
        return this.#grants.get(id) ?? stored;
      },
      begun: (run, call) => this.#calls.get(callKey(run, call)) ?? calls.get(callKey(run, call)),
      newest: (kind) => this.#newest.get(kind) ?? newest?.get(kind) ?? -1,
      storedRequest: (id) => this.#requests.get(id) ?? requests.get(id),
      storedGrant: (id) => this.#grants.get(id) ?? grants.get(id),
    };
  }

  #checkGround(row: ApprovalRow): void {
    if (this.#parts.ground.isKnown(row)) return;
    throw new UngroundedRow(row, { size: this.#start.size, root: encodeBase64(edgeRoot(sha256, this.#start)) });
  }

  #accept(placed: Placed, rows: RowWrites): void {
    this.#position = placed.position;
    this.#leaves.push(...placed.leaves);
    this.#payloads.push(...placed.payloads);
    for (const record of rows.requests ?? []) this.#requests.set(record.request.id, record);
    for (const record of rows.grants ?? []) this.#grants.set(record.grant.id, record);
    for (const entry of placed.entries) {
      this.#newest.set(entry.kind, entry.index);
      if (beginsCall(entry)) this.#calls.set(callKey(entry.run, entry.call), entry.index);
    }
  }
}

/** A step of the clock is put on record before what follows it. */
function stepDrafts({ stepUs }: ClockReading): readonly EntryDraft[] {
  return stepUs === undefined ? [] : [{ fields: { kind: 'clock-stepped', stepUs }, payloads: [] }];
}

function placeDrafts(drafts: readonly EntryDraft[], ground: Position, parts: BatchParts): Placed {
  const entries: Entry[] = [];
  const leaves: WrittenLeaf[] = [];
  const payloads: StoredPayload[] = [];
  let position = ground;
  for (const draft of drafts) {
    const entry = completeEntry(draft, position, parts);
    const leaf = encodeEntry(entry);
    const leafHash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
    entries.push(entry);
    leaves.push({ index: entry.index, leaf, leafHash });
    payloads.push(...draft.payloads.map(({ name, salt, bytes }) => ({ index: entry.index, name, salt, bytes })));
    position = {
      ...position,
      edge: appendToEdge(sha256, position.edge, leafHash),
      prev: leafHash,
      totals: entry.totals,
      writerSeq: position.writerSeq + 1,
    };
  }
  return { position, entries, leaves, payloads };
}

/** The entry with the members that only its place can give. */
function completeEntry({ fields, payloads }: EntryDraft, position: Position, parts: BatchParts): Entry {
  return {
    ...fields,
    v: 1,
    log: parts.origin,
    index: position.edge.size,
    prev: encodeBase64(position.prev),
    writer: parts.writerId,
    writerSeq: position.writerSeq,
    id: createId(parts.environment),
    time: formatTime(position.timeUs ?? 0),
    totals: countCall(position.totals, levelOfCall(fields)),
    payload: Object.fromEntries(payloads.map(({ name, commitment }) => [name, commitment])),
  };
}

/** The level by which an entry counts in the totals: each call counts once, with the entry that begins it. */
function levelOfCall(fields: EntryFields): RiskLevel | undefined {
  return fields.kind === 'tool-call' || fields.kind === 'tool-refused' ? fields.risk : undefined;
}

function beginsCall(entry: Entry): entry is Extract<Entry, { readonly kind: 'tool-call' | 'tool-refused' }> {
  return entry.kind === 'tool-call' || entry.kind === 'tool-refused';
}

function joinRemovals(removals: readonly Removal[]): Removal {
  return {
    leaves: removals.flatMap((removal) => removal.leaves),
    payloads: removals.flatMap((removal) => removal.payloads),
    requests: removals.flatMap((removal) => removal.requests),
    grants: removals.flatMap((removal) => removal.grants),
    cleared: {
      requests: removals.flatMap((removal) => removal.cleared?.requests ?? []),
      grants: removals.flatMap((removal) => removal.cleared?.grants ?? []),
    },
  };
}
