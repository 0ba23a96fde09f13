/**
 * The epoch that a log is in, as its entries say, and what lies in the folder of the keys. No private key is read.
 */

import {
  checkEpochLimits,
  type EpochRecord,
  FIRST_EPOCH,
  type LogStore,
  listEpochs,
  readNewestEpoch,
} from '@countersign/audit';

/** The epoch of a log. */
export interface EpochDescription {
  /** From 1. */
  readonly number: number;
  /** The verifier key of the epoch. */
  readonly verifierKey: string;
  /** When it began. */
  readonly since: string;
  /** Entries signed in it so far. */
  readonly entries: number;
  /** When it ends, and after how many entries, where nothing else was set: with the next commit after that. */
  readonly endsAt: string;
  readonly endsAfterEntries: number;
  /** Where its private key is: in the folder of the keys, or not there (in the environment, or on another host). */
  readonly keptIn: 'key-dir' | 'elsewhere';
  /** The sealed epochs whose private keys are still in the folder: none, unless one could not be erased. */
  readonly notErased: readonly number[];
  /** True where the key of the next epoch lies there already. */
  readonly nextIsMade: boolean;
}

/** Describes the epoch; undefined for a log without entries. @throws StoreCorruptError ENTRY_CORRUPT */
export async function describeEpoch(store: LogStore, keyDir: string): Promise<EpochDescription | undefined> {
  const record = await readNewestEpoch(store);
  if (record === undefined) return undefined;
  const { size } = await store.head();
  const made: readonly number[] = await listEpochs(keyDir).catch(() => []);
  const limits = checkEpochLimits();
  const { number, key, sinceUs } = record;
  return {
    number,
    verifierKey: key,
    since: new Date(sinceUs / 1000).toISOString(),
    entries: size - firstIndex(record),
    endsAt: new Date(sinceUs / 1000 + limits.maxAgeMs).toISOString(),
    endsAfterEntries: limits.maxEntries,
    keptIn: made.includes(number) ? 'key-dir' : 'elsewhere',
    notErased: made.filter((epoch) => epoch < number),
    nextIsMade: made.includes(number + 1),
  };
}

/** The first entry that the key signs: the first epoch holds the entry that opens it, a later one does not. */
function firstIndex({ number, index }: EpochRecord): number {
  return number === FIRST_EPOCH ? index : index + 1;
}
