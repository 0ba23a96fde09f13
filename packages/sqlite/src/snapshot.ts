/**
 * The log as it stood at one moment: a second connection in one read transaction. Writers go on meanwhile; what they remove
 * stays in the write-ahead log until the moment is given back.
 */

import { type LogSnapshot, StoreCorruptError, type StoredHead } from '@countersign/audit';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { Connection } from './connection.js';
import { inspectDatabase } from './inspect.js';
import { readPayloads } from './payload-page.js';
import { grantRow, readLeaves, requestRow, toCheckpoint, toHead, toLeaf, toRowText } from './rows.js';
import { storeError } from './sqlite-errors.js';
import { prepareStatements, type Statements } from './statements.js';

/** Begins a read transaction beside a connection. @throws StoreUnavailableError */
export async function openSnapshot(main: Connection): Promise<LogSnapshot> {
  const connection = main.beside(openReader);
  try {
    const sql = await connection.run(() => begin(connection.database));
    return snapshotOver(connection, sql);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What the store holds, as one state. @throws StoreCorruptError STORE_DAMAGED when the newest entry is no text */
export function readHead(sql: Statements): StoredHead {
  const { size, edge } = toHead(sql.head.get());
  const note = sql.newestCheckpoint.get();
  const checkpoint = typeof note === 'string' ? note : '';
  if (size === 0) return { size, edge, checkpoint };
  const last = sql.leafAt
    .all(size - 1)
    .map(toLeaf)
    .at(0);
  if (last?.leaf === undefined) {
    throw new StoreCorruptError('STORE_DAMAGED', `The newest of ${size} entries is not there or is no text.`, {
      hint: 'Run `countersign verify`.',
    });
  }
  return { size, edge, checkpoint, last: { leaf: last.leaf, leafHash: last.leafHash } };
}

function openReader(path: string): Database {
  try {
    return new SqliteDatabase(path, { readonly: true, timeout: 0, fileMustExist: true });
  } catch (error) {
    throw storeError(error, path);
  }
}

/** SQLite takes the state that a transaction sees at its first read, not at BEGIN. */
function begin(database: Database): Statements {
  const sql = prepareStatements(database);
  if (!database.inTransaction) database.exec('BEGIN');
  sql.head.get();
  return sql;
}

function snapshotOver(connection: Connection, sql: Statements): LogSnapshot {
  return {
    head: () => connection.run(() => readHead(sql)),
    leaves: ({ from, limit }) => connection.run(() => readLeaves(sql, from, limit)),
    payloads: ({ from, to }) => connection.run(() => readPayloads(sql, from, to)),
    checkpoints: () => connection.run(() => sql.checkpoints.all().map(toCheckpoint)),
    requestRows: ({ after = '', limit }) => connection.run(() => sql.requestsAfter.all(after, limit).map(requestRow)),
    grantRows: ({ after = '', limit }) => connection.run(() => sql.grantsAfter.all(after, limit).map(grantRow)),
    rowTexts: ({ of, after = '', limit }) =>
      connection.run(() => (of === 'requests' ? sql.requestsAfter : sql.grantsAfter).all(after, limit).map(toRowText)),
    inspect: () => connection.run(() => inspectDatabase(connection.database)),
    close: async () => connection.close(),
  };
}
