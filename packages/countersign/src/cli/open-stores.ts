/**
 * Opens the file of a log that is there already.
 */

import { StoreCorruptError } from '@countersign/audit';
import type { Environment } from '@countersign/core';
import { openSqlite, type SqliteStores } from '@countersign/sqlite';

/**
 * The stores of the file; nothing is created.
 * @throws StoreUnavailableError; StoreCorruptError, also where the engine finds the file too damaged to open.
 */
export async function openStores(path: string, environment: Environment): Promise<SqliteStores> {
  try {
    return await openSqlite({ path, create: false, environment });
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw new StoreCorruptError('STORE_DAMAGED', `The store ${path} cannot be read: SQLite reports ${error.code}.`, {
      hint: 'Keep the file as it is, and restore a copy from before the damage.',
      cause: error,
    });
  }
}

/** An error of the engine itself: a header or a schema that it cannot make sense of. */
function isEngineError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^SQLITE_/.test(error.code);
}
