/**
 * How a purge reads a log: in pages, and single entries where the members of a unit lie elsewhere.
 */

import type { LogStore } from '../store.js';
import { LEAF_CHUNK } from '../tree-reader.js';
import { type EntryView, viewLeaf } from './entry-view.js';

/** What retention reads with. */
export type PurgeStore = Pick<LogStore, 'head' | 'leaves' | 'payloads' | 'findEntries' | 'entriesOfCalls' | 'read'>;

/** One entry; undefined where its text is gone. */
export async function viewAt(store: Pick<LogStore, 'leaves'>, index: number): Promise<EntryView | undefined> {
  const [leaf] = await store.leaves({ from: index, limit: 1 });
  return leaf === undefined || leaf.index !== index ? undefined : viewLeaf(leaf);
}

/** All entries of one kind that still have their text, in ascending order. */
export async function* entriesOfKind(
  store: Pick<LogStore, 'findEntries' | 'leaves'>,
  kind: string,
): AsyncGenerator<EntryView> {
  for (let from = 0; ; ) {
    const indexes = await store.findEntries({ kind, from, limit: LEAF_CHUNK });
    for (const index of indexes) {
      const view = await viewAt(store, index);
      if (view?.kind === kind) yield view;
    }
    const last = indexes.at(-1);
    if (last === undefined) return;
    from = last + 1;
  }
}
