/**
 * What SQLite reports, in the words of the store contract. Messages name the file, never what is in it.
 */

import { StoreCorruptError, StoreUnavailableError } from '@countersign/audit';
import { CountersignError } from '@countersign/core';
import SqliteDatabase from 'better-sqlite3';

/** True when another connection holds the lock: the one error that is worth waiting for. */
export function isBusy(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** The typed error for something thrown while `path` was used; our own errors pass unchanged. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof CountersignError) return error;
  // better-sqlite3 raises a TypeError for a statement on a closed connection.
  if (error instanceof TypeError && error.message === 'The database connection is not open') return closed(path);
  if (!(error instanceof SqliteDatabase.SqliteError)) return error;
  const { code } = error;
  const found = UNAVAILABLE.find(([pattern]) => pattern.test(code));
  if (found !== undefined) {
    const [, kind, hint] = found;
    return new StoreUnavailableError(kind, `The store ${path} cannot be used now: SQLite reports ${code}.`, {
      hint,
      cause: error,
    });
  }
  if (/^SQLITE_CONSTRAINT/.test(code)) {
    return new StoreCorruptError(
      'CONFLICTING_WRITE',
      `The store ${path} refused a write that contradicts it: SQLite reports ${code}.`,
      {
        hint: 'Nothing was written. Run `countersign verify`.',
        cause: error,
      },
    );
  }
  return new StoreCorruptError('STORE_DAMAGED', `The store ${path} cannot be read: SQLite reports ${code}.`, {
    hint: 'Run `countersign verify`, keep the file as it is, and restore a copy from before the damage.',
    cause: error,
  });
}

/** The error for a store that was closed. */
export function closed(path: string): StoreUnavailableError {
  return new StoreUnavailableError('STORE_CLOSED', `The store ${path} is closed.`, { hint: 'Open it again.' });
}

const UNAVAILABLE: readonly (readonly [RegExp, StoreUnavailableError['code'], string])[] = [
  [/^SQLITE_(BUSY|LOCKED)/, 'STORE_LOCKED', 'Another process holds the lock; try again, or see which one does.'],
  [/^SQLITE_FULL/, 'STORE_FULL', 'Free some disk space; nothing was written.'],
  [/^SQLITE_READONLY/, 'STORE_READ_ONLY', 'Give this account the right to write to the file and its folder.'],
  [/^SQLITE_CANTOPEN/, 'STORE_IO', 'See that the folder exists and that this account may write to it.'],
  [/^SQLITE_(IOERR|NOMEM|INTERRUPT|PERM|AUTH)/, 'STORE_IO', 'See the state of the disk; nothing was acknowledged.'],
];
