/**
 * Which requests were made for a call, by the entries of the log.
 */

import { decodeEntry } from './entry/encode.js';
import type { EntryOf } from './entry/kinds.js';
import { callKey, type LogStore } from './store.js';

/** The ids of the requests of a call, oldest first. */
export async function requestsOfCall(
  store: Pick<LogStore, 'entriesOfCalls' | 'read'>,
  call: { readonly run: string; readonly callId: string },
): Promise<readonly string[]> {
  return (await requestEntriesOfCall(store, call)).map(({ request }) => request);
}

/** The entries of the requests of a call, oldest first. */
export async function requestEntriesOfCall(
  store: Pick<LogStore, 'entriesOfCalls' | 'read'>,
  { run, callId }: { readonly run: string; readonly callId: string },
): Promise<readonly EntryOf<'approval-requested'>[]> {
  const found = await store.entriesOfCalls([{ run, call: callId }]);
  const indexes = found.get(callKey(run, callId)) ?? [];
  if (indexes.length === 0) return [];
  const { leaves } = await store.read(indexes);
  return leaves.flatMap(({ leaf }) => {
    const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
    return decoded?.ok === true && decoded.entry.kind === 'approval-requested' ? [decoded.entry] : [];
  });
}
