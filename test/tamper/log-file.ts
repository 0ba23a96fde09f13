/** Logs in SQLite files, for the tests that tamper with them: made once through the log itself. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '@countersign/sqlite';
import { openWorld, type World, writeMore, writeTen } from '../../packages/audit/test/verify-world.js';
import { type Snapshot, snapshotOfFile } from './snapshot.js';

/** A log in a file that nobody has open, and what verifies it. */
export interface LogFile {
  readonly path: string;
  readonly key: string;
  /** The newest checkpoint, as a mark would hold it. */
  readonly mark: string;
  /** All rows, as they were read from the closed file. */
  readonly rows: Snapshot;
}

/** A folder of its own, removed by `remove`. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'countersign-tamper-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes a log of ten entries, or of fifty and more, to a new file. */
export async function writeLogFile(path: string, size: 'ten' | 'fifty'): Promise<LogFile> {
  const stores = await openSqlite({ path, create: true });
  const world = await openWorld(stores.log);
  await writeTen(world);
  if (size === 'fifty') await writeMore(world);
  return closeLogFile(path, world, () => stores.close());
}

async function closeLogFile(path: string, world: World, close: () => Promise<void>): Promise<LogFile> {
  const mark = await world.log.checkpoint();
  await world.log.close();
  await close();
  return { path, key: world.key, mark, rows: snapshotOfFile(path) };
}
