/**
 * The epoch that a log is in, as its entries say: `log-opened` names the first key, each `key-epoch` the next one.
 */

import { parseTime } from '@countersign/core';
import { decodeEntry } from './entry/encode.js';
import { StoreCorruptError } from './errors.js';
import { FIRST_EPOCH } from './keys/epoch-name.js';
import type { LogStore, StoredLeaf } from './store.js';

/** What an entry says of the epoch that follows it. */
export interface EpochRecord {
  /** From 1. */
  readonly number: number;
  /** The verifier key. */
  readonly key: string;
  /** The index of the entry: 0 for the first epoch. */
  readonly index: number;
  /** The time of the entry, in microseconds since 1970. */
  readonly sinceUs: number;
}

/**
 * The newest epoch on record; undefined for an empty log.
 * @throws StoreCorruptError `ENTRY_CORRUPT` when the entry that says so cannot be read.
 */
export async function readNewestEpoch(store: Pick<LogStore, 'findEntries' | 'read'>): Promise<EpochRecord | undefined> {
  let index = 0;
  for (let from = 0; ; ) {
    const page = await store.findEntries({ kind: 'key-epoch', from, limit: PAGE });
    index = page.at(-1) ?? index;
    from = index + 1;
    if (page.length < PAGE) break;
  }
  const [leaf] = (await store.read([index])).leaves;
  return leaf === undefined ? undefined : readEpoch(leaf);
}

/** What a leaf says. @throws StoreCorruptError `ENTRY_CORRUPT` when it opens neither a log nor an epoch. */
export function readEpoch({ index, leaf }: StoredLeaf): EpochRecord {
  const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
  if (decoded?.ok === true && decoded.entry.index === index) {
    const { entry } = decoded;
    const sinceUs = parseTime(entry.time);
    if (entry.kind === 'log-opened') return { number: FIRST_EPOCH, key: entry.epochKey, index, sinceUs };
    if (entry.kind === 'key-epoch') return { number: entry.epoch, key: entry.epochKey, index, sinceUs };
  }
  throw new StoreCorruptError('ENTRY_CORRUPT', `Entry ${index} does not open an epoch as it should.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}

/** Epochs are looked for in pages of this size. */
const PAGE = 1000;
