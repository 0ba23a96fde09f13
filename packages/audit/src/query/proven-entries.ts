/**
 * Entries of the signed tree: read from the store, and handed out only when they are the very leaves that the checkpoint's root
 * stands over. Counting begins here.
 */

import { RISK_LEVELS } from '@countersign/core';
import type { Entry, EntryKind, EntryOf } from '../entry/kinds.js';
import { StoreCorruptError } from '../errors.js';
import { NO_CALLS, type Totals } from '../head.js';
import { checkInTree, type ReceiptGround } from '../receipts.js';
import type { CallFilter, LogStore } from '../store.js';
import { type OpenedEntry, openEntry } from './opened-entry.js';
import { isBegin, type OpenedBegin } from './view-call.js';

/** Indexes from `start` up to, and without, `end`, whose text a purge has removed. */
export interface PurgedRun {
  readonly start: number;
  readonly end: number;
}

/** Reads proven entries. One serves one query. */
export class ProvenEntries {
  readonly #store: LogStore;
  readonly #ground: ReceiptGround;
  readonly #known = new Map<number, OpenedEntry | undefined>();
  #runs: readonly PurgedRun[] | undefined;

  constructor(store: LogStore, ground: ReceiptGround) {
    this.#store = store;
    this.#ground = ground;
  }

  /**
   * One entry without its payloads; undefined where its text is gone.
   * @throws StoreCorruptError when it is not what was signed.
   */
  async entry(index: number): Promise<OpenedEntry | undefined> {
    if (this.#known.has(index)) return this.#known.get(index);
    const [leaf] = await this.#store.leaves({ from: index, limit: 1 });
    const opened = leaf === undefined || leaf.index !== index ? undefined : openEntry(leaf, []);
    if (opened !== undefined) await checkInTree(this.#ground, opened);
    this.#known.set(index, opened);
    return opened;
  }

  /** The totals before the entry at `index`, and the entry that says so; undefined where both its neighbours are gone. */
  async totalsBelow(index: number): Promise<{ readonly totals: Totals; readonly by?: OpenedEntry } | undefined> {
    if (index === 0) return { totals: NO_CALLS };
    const before = await this.entry(index - 1);
    if (before !== undefined) return { totals: before.entry.totals, by: before };
    const at = index < this.#ground.state.size ? await this.entry(index) : undefined;
    if (at === undefined) return undefined;
    const { totals } = at.entry;
    return { totals: isBegin(at) ? { ...totals, [at.entry.risk]: totals[at.entry.risk] - 1 } : totals, by: at };
  }

  /** All entries of a kind, in order. @throws StoreCorruptError when the store answers another. */
  async *ofKind<K extends EntryKind>(kind: K): AsyncGenerator<EntryOf<K>, void, undefined> {
    for (let from = 0; ; ) {
      const indexes = await this.#store.findEntries({ kind, from, limit: PAGE });
      for (const index of indexes) {
        if (index >= this.#ground.state.size) return;
        const opened = await this.entry(index);
        if (opened === undefined || index < from || !isOfKind(opened.entry, kind)) throw lying(index);
        from = index + 1;
        yield opened.entry;
      }
      if (indexes.length < PAGE) return;
    }
  }

  /** Begin entries that match, from `from` up to `to`, oldest first; each index once. */
  async *begins(
    filter: Pick<CallFilter, 'risk'>,
    { from, to }: { readonly from: number; readonly to: number },
  ): AsyncGenerator<OpenedBegin, void, undefined> {
    let after = from - 1;
    for (;;) {
      const start = after < 0 ? {} : { after };
      const indexes = await this.#store.findCalls({ ...filter, ...start, order: 'oldest-first', limit: PAGE });
      for (const index of indexes) {
        if (index <= after) throw lying(index);
        after = index;
        if (index >= to) return;
        const opened = await this.entry(index);
        if (opened === undefined || !isBegin(opened) || filter.risk?.includes(opened.entry.risk) === false) {
          throw lying(index);
        }
        yield opened;
      }
      if (indexes.length < PAGE) return;
    }
  }

  /** What purges on record have removed, ascending; runs that touch are one. */
  async purgedRuns(): Promise<readonly PurgedRun[]> {
    this.#runs ??= await this.#readRuns();
    return this.#runs;
  }

  async #readRuns(): Promise<readonly PurgedRun[]> {
    const runs: PurgedRun[] = [];
    for await (const { what, from, to, kept } of this.ofKind('entries-purged')) {
      if (what !== 'entries') continue;
      let start = from;
      for (const end of [...kept, to]) {
        if (end > start) runs.push({ start, end });
        start = end + 1;
      }
    }
    return merged(runs);
  }
}

const PAGE = 500;

function isOfKind<K extends EntryKind>(entry: Entry, kind: K): entry is EntryOf<K> {
  return entry.kind === kind;
}

function merged(runs: readonly PurgedRun[]): readonly PurgedRun[] {
  const result: PurgedRun[] = [];
  for (const run of runs.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || run.start > last.end) result.push(run);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, run.end) };
  }
  return result;
}

/** @param index Where the store's answer and the signed entry differ. */
export function lying(index: number): StoreCorruptError {
  return new StoreCorruptError(
    'ENTRY_CORRUPT',
    `The store answered entry ${index} to a question that its signed bytes do not answer.`,
    { hint: 'An index or a column of the database was changed: run `countersign verify`.' },
  );
}

/** The difference, level by level. */
export function subtract(left: Totals, right: Totals): Totals {
  const difference = { ...NO_CALLS };
  for (const level of RISK_LEVELS) difference[level] = left[level] - right[level];
  return difference;
}
