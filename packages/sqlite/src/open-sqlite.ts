/**
 * Opens one SQLite file as a store for the log and the approvals. What is not ours, or from the future, is left untouched.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ApprovalStore } from '@countersign/approval';
import type { LogStore } from '@countersign/audit';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { Connection } from './connection.js';
import { bringUpToDate, knownVersion } from './migrations.js';
import { applySettings, assertEngine } from './settings.js';
import { SqliteApprovalStore } from './sqlite-approval-store.js';
import { storeError } from './sqlite-errors.js';
import { SqliteLogStore } from './sqlite-log-store.js';
import { prepareStatements } from './statements.js';
import { prepareFile } from './store-file.js';

/** How to open a file. */
export interface OpenSqliteOptions {
  readonly path: string;
  /** Create the file, and its folder, where it is missing; default false. */
  readonly create?: boolean;
  readonly environment?: Environment;
  /** How long to wait for another process's lock; default 15,000. */
  readonly lockTimeoutMs?: number;
}

/** One file, two stores. */
export interface SqliteStores {
  /** The absolute path. */
  readonly path: string;
  readonly log: LogStore;
  readonly approvals: ApprovalStore;
  close(): Promise<void>;
}

/**
 * Opens or creates a file.
 * @throws StoreUnavailableError `STORE_MISSING` when it is not there and `create` is not set; `STORE_LOCKED`, `STORE_IO`,
 * `STORE_READ_ONLY`, `STORE_FULL`.
 * @throws StoreCorruptError `STORE_NOT_OURS`, `STORE_FROM_THE_FUTURE` or `STORE_DAMAGED`; the file is untouched then.
 */
export async function openSqlite(options: OpenSqliteOptions): Promise<SqliteStores> {
  const { create = false, environment = createSystemEnvironment(), lockTimeoutMs } = options;
  const path = resolve(options.path);
  prepareFile(path, create);
  const connect = (database: Database) =>
    new Connection({ database, path, environment, ...(lockTimeoutMs !== undefined && { lockTimeoutMs }) });
  if (existsSync(`${path}-wal`)) await checkBehindWal(connect(openDatabase(path, { readonly: true })));
  const connection = connect(openDatabase(path));
  try {
    await connection.run(() => assertEngine(engineVersion(connection.database)));
    await bringUpToDate(connection, create);
    await connection.run(() => applySettings(connection.database, path));
    const sql = await connection.run(() => prepareStatements(connection.database));
    const log = new SqliteLogStore(connection, sql);
    return { path, log, approvals: new SqliteApprovalStore(connection, sql), close: () => log.close() };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openDatabase(path: string, options: { readonly readonly?: boolean } = {}): Database {
  try {
    // timeout 0: waiting is the connection's business, and asynchronous.
    return new SqliteDatabase(path, { ...options, timeout: 0, fileMustExist: true });
  } catch (error) {
    throw storeError(error, path);
  }
}

function engineVersion(database: Database): string {
  return String(database.prepare('SELECT sqlite_version()').pluck().get());
}

/** What a newer version wrote may stand in the write-ahead log alone; a reader leaves that as it is. */
async function checkBehindWal(reader: Connection): Promise<void> {
  try {
    await reader.run(() => knownVersion(reader.database, reader.path));
  } finally {
    reader.close();
  }
}
