/**
 * A store that fails on demand, in both ways that count: the commit failed and is not stored, or it failed and is stored.
 */

import { StoreUnavailableError } from '../errors.js';
import type { LogStore } from '../store.js';

/** When a commit fails. */
export type Fault = 'before-commit' | 'after-commit';

/** A store that can be told to fail. */
export interface FaultyStore extends LogStore {
  /** The next commits fail in these ways, one after the other; then all goes well again. */
  fail(...faults: readonly Fault[]): void;
  /** How many commits were asked for so far. */
  readonly commits: number;
}

/** Wraps a store. A fault is a `StoreUnavailableError` with code `STORE_IO`. */
export function createFaultyStore(store: LogStore): FaultyStore {
  const faults: Fault[] = [];
  let commits = 0;
  const exclusive: LogStore['exclusive'] = async (ask, build) => {
    commits += 1;
    const fault = faults.shift();
    await store.exclusive(ask, (state) => {
      const batch = build(state);
      if (fault === 'before-commit') throw failure();
      return batch;
    });
    if (fault === 'after-commit') throw failure();
  };
  return {
    ...forward(store),
    exclusive,
    fail: (...next) => {
      faults.push(...next);
    },
    get commits() {
      return commits;
    },
  };
}

function failure(): StoreUnavailableError {
  return new StoreUnavailableError('STORE_IO', 'The store failed, as it was told to.');
}

function forward(store: LogStore): LogStore {
  return {
    description: store.description,
    exclusive: (ask, build) => store.exclusive(ask, build),
    head: () => store.head(),
    leaves: (range) => store.leaves(range),
    hashes: (range) => store.hashes(range),
    payloads: (range) => store.payloads(range),
    checkpoints: () => store.checkpoints(),
    requestRows: (page) => store.requestRows(page),
    grantRows: (page) => store.grantRows(page),
    inspect: () => store.inspect(),
    indexOfId: (id) => store.indexOfId(id),
    findCalls: (filter) => store.findCalls(filter),
    entriesOfCalls: (calls) => store.entriesOfCalls(calls),
    findCall: (call, run) => store.findCall(call, run),
    findEntries: (filter) => store.findEntries(filter),
    read: (indexes) => store.read(indexes),
    snapshot: () => store.snapshot(),
    measure: () => store.measure(),
    close: () => store.close(),
  };
}
