/**
 * A connection of its own for a worker that checks ranges: it reads, and holds no transaction, because what it reads never changes
 * but for what purges remove.
 */

import type { LogReader } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { Connection } from './connection.js';
import { readPayloads } from './payload-page.js';
import { readLeaves } from './rows.js';
import { storeError } from './sqlite-errors.js';
import { prepareStatements } from './statements.js';

/** What a range is checked with. */
export type RangeReader = Pick<LogReader, 'leaves' | 'payloads'>;

/** Opens the file for reading. @throws StoreUnavailableError */
export async function openRangeReader(path: string): Promise<RangeReader> {
  const connection = new Connection({ database: openReader(path), path, environment: createSystemEnvironment() });
  const sql = await connection.run(() => prepareStatements(connection.database));
  return {
    leaves: ({ from, limit }) => connection.run(() => readLeaves(sql, from, limit)),
    payloads: ({ from, to }) => connection.run(() => readPayloads(sql, from, to)),
  };
}

function openReader(path: string): Database {
  try {
    return new SqliteDatabase(path, { readonly: true, timeout: 0, fileMustExist: true });
  } catch (error) {
    throw storeError(error, path);
  }
}
