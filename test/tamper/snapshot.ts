/**
 * The rows of a log as plain arrays of raw bytes, and a reader over them that takes what it reads exactly as the SQLite store
 * does: so that every byte of every column can be changed, without an engine that would object, and quickly.
 */

import { formatApprovalRecord, formatGrantRecord } from '@countersign/approval';
import type { LogReader, StoredHead } from '@countersign/audit';
import { grantRow, requestRow, toCheckpoint, toHead, toLeaf, toPayload } from '../../packages/sqlite/src/rows.js';
import { openRaw } from './raw-sqlite.js';

/** One row: columns by name. Text is kept as its bytes. */
export type RawRow = Record<string, number | Uint8Array | null>;

export const TABLES = ['entries', 'payloads', 'checkpoints', 'head', 'approval_requests', 'approval_grants'] as const;

export type TableName = (typeof TABLES)[number];

/** All rows of a log. */
export type Snapshot = Record<TableName, RawRow[]>;

/** A copy that can be changed. */
export function copyOf(snapshot: Snapshot): Snapshot {
  return structuredClone(snapshot);
}

const READ: Readonly<Record<TableName, string>> = {
  entries: 'SELECT idx, CAST(leaf AS BLOB) AS leaf, leaf_hash FROM entries ORDER BY idx',
  payloads: 'SELECT idx, CAST(name AS BLOB) AS name, salt, bytes FROM payloads ORDER BY idx, name',
  checkpoints: 'SELECT size, CAST(note AS BLOB) AS note, kept FROM checkpoints ORDER BY size',
  head: 'SELECT id, size, edge FROM head',
  approval_requests: 'SELECT CAST(id AS BLOB) AS id, CAST(record AS BLOB) AS record FROM approval_requests ORDER BY id',
  approval_grants: 'SELECT CAST(id AS BLOB) AS id, CAST(record AS BLOB) AS record FROM approval_grants ORDER BY id',
};

/** The rows of a SQLite file. */
export function snapshotOfFile(path: string): Snapshot {
  const database = openRaw(path, { readonly: true });
  try {
    const rowsOf = (table: TableName): RawRow[] => database.prepare(READ[table]).all().map(toRaw);
    return snapshotBy(rowsOf);
  } finally {
    database.close();
  }
}

/** The rows of any store, in the same form. */
export async function snapshotOfReader(reader: LogReader): Promise<Snapshot> {
  const head = await reader.head();
  const text = (value: string) => new Uint8Array(Buffer.from(value));
  const rows: Snapshot = {
    entries: (await reader.leaves({ from: 0, limit: 100_000 })).map(({ index, leaf, leafHash }) => ({
      idx: index,
      leaf: leaf === undefined ? null : text(leaf),
      leaf_hash: leafHash,
    })),
    payloads: (await reader.payloads({ from: 0, to: 100_000 })).map(({ index, name, salt, bytes }) => ({
      idx: index,
      name: text(name),
      salt,
      bytes,
    })),
    checkpoints: (await reader.checkpoints()).map(({ size, note, kept }) => ({
      size,
      note: text(note),
      kept: kept ? 1 : 0,
    })),
    head: [{ id: 1, size: head.size, edge: head.edge }],
    approval_requests: (await reader.requestRows({ limit: 10_000 })).map((record) => ({
      id: text(record.request.id),
      record: text(formatApprovalRecord(record)),
    })),
    approval_grants: (await reader.grantRows({ limit: 10_000 })).map((record) => ({
      id: text(record.grant.id),
      record: text(formatGrantRecord(record)),
    })),
  };
  return copyOf(rows);
}

/** A reader over a snapshot. */
export function readerOf(snapshot: Snapshot): LogReader {
  const byIndex = (table: TableName, column = 'idx') =>
    snapshot[table].toSorted((a, b) => numberOf(a[column]) - numberOf(b[column]));
  const checkpoints = async () =>
    byIndex('checkpoints', 'size').map((row) => toCheckpoint({ ...row, note: textOf(row.note) }));
  return {
    head: async (): Promise<StoredHead> => {
      const row = snapshot.head.find(({ id }) => id === 1);
      const { size, edge } = toHead(row === undefined ? undefined : { size: row.size, edge: row.edge });
      const checkpoint = (await checkpoints()).at(-1)?.note ?? '';
      const last = snapshot.entries.find((row) => row.idx === size - 1);
      if (size === 0) return { size, edge, checkpoint };
      const { leaf, leafHash } = last === undefined ? { leaf: undefined, leafHash: undefined } : toLeaf(last);
      if (leaf === undefined || leafHash === undefined) throw new Error('the newest entry is not there');
      return { size, edge, checkpoint, last: { leaf, leafHash } };
    },
    leaves: async ({ from, limit }) =>
      byIndex('entries')
        .filter((row) => numberOf(row.idx) >= from)
        .slice(0, limit)
        .map(toLeaf),
    payloads: async ({ from, to }) =>
      byIndex('payloads')
        .filter((row) => numberOf(row.idx) >= from && numberOf(row.idx) < to)
        .map((row) => toPayload({ ...row, name: textOf(row.name) })),
    checkpoints,
    requestRows: async (page) => pageOf(snapshot.approval_requests, page).map(requestRow),
    grantRows: async (page) => pageOf(snapshot.approval_grants, page).map(grantRow),
    inspect: async () => [],
  };
}

/** Text as better-sqlite3 answers it: broken UTF-8 becomes replacement characters. */
export function textOf(value: RawRow[string] | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}

export function numberOf(value: RawRow[string] | undefined): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function pageOf(rows: readonly RawRow[], { after = '', limit }: { after?: string; limit: number }) {
  return rows
    .map((row) => ({ id: textOf(row.id), record: textOf(row.record) }))
    .filter(({ id }) => id > after)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}

function snapshotBy(rowsOf: (table: TableName) => RawRow[]): Snapshot {
  return {
    entries: rowsOf('entries'),
    payloads: rowsOf('payloads'),
    checkpoints: rowsOf('checkpoints'),
    head: rowsOf('head'),
    approval_requests: rowsOf('approval_requests'),
    approval_grants: rowsOf('approval_grants'),
  };
}

function toRaw(row: unknown): RawRow {
  const raw: RawRow = {};
  if (typeof row !== 'object' || row === null) throw new Error('a row was expected');
  for (const [name, value] of Object.entries(row)) {
    if (typeof value !== 'number' && !(value instanceof Uint8Array) && value !== null) throw new Error(`odd ${name}`);
    raw[name] = value instanceof Uint8Array ? new Uint8Array(value) : value;
  }
  return raw;
}
