/**
 * Opens one SQLite file as a store for the log and the approvals. What is not ours, or from the future, is left untouched.
 */

import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ApprovalStore } from '@countersign/approval';
import { type LogStore, StoreCorruptError, StoreUnavailableError } from '@countersign/audit';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { Connection } from './connection.js';
import { migrate } from './migrations.js';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.js';
import { SqliteApprovalStore } from './sqlite-approval-store.js';
import { storeError } from './sqlite-errors.js';
import { SqliteLogStore } from './sqlite-log-store.js';

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
 * @throws StoreUnavailableError `STORE_MISSING` when it is not there and `create` is not set.
 * @throws StoreCorruptError `STORE_NOT_OURS`, `STORE_FROM_THE_FUTURE` or `STORE_DAMAGED`; the file is untouched then.
 */
export async function openSqlite(options: OpenSqliteOptions): Promise<SqliteStores> {
  const path = resolve(options.path);
  const environment = options.environment ?? createSystemEnvironment();
  prepareFile(path, options.create ?? false);
  const database = openDatabase(path);
  const connection = new Connection({
    database,
    path,
    environment,
    ...(options.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: options.lockTimeoutMs }),
  });
  try {
    assertEngine(database);
    await bringUpToDate(connection);
    await connection.run(() => applySettings(database, path));
  } catch (error) {
    connection.close();
    throw error;
  }
  const log = new SqliteLogStore(connection);
  return { path, log, approvals: new SqliteApprovalStore(connection), close: () => log.close() };
}

/** A file that is up to date is opened without taking its write lock. */
async function bringUpToDate(connection: Connection): Promise<void> {
  const { database } = connection;
  const version = await connection.run((): unknown => database.pragma('user_version', { simple: true }));
  if (version !== SCHEMA_VERSION) await connection.transaction(() => migrate(database));
}

/** The oldest SQLite without the WAL-reset defect that can damage a file written by two connections. */
const OLDEST_SQLITE = [3, 51, 3] as const;

function openDatabase(path: string): Database {
  try {
    // timeout 0: waiting is the connection's business, and asynchronous.
    return new SqliteDatabase(path, { timeout: 0, fileMustExist: true });
  } catch (error) {
    throw storeError(error, path);
  }
}

/** Sees that the file is there and is ours, before SQLite touches it. */
function prepareFile(path: string, create: boolean): void {
  if (!existsSync(path)) {
    if (!create) throw missing(path);
    createPrivately(path);
    return;
  }
  const header = readHeader(path);
  // An empty file is what a creation leaves that was killed at once; it holds nothing that could be lost.
  if (header.length === 0) {
    if (create) return;
    throw missing(path);
  }
  checkHeader(path, header);
}

function createPrivately(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw new StoreUnavailableError('STORE_IO', `The store ${path} could not be created.`, {
      hint: 'See that the folder exists and that this account may write to it.',
      cause,
    });
  }
}

function missing(path: string): StoreUnavailableError {
  return new StoreUnavailableError('STORE_MISSING', `There is no store at ${path}.`, {
    hint: 'Check the path; a new store is created only where `create` asks for one.',
  });
}

/** SQLite's database header (file format, section 1.3): 100 bytes. */
function readHeader(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      if (!fstatSync(file).isFile()) throw notOurs(path, 'it is no regular file');
      const header = Buffer.alloc(100);
      return header.subarray(0, readSync(file, header, 0, header.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof StoreCorruptError) throw cause;
    throw new StoreUnavailableError('STORE_IO', `The store ${path} could not be read.`, {
      hint: 'See that this account may read the file.',
      cause,
    });
  }
}

function checkHeader(path: string, header: Buffer): void {
  if (header.length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    throw notOurs(path, 'it is no SQLite database');
  const version = header.readUInt32BE(60);
  const application = header.readUInt32BE(68);
  if (application !== APPLICATION_ID) throw notOurs(path, 'another program made it');
  if (version > SCHEMA_VERSION) {
    throw new StoreCorruptError(
      'STORE_FROM_THE_FUTURE',
      `The store ${path} has schema version ${version}; this version of Countersign reads up to ${SCHEMA_VERSION}.`,
      { hint: 'Update Countersign. The file was not touched.' },
    );
  }
}

function notOurs(path: string, why: string): StoreCorruptError {
  return new StoreCorruptError('STORE_NOT_OURS', `${path} is not a Countersign store: ${why}.`, {
    hint: 'Give another path. The file was not touched.',
  });
}

function assertEngine(database: Database): void {
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get());
  const parts = version.split('.').map(Number);
  const difference = OLDEST_SQLITE.map((oldest, i) => (parts[i] ?? 0) - oldest).find((part) => part !== 0) ?? 0;
  if (difference < 0) {
    throw new StoreUnavailableError(
      'STORE_IO',
      `SQLite ${OLDEST_SQLITE.join('.')} or newer is needed, found ${version}.`,
      {
        hint: 'Update better-sqlite3.',
      },
    );
  }
}

/**
 * Settings belong to the connection, not to the file, and better-sqlite3 opens a WAL database with `synchronous=NORMAL`,
 * which can lose an acknowledged entry with the power: they are set and read back on every open.
 */
function applySettings(database: Database, path: string): void {
  const wanted: readonly (readonly [name: string, value: string, read: string | number])[] = [
    ['journal_mode', 'WAL', 'wal'],
    ['synchronous', 'FULL', 2],
    ['secure_delete', 'ON', 1],
    ['trusted_schema', 'OFF', 0],
    ['cell_size_check', 'ON', 1],
    ...(process.platform === 'darwin'
      ? ([
          ['fullfsync', 'ON', 1],
          ['checkpoint_fullfsync', 'ON', 1],
        ] as const)
      : []),
  ];
  for (const [name, value, read] of wanted) {
    database.pragma(`${name} = ${value}`);
    const found: unknown = database.pragma(name, { simple: true });
    if (found !== read) {
      throw new StoreUnavailableError(
        'STORE_IO',
        `The store ${path} needs ${name}=${value}, and SQLite keeps it otherwise.`,
        {
          hint: 'Put the file on a local file system that supports shared memory maps and locks.',
        },
      );
    }
  }
}
