/**
 * A store that fails on demand, at any of its methods, in all ways that count: before anything happened; in a commit, which is
 * then not stored; and after it was done, so that what was written is stored although the caller is told that it failed.
 */

import { StoreUnavailableError } from '../errors.js';
import type { LogStore } from '../store.js';

/** When a call of the store fails: before the lock or the look, in the commit (a read fails as `before`), or after all was done. */
export type Fault = 'before' | 'before-commit' | 'after-commit';

/** A store that can be told to fail. */
export interface FaultyStore extends LogStore {
  /** The next commits fail in these ways, one after the other; then all goes well again. */
  fail(...faults: readonly Fault[]): void;
  /** The call number `n` from now on, of whichever method, fails in this way: 0 is the next one. */
  failAt(n: number, fault: Fault): void;
  /** How many commits were asked for so far. */
  readonly commits: number;
  /** How many calls of any method there were so far. */
  readonly calls: number;
}

/** Wraps a store. A fault is a `StoreUnavailableError` with code `STORE_IO`. */
export function createFaultyStore(store: LogStore): FaultyStore {
  const plan = new FaultPlan();
  const exclusive: LogStore['exclusive'] = async (ask, build) => {
    const fault = plan.next(true);
    if (fault === 'before') throw failure();
    await store.exclusive(ask, (state) => {
      const batch = build(state);
      if (fault === 'before-commit') throw failure();
      return batch;
    });
    if (fault === 'after-commit') throw failure();
  };
  const read = async <T>(look: () => Promise<T>): Promise<T> => {
    const fault = plan.next(false);
    if (fault === 'before' || fault === 'before-commit') throw failure();
    const answer = await look();
    if (fault === 'after-commit') throw failure();
    return answer;
  };
  return {
    ...reads(store, read),
    exclusive,
    fail: (...next) => plan.commitFaults.push(...next),
    failAt: (n, fault) => plan.at.set(plan.calls + n, fault),
    get commits() {
      return plan.commits;
    },
    get calls() {
      return plan.calls;
    },
  };
}

/** Counts the calls, and knows which are to fail. */
class FaultPlan {
  readonly commitFaults: Fault[] = [];
  readonly at = new Map<number, Fault>();
  commits = 0;
  calls = 0;

  next(isCommit: boolean): Fault | undefined {
    const fault = this.at.get(this.calls) ?? (isCommit ? this.commitFaults.shift() : undefined);
    this.calls += 1;
    if (isCommit) this.commits += 1;
    return fault;
  }
}

function failure(): StoreUnavailableError {
  return new StoreUnavailableError('STORE_IO', 'The store failed, as it was told to.');
}

function reads(store: LogStore, read: <T>(look: () => Promise<T>) => Promise<T>): Omit<LogStore, 'exclusive'> {
  return {
    description: store.description,
    head: () => read(() => store.head()),
    leaves: (range) => read(() => store.leaves(range)),
    hashes: (range) => read(() => store.hashes(range)),
    payloads: (range) => read(() => store.payloads(range)),
    checkpoints: () => read(() => store.checkpoints()),
    requestRows: (page) => read(() => store.requestRows(page)),
    grantRows: (page) => read(() => store.grantRows(page)),
    inspect: () => read(() => store.inspect()),
    indexOfId: (id) => read(() => store.indexOfId(id)),
    findCalls: (filter) => read(() => store.findCalls(filter)),
    entriesOfCalls: (calls) => read(() => store.entriesOfCalls(calls)),
    findCall: (call, run) => read(() => store.findCall(call, run)),
    findEntries: (filter) => read(() => store.findEntries(filter)),
    read: (indexes) => read(() => store.read(indexes)),
    snapshot: () => read(() => store.snapshot()),
    measure: () => read(() => store.measure()),
    close: () => read(() => store.close()),
  };
}
