/** Folders and raw connections for the tests of this package. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { onTestFinished } from 'vitest';

/** A new folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Lets SQLite itself work on a file, as anybody with access could, and closes it again. */
export function withRaw<T>(path: string, action: (database: Database) => T): T {
  const database = openRaw(path);
  try {
    return action(database);
  } finally {
    database.close();
  }
}

/** A connection of SQLite's own, closed after the test. */
export function openRaw(path: string): Database {
  const database = new SqliteDatabase(path);
  onTestFinished(() => {
    database.close();
  });
  return database;
}
