/**
 * The engine's version, and the settings of a connection: asserted on every open, because they belong to the connection and
 * not to the file.
 */

import { StoreUnavailableError } from '@countersign/audit';
import type { Database } from 'better-sqlite3';

/** Refuses an engine that is too old. @throws StoreUnavailableError `STORE_IO` */
export function assertEngine(version: string): void {
  const parts = version.split('.').map(Number);
  const difference = OLDEST_SQLITE.map((oldest, i) => (parts[i] ?? 0) - oldest).find((part) => part !== 0) ?? 0;
  if (difference >= 0) return;
  throw new StoreUnavailableError(
    'STORE_IO',
    `SQLite ${OLDEST_SQLITE.join('.')} or newer is needed, found ${version}.`,
    { hint: 'Update better-sqlite3.' },
  );
}

/**
 * Sets what the store rests on, and reads it back: better-sqlite3 opens a WAL database with `synchronous=NORMAL`, which can
 * lose an acknowledged entry with the power.
 * @throws StoreUnavailableError `STORE_IO` when SQLite keeps one of them otherwise.
 */
export function applySettings(database: Database, path: string): void {
  for (const [name, value, expected] of wantedSettings()) {
    database.pragma(`${name} = ${value}`);
    const found: unknown = database.pragma(name, { simple: true });
    if (found === expected) continue;
    throw new StoreUnavailableError(
      'STORE_IO',
      `The store ${path} needs ${name}=${value}, and SQLite keeps it otherwise.`,
      { hint: 'Put the file on a local file system that supports shared memory maps and locks.' },
    );
  }
}

/** The oldest SQLite without the WAL-reset defect that can damage a file written by two connections. */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** Name, value to set, value to read back. */
function wantedSettings(): readonly (readonly [name: string, value: string, expected: string | number])[] {
  return [
    ['journal_mode', 'WAL', 'wal'],
    ['synchronous', 'FULL', 2],
    // The connection moves the write-ahead log itself; see wal-upkeep.
    ['wal_autocheckpoint', '0', 0],
    ['secure_delete', 'ON', 1],
    ['trusted_schema', 'OFF', 0],
    ['cell_size_check', 'ON', 1],
    // Elsewhere a flush reaches the disk; macOS needs to be asked for it.
    ['fullfsync', process.platform === 'darwin' ? 'ON' : 'OFF', process.platform === 'darwin' ? 1 : 0],
    ['checkpoint_fullfsync', process.platform === 'darwin' ? 'ON' : 'OFF', process.platform === 'darwin' ? 1 : 0],
  ];
}
