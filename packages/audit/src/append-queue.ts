/**
 * The one queue of a log: whatever is waiting goes into the next commit together (group commit). There is no linger timer:
 * a lone item goes at once, and a batch forms while the commit before it is under way, and while this one waits for the
 * store's write lock: which items go is settled under it.
 */

import { setImmediate } from 'node:timers/promises';
import { CountersignError } from '@countersign/core';
import type { ItemOutcome } from './batch.js';
import { StoreUnavailableError } from './errors.js';
import type { Appended, AppendItem } from './plan/plan.js';

/** The most that goes into one commit: items, and bytes as the items estimate them. A larger item goes alone. */
export const MAX_COMMIT_ITEMS = 256;
export const MAX_COMMIT_BYTES = 4 * 1024 * 1024;

/** The most that waits: items, and bytes. */
export const MAX_QUEUED_ITEMS = 10_000;
export const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** The log cannot take more now: too much waits to be written already. */
export class QueueFullError extends CountersignError<'QUEUE_FULL'> {}

/**
 * Commits the batch that `take` answers, and answers what became of each of its items; what it throws holds for all of them.
 * `take` is called when the write lock is held; it answers the same batch however often it is called.
 */
export type Commit = (take: () => readonly AppendItem[]) => Promise<readonly ItemOutcome[]>;

/** The queue in front of a committer. */
export class AppendQueue {
  readonly #commit: Commit;
  readonly #waiting: Ticket[] = [];
  /** What waits or is being committed. */
  #items = 0;
  #bytes = 0;
  #draining: Promise<void> | undefined;
  #isClosed = false;

  constructor(commit: Commit) {
    this.#commit = commit;
  }

  /**
   * Appends one item and answers when it is durable.
   * @param options.isOwn True for what the log itself adds while it closes.
   * @throws StoreUnavailableError `STORE_CLOSED` after `close`.
   * @throws QueueFullError `QUEUE_FULL` when too much waits already.
   * @throws whatever the item's plan, the store or the mark throws.
   */
  async add(item: AppendItem, { isOwn = false }: { readonly isOwn?: boolean } = {}): Promise<Appended> {
    if (this.#isClosed && !isOwn) throw closed();
    const isFull = this.#items >= MAX_QUEUED_ITEMS || this.#bytes + item.bytes > MAX_QUEUED_BYTES;
    // A single item of any size is taken by an empty queue: its size has a limit of its own.
    if (isFull && this.#items > 0) throw full();
    return new Promise((resolve, reject) => {
      this.#items += 1;
      this.#bytes += item.bytes;
      this.#waiting.push({ item, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Takes nothing more, and ends when all that waits is settled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // What is added in the same turn as the first item goes with it.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#settleNext();
      // Commits may never leave the turn of the event loop; others must get theirs, and new items come from them.
      await setImmediate();
    }
    this.#draining = undefined;
  }

  async #settleNext(): Promise<void> {
    let taken: readonly Ticket[] | undefined;
    const take = (): readonly Ticket[] => {
      taken ??= this.#take();
      return taken;
    };
    try {
      const outcomes = await this.#commit(() => take().map(({ item }) => item));
      take().forEach((ticket, i) => {
        settleTicket(ticket, outcomes[i]);
      });
    } catch (error) {
      // A commit that never came to the lock fails for those who waited for it.
      for (const ticket of take()) ticket.reject(error);
    } finally {
      this.#items -= take().length;
      this.#bytes -= take().reduce((sum, { item }) => sum + item.bytes, 0);
    }
  }

  /** The next batch, in order: at least one item while any waits. */
  #take(): readonly Ticket[] {
    let count = 0;
    let bytes = 0;
    for (const { item } of this.#waiting) {
      if (count > 0 && (count >= MAX_COMMIT_ITEMS || bytes + item.bytes > MAX_COMMIT_BYTES)) break;
      count += 1;
      bytes += item.bytes;
    }
    return this.#waiting.splice(0, count);
  }
}

/** An item with those who wait for it. */
interface Ticket {
  readonly item: AppendItem;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

function settleTicket(ticket: Ticket, outcome: ItemOutcome | undefined): void {
  if (outcome?.ok === true) ticket.resolve(outcome.appended);
  else ticket.reject(outcome?.error ?? new TypeError('The committer answered for too few items.'));
}

function closed(): StoreUnavailableError {
  return new StoreUnavailableError('STORE_CLOSED', 'The log is closed; nothing was recorded.', {
    hint: 'Open the log again, or close it only after the last call.',
  });
}

function full(): QueueFullError {
  return new QueueFullError('QUEUE_FULL', 'Too much waits to be recorded already; nothing was recorded.', {
    hint: 'Run fewer calls at once, or see why the store is slow.',
  });
}
