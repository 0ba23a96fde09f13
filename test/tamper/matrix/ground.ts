/** The sound logs that the catalogue is tried on, one for each store. */

import { createMemoryLogStore, type LogStore } from '@countersign/audit';
import { openSqlite } from '@countersign/sqlite';
import { entriesOf, type ForgedEntry, forge, readerOf } from '../../../packages/audit/test/verify-forge.js';
import { openWorld, type World, writeTen } from '../../../packages/audit/test/verify-world.js';
import { type Snapshot, snapshotOfFile, snapshotOfReader, textOf } from '../snapshot.js';
import type { Ground } from './attack.js';

/** A log in memory. */
export async function memoryGround(): Promise<Ground> {
  const store = createMemoryLogStore();
  const { world, older } = await write(store);
  return groundOf(world, { older, rows: await snapshotOfReader(store), mark: await world.log.checkpoint() });
}

/** The same log under a writer of a fixed name, instead of one that names its process: the same bytes each time. */
export async function fixedGround(): Promise<Ground> {
  const { world, older, ...rest } = await memoryGround();
  const entries = underFixedWriter(rest.entries);
  const stateOf = async (size: number) => {
    const rows = await snapshotOfReader(readerOf(await forge(world, entries.slice(0, size))));
    return { rows, mark: textOf(rows.checkpoints.at(-1)?.note) };
  };
  const sizes = older.map(({ rows }) => rows.entries.length).filter((size) => size > 0);
  const now = await stateOf(entries.length);
  return { ...rest, world, entries, ...now, older: await Promise.all(sizes.map(stateOf)) };
}

/** The entries as a writer of a fixed name would have written them. */
export function underFixedWriter(entries: readonly ForgedEntry[]): ForgedEntry[] {
  return entries.map(({ entry, payloads }) => ({ entry: { ...entry, writer: '00000000-1-00000000' }, payloads }));
}

/** A log in a SQLite file, which is closed again. */
export async function sqliteGround(path: string): Promise<Ground> {
  const stores = await openSqlite({ path, create: true });
  const { world, older } = await write(stores.log);
  const mark = await world.log.checkpoint();
  await world.log.close();
  await stores.close();
  const twin = await openWorld();
  await writeTen(twin);
  return groundOf(twin, { older, rows: snapshotOfFile(path), mark, key: world.key });
}

/** Writes the entries, and notes the state before each commit. */
async function write(store: LogStore): Promise<{ world: World; older: Ground['older'] }> {
  const older: { rows: Snapshot; mark: string }[] = [];
  const world = await openWorld(store);
  const exclusive = store.exclusive.bind(store);
  store.exclusive = async (...args) => {
    older.push({ rows: await snapshotOfReader(store), mark: await world.log.checkpoint() });
    return exclusive(...args);
  };
  await writeTen(world);
  return { world, older };
}

async function groundOf(
  world: World,
  known: Pick<Ground, 'older' | 'rows' | 'mark'> & { readonly key?: string },
): Promise<Ground> {
  return { key: world.key, ...known, world, entries: await entriesOf(world) };
}
