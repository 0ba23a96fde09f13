/**
 * What a log says of its own retention: the policies, the holds and the purges on record.
 */

import type { EntryKind, EntryOf } from '../entry/kinds.js';
import { type OpenedEntry, readEntries } from '../query/opened-entry.js';
import type { LogStore } from '../store.js';
import { IntervalSet } from '../verify/intervals.js';
import { rangesOf } from '../verify/steps/purges.js';
import { RetentionHistory } from './history.js';
import { Holds } from './holds.js';
import { isOverride, readRetentionStatement } from './policy.js';

/** What is read with. */
export type RecordStore = Pick<LogStore, 'findEntries' | 'read'>;

/** The policies on record; `newest` is the index of the newest entry that could have brought one, -1 for none. */
export async function readHistory(
  store: RecordStore,
): Promise<{ readonly policies: RetentionHistory; readonly newest: number }> {
  const policies = new RetentionHistory();
  let newest = -1;
  for await (const { entry, payloads } of recordedEntries(store, 'config-changed')) {
    newest = entry.index;
    const policy = readRetentionStatement(payloads.get('config'));
    if (policy !== undefined) policies.add({ index: entry.index, policy, override: isOverride(entry) });
  }
  return { policies, newest };
}

/** A hold as it was placed. */
export interface PlacedHold {
  readonly entry: EntryOf<'hold-placed'>;
  readonly reason: string | undefined;
}

/** The holds that were placed and not released; `newest` is the index of the newest one that was placed, -1 for none. */
export async function readHolds(
  store: RecordStore,
): Promise<{ readonly holds: Holds; readonly placed: readonly PlacedHold[]; readonly newest: number }> {
  const placed = new Map<string, PlacedHold>();
  let newest = -1;
  for await (const { entry, payloads } of recordedEntries(store, 'hold-placed')) {
    const reason = payloads.get('reason');
    placed.set(entry.hold, { entry, reason: typeof reason === 'string' ? reason : undefined });
    newest = entry.index;
  }
  for await (const { entry } of recordedEntries(store, 'hold-released')) {
    const hold = placed.get(entry.hold);
    if (hold !== undefined && hold.entry.index < entry.index) placed.delete(entry.hold);
  }
  const holds = new Holds();
  for (const { entry } of placed.values()) holds.place(entry.hold, entry);
  return { holds, placed: [...placed.values()], newest };
}

/** The purges on record: entries whose payloads a statement took, and the index of the newest statement, -1 for none. */
export async function readStatements(
  store: RecordStore,
): Promise<{ readonly bare: IntervalSet; readonly newest: number }> {
  const bare = new IntervalSet();
  let newest = -1;
  for await (const { entry } of recordedEntries(store, 'entries-purged')) {
    newest = entry.index;
    if (entry.what === 'payloads') for (const { from, to } of rangesOf(entry)) bare.add(from, to);
  }
  return { bare, newest };
}

/** The index of the newest entry of a kind; -1 where there is none. */
export async function newestIndex(store: Pick<LogStore, 'findEntries'>, kind: EntryKind): Promise<number> {
  let newest = -1;
  for (;;) {
    const last = (await store.findEntries({ kind, from: newest + 1, limit: INDEX_PAGE })).at(-1);
    if (last === undefined) return newest;
    newest = last;
  }
}

const INDEX_PAGE = 10_000;

/** One entry, which must be of this kind; undefined where it is not. @throws StoreCorruptError `ENTRY_CORRUPT` */
export async function recordedAt<K extends EntryKind>(
  store: Pick<LogStore, 'read'>,
  index: number,
  kind: K,
): Promise<EntryOf<K> | undefined> {
  const opened = (await readEntries(store, [index])).get(index);
  return opened !== undefined && isOfKind(opened, kind) ? opened.entry : undefined;
}

/** An opened entry of one kind. */
type RecordedEntry<K extends EntryKind> = OpenedEntry & { readonly entry: EntryOf<K> };

/** All entries of one kind with their payloads, ascending. @throws StoreCorruptError `ENTRY_CORRUPT` */
export async function* recordedEntries<K extends EntryKind>(
  store: RecordStore,
  kind: K,
): AsyncGenerator<RecordedEntry<K>> {
  for (let from = 0; ; ) {
    const indexes = await store.findEntries({ kind, from, limit: PAGE });
    for (const opened of (await readEntries(store, indexes)).values()) if (isOfKind(opened, kind)) yield opened;
    const last = indexes.at(-1);
    if (last === undefined) return;
    from = last + 1;
  }
}

/** Few enough that the long reasons of a page do not matter. */
const PAGE = 100;

function isOfKind<K extends EntryKind>(opened: OpenedEntry, kind: K): opened is RecordedEntry<K> {
  return opened.entry.kind === kind;
}
