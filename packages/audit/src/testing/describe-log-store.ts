/**
 * The conformance suite of the log's store contract. Every store runs it; so can a store of your own.
 */

import type { TestTools } from '@countersign/approval/testing';
import type { LogStore } from '../store.js';
import { describeReading } from './store-reading.js';
import { describeRemoval } from './store-removal.js';
import { describeWriting } from './store-writing.js';

/** A store under test, empty at first. */
export interface LogStoreUnderTest {
  readonly store: LogStore;
  /** The same data through a connection of its own, as another process has it; the store itself where there is no such thing. */
  readonly other?: LogStore;
  /** Gives back everything, closed stores included. */
  close(): Promise<void>;
}

/** Declares one test over a fresh store. */
export type StoreTest = (
  title: string,
  body: (under: Required<Omit<LogStoreUnderTest, 'close'>>) => Promise<void>,
) => void;

/** Declares the tests that every log store passes. `tools` are vitest's `describe`, `it` and `expect`. */
export function describeLogStore(name: string, factory: () => Promise<LogStoreUnderTest>, tools: TestTools): void {
  const test: StoreTest = (title, body) => {
    tools.it(title, async () => {
      const under = await factory();
      try {
        await body({ store: under.store, other: under.other ?? under.store });
      } finally {
        await under.close();
      }
    });
  };
  tools.describe(`log store: ${name}`, () => {
    describeWriting(test, tools.expect);
    describeReading(test, tools.expect);
    describeRemoval(test, tools.expect);
  });
}
