/** The write-ahead log stays short: a process that finds it long moves it, also while others write, and around readers. */

import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MAX_WAL_FRAMES, WalUpkeep } from '../src/wal-upkeep.js';
import { openRaw, temporaryFolder } from './support.js';

/** A database with this table, and what one commit of it writes: 500 frames. */
function createWorld(): { path: string; database: Database; upkeep: WalUpkeep; commit: () => void } {
  const path = join(temporaryFolder(), 'log.db');
  const database = openRaw(path);
  database.pragma('busy_timeout = 0');
  database.pragma('page_size = 512');
  database.pragma('journal_mode = WAL');
  database.pragma('wal_autocheckpoint = 0');
  database.exec('CREATE TABLE t (bytes BLOB)');
  const insert = database.prepare('INSERT INTO t VALUES (zeroblob(512 * 500))');
  return { path, database, upkeep: new WalUpkeep(database), commit: () => insert.run() };
}

function framesOf(database: Database): unknown {
  return database.prepare('PRAGMA wal_checkpoint(NOOP)').get();
}

describe('Keeping the write-ahead log short', () => {
  it('leaves a short one alone', () => {
    const { upkeep, commit } = createWorld();
    commit();
    upkeep.note();
    expect(upkeep.isDue).toBe(false);
  });

  it('moves a long one into the database, so that it starts over with the next commit', () => {
    const { database, upkeep, commit } = createWorld();
    while (!upkeep.isDue) {
      commit();
      upkeep.note();
    }
    expect(framesOf(database)).toMatchObject({
      log: expect.toSatisfy((log) => log >= MAX_WAL_FRAMES),
      checkpointed: expect.toSatisfy((moved) => moved >= MAX_WAL_FRAMES),
    });
    upkeep.restart();
    expect(upkeep.isDue).toBe(false);
    commit();
    expect(framesOf(database)).toMatchObject({ log: expect.toSatisfy((log) => log < MAX_WAL_FRAMES), checkpointed: 0 });
  });

  it('does not move one that another process has moved meanwhile', () => {
    const { path, database, upkeep, commit } = createWorld();
    for (let i = 0; i < 5; i += 1) commit();
    upkeep.note();
    expect(upkeep.isDue).toBe(true);
    const other = openRaw(path);
    other.pragma('wal_checkpoint(RESTART)');
    commit();
    const before = framesOf(database);
    upkeep.restart();
    expect(framesOf(database)).toEqual(before);
    expect(upkeep.isDue).toBe(false);
  });

  it('tries again only when it is much longer, where a reader is in the way', () => {
    const { path, database, upkeep, commit } = createWorld();
    commit();
    const reader = openRaw(path);
    reader.exec('BEGIN; SELECT count(*) FROM t');
    for (let i = 0; i < 5; i += 1) commit();
    upkeep.note();
    upkeep.restart();
    commit();
    upkeep.note();
    expect(upkeep.isDue).toBe(false);
    for (let i = 0; i < 5; i += 1) commit();
    upkeep.note();
    expect(upkeep.isDue).toBe(true);
    reader.exec('COMMIT');
    upkeep.restart();
    commit();
    upkeep.note();
    expect(framesOf(database)).toMatchObject({ log: expect.toSatisfy((log) => log < MAX_WAL_FRAMES) });
  });

  it('is silent when it cannot be moved', () => {
    const { database, upkeep, commit } = createWorld();
    for (let i = 0; i < 5; i += 1) commit();
    upkeep.note();
    database.exec('BEGIN IMMEDIATE');
    // Within a transaction the engine refuses.
    expect(() => upkeep.restart()).not.toThrow();
    expect(() => upkeep.note()).not.toThrow();
    database.exec('ROLLBACK');
    upkeep.note();
    expect(upkeep.isDue).toBe(true);
  });
});
