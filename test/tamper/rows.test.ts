/**
 * Attacks on rows: deleted, inserted, swapped, repeated, renumbered, moved, cut off, and made again by somebody who can
 * compute hashes and has no key. Each is tried on the rows of a SQLite file and of a memory store alike.
 */

import { type FindingCode, type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { encodeBase64 } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, encodeEdge, hashLeaf } from '@countersign/tlog';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { openWorld, writeTen } from '../../packages/audit/test/verify-world.js';
import { temporaryFolder, writeLogFile } from './log-file.js';
import {
  copyOf,
  numberOf,
  type RawRow,
  readerOf,
  type Snapshot,
  snapshotOfReader,
  TABLES,
  type TableName,
  textOf,
} from './snapshot.js';

interface Evidence {
  readonly rows: Snapshot;
  readonly key: string;
  readonly mark: string;
  /** The newest checkpoint after each commit, oldest first: what an attacker may have kept. */
  readonly older: readonly { readonly rows: Snapshot; readonly mark: string }[];
}

const folder = temporaryFolder();
afterAll(folder.remove);
const made = new Map<string, Evidence>();
beforeAll(async () => {
  made.set('SQLite', await sqliteEvidence());
  made.set('memory', await memoryEvidence());
});

async function sqliteEvidence(): Promise<Evidence> {
  return { ...(await writeLogFile(`${folder.path}/rows.db`, 'ten')), older: [] };
}

async function memoryEvidence(): Promise<Evidence> {
  const world = await openWorld();
  const { log, store, key } = world;
  const older: { rows: Snapshot; mark: string }[] = [];
  // Every commit goes through the store's write lock: what stands there afterwards is a state that an attacker may keep.
  const exclusive = store.exclusive.bind(store);
  store.exclusive = async (...args) => {
    older.push({ rows: await snapshotOfReader(store), mark: await log.checkpoint() });
    return exclusive(...args);
  };
  await writeTen(world);
  return { rows: await snapshotOfReader(store), key, mark: await log.checkpoint(), older };
}

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

function evidenceOf(name: string): Evidence {
  const evidence = made.get(name);
  if (evidence === undefined) throw new Error('not made');
  return evidence;
}

async function verifyChanged({ rows, key, mark }: Evidence, change: (rows: Snapshot) => void): Promise<VerifyReport> {
  const changed = copyOf(rows);
  change(changed);
  return verifyLog(readerOf(changed), { key, mark });
}

/** Expects an error, and one of the codes where some are given. */
function expectFound(report: VerifyReport, what: string, codes: readonly FindingCode[] = []): void {
  expect(report.counts.errors, what).toBeGreaterThan(0);
  if (codes.length > 0) expect(codesOf(report), what).toEqual(expect.arrayContaining([expect.toBeOneOf([...codes])]));
}

/** Makes hashes, right edge and size fit the leaves again, as anybody can who has no key. */
function rehash(rows: Snapshot): void {
  let edge = EMPTY_EDGE;
  let prev = encodeBase64(new Uint8Array(32));
  for (const [index, row] of rows.entries.entries()) {
    const text = textOf(row.leaf)
      .replace(/"prev":"[^"]*"/, `"prev":"${prev}"`)
      .replace(/"index":\d+/, `"index":${index}`);
    row.leaf = new Uint8Array(Buffer.from(text));
    row.leaf_hash = hashLeaf(sha256, Buffer.from(text));
    row.idx = index;
    prev = encodeBase64(row.leaf_hash);
    edge = appendToEdge(sha256, edge, row.leaf_hash);
  }
  rows.head = [{ id: 1, size: edge.size, edge: encodeEdge(edge) }];
}

function at(rows: readonly RawRow[], position: number): RawRow {
  const row = rows[position];
  if (row === undefined) throw new Error('no such row');
  return row;
}

/** Every pair of positions. */
function pairs(count: number): readonly (readonly [number, number])[] {
  const positions = Array.from({ length: count }, (_, i) => i);
  return positions.flatMap((a) => positions.slice(a + 1).map((b) => [a, b] as const));
}

function swap(rows: RawRow[], [a, b]: readonly [number, number], columns: readonly string[]): void {
  for (const column of columns) {
    const value = at(rows, a)[column] ?? null;
    at(rows, a)[column] = at(rows, b)[column] ?? null;
    at(rows, b)[column] = value;
  }
}

describe.each(['SQLite', 'memory'])('attacks on the rows of a log in %s', (name) => {
  it('finds each deleted row of each table', async () => {
    for (const table of TABLES) {
      for (const position of evidenceOf(name).rows[table].keys()) {
        const report = await verifyChanged(evidenceOf(name), (rows) => rows[table].splice(position, 1));
        expectFound(report, `${table} ${position}`, DELETED[table]);
      }
    }
  });

  it('finds each deleted range of entries', async () => {
    const size = evidenceOf(name).rows.entries.length;
    for (const [from, to] of pairs(size + 1)) {
      const report = await verifyChanged(evidenceOf(name), (rows) => rows.entries.splice(from, to - from));
      expectFound(report, `${from} to ${to}`);
    }
  });

  it('finds each repeated row, and each entry inserted at each place', async () => {
    for (const table of TABLES) {
      for (const position of evidenceOf(name).rows[table].keys()) {
        if (table === 'head' || table === 'checkpoints') continue;
        const report = await verifyChanged(evidenceOf(name), (rows) =>
          rows[table].push({ ...at(rows[table], position), ...freshKey(table) }),
        );
        expectFound(report, `${table} ${position}`);
      }
    }
    for (const position of evidenceOf(name).rows.entries.keys()) {
      const report = await verifyChanged(evidenceOf(name), (rows) => {
        rows.entries.splice(position, 0, { ...at(rows.entries, position) });
        rehash(rows);
      });
      expectFound(report, `entry inserted at ${position}`, ['CHECKPOINT_SIZE']);
    }
  });

  it('finds each pair of entries that was swapped, with and without hashes made again', async () => {
    for (const pair of pairs(evidenceOf(name).rows.entries.length)) {
      const plain = await verifyChanged(evidenceOf(name), (rows) => swap(rows.entries, pair, ['leaf', 'leaf_hash']));
      expectFound(plain, `${pair}`, ['ENTRY_MISPLACED', 'CHAIN_BROKEN']);
      const again = await verifyChanged(evidenceOf(name), (rows) => {
        swap(rows.entries, pair, ['leaf']);
        rehash(rows);
      });
      expectFound(again, `${pair} rehashed`, ['CHECKPOINT_ROOT']);
    }
  });

  it('finds renumbered entries', async () => {
    for (const shift of [-1, 1, 1000]) {
      const report = await verifyChanged(evidenceOf(name), (rows) => {
        for (const row of rows.entries) row.idx = numberOf(row.idx) + shift;
      });
      expectFound(report, `shifted by ${shift}`);
    }
  });

  it('finds payloads that moved, and salts and names that were swapped', async () => {
    const { payloads } = evidenceOf(name).rows;
    for (const pair of pairs(payloads.length)) {
      for (const columns of [['idx'], ['name'], ['salt'], ['bytes'], ['salt', 'bytes']]) {
        const [a, b] = [at(payloads, pair[0]), at(payloads, pair[1])];
        if (columns.every((column) => Buffer.from(`${a[column]}`).equals(Buffer.from(`${b[column]}`)))) continue;
        const report = await verifyChanged(evidenceOf(name), (rows) => swap(rows.payloads, pair, columns));
        expectFound(report, `${pair} ${columns}`);
      }
    }
  });

  it('finds each cut of the tail by the mark, and by the checkpoint when none fits', async () => {
    const { rows, key } = evidenceOf(name);
    for (let size = 0; size < rows.entries.length; size += 1) {
      const cut = (changed: Snapshot) => {
        changed.entries.splice(size);
        changed.payloads = changed.payloads.filter((row) => numberOf(row.idx) < size);
        rehash(changed);
      };
      const marked = await verifyChanged(evidenceOf(name), cut);
      expectFound(marked, `cut to ${size}`, ['LOG_TRUNCATED']);
      expect(marked.completeness).toBe('failed');
      const changed = copyOf(rows);
      cut(changed);
      const unmarked = await verifyLog(readerOf(changed), { key });
      expectFound(unmarked, `cut to ${size} without a mark`, ['CHECKPOINT_SIZE', 'CHECKPOINT_UNEXPECTED']);
    }
  });

  it('finds what somebody rewrites who can hash and has no key', async () => {
    for (const position of evidenceOf(name).rows.entries.keys()) {
      const report = await verifyChanged(evidenceOf(name), (rows) => {
        const row = at(rows.entries, position);
        row.leaf = new Uint8Array(Buffer.from(textOf(row.leaf).replace(/"writer":"./, '"writer":"z')));
        rehash(rows);
      });
      expectFound(report, `entry ${position}`, ['CHECKPOINT_ROOT']);
    }
  });

  it('finds each member of each entry that is left out or changed', async () => {
    let tried = 0;
    const { entries } = evidenceOf(name).rows;
    for (const [position, row] of entries.entries()) {
      const entry: Record<string, unknown> = JSON.parse(textOf(row.leaf));
      for (const member of Object.keys(entry)) {
        const { [member]: _, ...rest } = entry;
        // Making the hashes again puts a changed link right.
        if (member === 'prev') continue;
        for (const changed of [rest, { ...entry, [member]: 'x' }, { ...entry, extra: 1 }]) {
          const report = await verifyChanged(evidenceOf(name), (rows) => {
            at(rows.entries, position).leaf = new Uint8Array(Buffer.from(JSON.stringify(changed)));
            rehash(rows);
          });
          expectFound(report, `entry ${position} ${member}`);
          tried += 1;
        }
      }
    }
    console.log(`${name}: ${tried} members left out or changed, all found`);
  });
});

describe('what nobody can find without a mark', () => {
  it('is a log that was cut back to an old state with the checkpoint of that time', async () => {
    const { older, key, mark } = evidenceOf('memory');
    expect(older.length).toBeGreaterThan(5);
    for (const state of older) {
      const blind = await verifyLog(readerOf(state.rows), { key });
      expect(blind.counts.errors).toBe(0);
      expect(codesOf(blind)).toContain('NO_ANCHOR');
      expect(blind.completeness).toBe('no-evidence');
      const marked = await verifyLog(readerOf(state.rows), { key, mark });
      expect(codesOf(marked)).toContain('LOG_TRUNCATED');
      expect(marked.completeness).toBe('failed');
    }
  });
});

/** What a deleted row of each table comes to, at least. */
const DELETED: Readonly<Record<TableName, readonly FindingCode[]>> = {
  entries: ['ENTRY_MISSING', 'STORE_DAMAGED', 'CHECKPOINT_SIZE'],
  payloads: ['PAYLOAD_MISSING'],
  checkpoints: ['CHECKPOINT_MISSING'],
  head: ['HEAD_MISMATCH'],
  approval_requests: ['ROW_MISSING'],
  approval_grants: ['ROW_MISSING'],
};

/** A key that no row has yet, where the engine would refuse a repeated one. */
function freshKey(table: TableName): RawRow {
  if (table === 'entries') return { idx: 10 };
  if (table === 'payloads') return { name: new Uint8Array(Buffer.from('other')) };
  return {};
}
