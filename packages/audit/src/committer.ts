/**
 * Commits batches: the write lock, the look at what is there, the batch, the mark; then the acknowledgement may go out.
 * It keeps what must outlive a commit: the writer's sequence, the newest leaf it knows, and the latch after a rollback.
 */

import { CountersignError } from '@countersign/core';
import { type BatchParts, type BuiltBatch, buildBatch, type ItemOutcome, type WriterState } from './batch.js';
import { EpochNotReady } from './epoch-keeper.js';
import { LogRolledBackError } from './errors.js';
import { type DecodedHead, decodeHead } from './head.js';
import { MarkError, type MarkFile } from './mark.js';
import type { AppendItem } from './plan/plan.js';
import type { LockedState, LockRequest, LogBatch, LogStore, StoredHead } from './store.js';

/** What a committer needs. */
export interface CommitterOptions {
  readonly store: LogStore;
  readonly parts: BatchParts;
  readonly mark: MarkFile | undefined;
  /** The writer as it starts. */
  readonly writer: WriterState;
}

/** A batch that was handed to the store, with what holds if it is there. */
interface Unsettled {
  readonly batch: LogBatch;
  readonly after: WriterState;
}

/** A batch of items as it was written. */
interface Written {
  readonly items: readonly AppendItem[];
  readonly built: BuiltBatch;
}

/** Commits batches of one writer, one at a time. */
export class Committer {
  readonly #store: LogStore;
  readonly #parts: BatchParts;
  readonly #mark: MarkFile | undefined;
  #writer: WriterState;
  /** A batch that was handed to the store and not acknowledged by it: it may or may not be there. */
  #unsettled: Unsettled | undefined;
  /** What this process wrote last: a head that is still that one need not be decoded again. */
  #own: OwnHead | undefined;
  #latch: LogRolledBackError | undefined;

  constructor({ store, parts, mark, writer }: CommitterOptions) {
    this.#store = store;
    this.#parts = parts;
    this.#mark = mark;
    this.#writer = writer;
  }

  /**
   * Commits the items that `take` answers under the write lock, and answers what became of each. What it throws holds for all
   * of them.
   * @throws LogRolledBackError `LOG_ROLLED_BACK`, from then on every time, when the log is no longer the one this process knew.
   * @throws StoreUnavailableError, StoreCorruptError what the store throws; the items may be there all the same.
   * @throws MarkError when the mark cannot be advanced; the items are there.
   */
  async commit(take: () => readonly AppendItem[]): Promise<readonly ItemOutcome[]> {
    if (this.#latch !== undefined) throw this.#latch;
    await this.#settle();
    const { items, built } = await this.#writeInEpoch(take);
    this.#writer = built.after;
    this.#own = ownHead(built) ?? this.#own;
    this.#noteRows(built.outcomes);
    if (built.batch !== undefined) await this.#advanceMark(built.batch, needsFlush(items, built));
    if (built.epochEnd !== undefined) await this.#leaveEpoch();
    return built.outcomes;
  }

  /** Writes under the key of the epoch that the log is in, which another process may have ended. */
  async #writeInEpoch(take: () => readonly AppendItem[]): Promise<Written> {
    const { epochs } = this.#parts;
    await epochs.prepare((this.#writer.last?.index ?? -1) + 1);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#write(take);
      } catch (error) {
        if (!(error instanceof EpochNotReady) || attempt >= MAX_EPOCH_MOVES) throw error;
        await epochs.follow();
        if (take().some(({ endsEpoch }) => endsEpoch === 'now')) await epochs.makeNext();
      }
    }
  }

  /** Goes on with the next key. The entries are there: a key that cannot be had is the failure of the next commit. */
  async #leaveEpoch(): Promise<void> {
    try {
      await this.#parts.epochs.follow();
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
    }
  }

  async #write(take: () => readonly AppendItem[]): Promise<Written> {
    let built: BuiltBatch | undefined;
    const ask = () => lockRequest(take(), this.#writer.last?.index);
    try {
      await this.#store.exclusive(ask, (state) => {
        built = undefined;
        this.#checkProbe(state);
        const isAsked = take().some(({ endsEpoch }) => endsEpoch === 'now');
        this.#parts.epochs.check({ newest: state.newest?.get('key-epoch'), isAsked });
        const head = this.#decode(state.head);
        if (state.head.size > 0) this.#checkHead(state.head.checkpoint, head);
        built = buildBatch({ items: take(), head, state, writer: this.#writer, parts: this.#parts });
        return built.batch;
      });
    } catch (error) {
      if (built?.batch !== undefined) this.#unsettled = { batch: built.batch, after: built.after };
      throw error;
    }
    if (built === undefined) throw new TypeError('The store did not call build.');
    return { items: take(), built };
  }

  #checkHead(note: string, { edge }: DecodedHead): void {
    const { checkpointer, epochs } = this.#parts;
    checkpointer.check(note, edge, epochs.key.key);
  }

  /** The head: as this process left it, or decoded and checked anew. */
  #decode(head: StoredHead): DecodedHead {
    return this.#own !== undefined && isOwn(head, this.#own) ? this.#own.decoded : decodeHead(head, this.#parts.origin);
  }

  /** What this process wrote itself follows from what it wrote. */
  #noteRows(outcomes: readonly ItemOutcome[]): void {
    for (const outcome of outcomes) {
      if (!outcome.ok) continue;
      for (const record of outcome.appended.requests) this.#parts.ground.note({ kind: 'request', record });
      for (const record of outcome.appended.grants) this.#parts.ground.note({ kind: 'grant', record });
    }
  }

  /** Finds out whether a batch that the store did not acknowledge is there. */
  async #settle(): Promise<void> {
    const unsettled = this.#unsettled;
    const first = unsettled?.batch.leaves[0];
    if (unsettled === undefined || first === undefined) return;
    let isStored = false;
    await this.#store.exclusive({ requests: [], grants: [], calls: [], probe: first.index }, (state) => {
      isStored = isSame(state.probed, first.leafHash);
      return undefined;
    });
    if (isStored) this.#writer = unsettled.after;
    this.#unsettled = undefined;
  }

  /** The log may only have grown since this process looked at it last. */
  #checkProbe({ head, probed }: LockedState): void {
    const known = this.#writer.last;
    if (known === undefined || (head.size > known.index && isSame(probed, known.leafHash))) return;
    this.#latch = new LogRolledBackError(
      `The log was cut back or replaced while it was open: entry ${known.index} is not the one that this process knew.`,
      { found: head.size, known: known.index + 1, hint: rollbackHint },
    );
    throw this.#latch;
  }

  async #advanceMark(batch: LogBatch, flush: boolean): Promise<void> {
    const size = (batch.leaves.at(-1)?.index ?? -1) + 1;
    try {
      await this.#mark?.advance(batch.checkpoint, size, { flush });
    } catch (cause) {
      if (!(cause instanceof MarkError) || cause.code !== 'MARK_FORKED') throw cause;
      this.#latch = new LogRolledBackError(`The log was forked: its mark knows another log of ${size} entries.`, {
        found: size,
        known: size,
        hint: rollbackHint,
        cause,
      });
      throw this.#latch;
    }
  }
}

/** The end of the log as this process wrote it. */
interface OwnHead {
  readonly leaf: string | undefined;
  readonly edge: Uint8Array;
  readonly decoded: DecodedHead;
}

function ownHead({ batch, head }: BuiltBatch): OwnHead | undefined {
  return batch === undefined ? undefined : { leaf: batch.leaves.at(-1)?.leaf, edge: batch.edge, decoded: head };
}

/** Whether nobody wrote since: every part of the head is the one that was written. */
function isOwn({ size, edge, last }: StoredHead, own: OwnHead): boolean {
  return (
    size === own.decoded.edge.size &&
    last?.leaf === own.leaf &&
    isSame(last?.leafHash, own.decoded.prev) &&
    isSame(edge, own.edge)
  );
}

/** What to do after a rollback. */
export const rollbackHint =
  'Restore the newest copy of the log. Where there is none, `countersign restart --reason <text>` keeps this file as evidence and begins a new log that names it.';

/** What all items together look up. */
function lockRequest(items: readonly AppendItem[], probe: number | undefined): LockRequest {
  return {
    requests: [...new Set(items.flatMap((item) => item.lock.requests ?? []))],
    grants: [...new Set(items.flatMap((item) => item.lock.grants ?? []))],
    calls: items.flatMap((item) => item.lock.calls ?? []),
    newest: [...new Set(['key-epoch', ...items.flatMap((item) => item.lock.newest ?? [])])],
    ...(probe !== undefined && { probe }),
  };
}

/** Whether the mark must be on the disk first: for an item that wants it, and before the key that sealed an epoch is erased. */
function needsFlush(items: readonly AppendItem[], { outcomes, epochEnd }: BuiltBatch): boolean {
  return epochEnd !== undefined || items.some((item, i) => item.flush && outcomes[i]?.ok === true);
}

/** How often one commit goes on under a new key: nobody ends epochs faster than that but on purpose. */
const MAX_EPOCH_MOVES = 100;

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.from(a).equals(b);
}
