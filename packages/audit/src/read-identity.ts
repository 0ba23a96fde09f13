/**
 * Whose log a store holds: asked before its keys are opened.
 */

import { readEntries } from './query/opened-entry.js';
import type { LogStore } from './store.js';

/** The origin and the identity's verifier key, as the log's first entry states them. */
export interface LogIdentity {
  readonly origin: string;
  readonly identityKey: string;
  /** Whether its private key is kept elsewhere, where that can be told. */
  readonly isRemote?: boolean;
}

/** Reads the first entry; undefined for an empty store. @throws StoreCorruptError ENTRY_CORRUPT */
export async function readIdentity(store: Pick<LogStore, 'read'>): Promise<LogIdentity | undefined> {
  const first = (await readEntries(store, [0])).get(0)?.entry;
  if (first?.kind !== 'log-opened') return undefined;
  return { origin: first.log, identityKey: first.identityKey, isRemote: first.identity === 'anchor' };
}
