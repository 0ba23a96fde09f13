/** Attacks on rows: deleted, inserted, swapped, repeated, renumbered, moved, orphaned. */

import type { FindingCode } from '@countersign/audit/verify';
import { numberOf, type RawRow, TABLES, type TableName } from '../../snapshot.js';
import type { Attack, Ground, Variant } from '../attack.js';
import { bytesOf, changed, pairs, rehash, rowAt, swap } from '../change-rows.js';

const ENTRY_GONE: readonly FindingCode[] = ['ENTRY_MISSING', 'STORE_DAMAGED', 'CHECKPOINT_SIZE'];

/** What a deleted row of each table comes to, at least. */
const DELETED: Readonly<Record<TableName, readonly FindingCode[]>> = {
  entries: ENTRY_GONE,
  payloads: ['PAYLOAD_MISSING'],
  checkpoints: ['CHECKPOINT_MISSING'],
  head: ['HEAD_MISMATCH', 'STORE_DAMAGED'],
  approval_requests: ['ROW_MISSING'],
  approval_grants: ['ROW_MISSING'],
};

export const rowAttacks: readonly Attack[] = [
  ...TABLES.map(deletedRow),
  {
    cls: 8,
    title: 'a range of entries is deleted',
    attacker: 'database',
    expected: ENTRY_GONE,
    variants: (ground) =>
      pairs(ground.rows.entries.length + 1).map(([from, to]) =>
        changed(ground, `${from} to ${to}`, (rows) => rows.entries.splice(from, to - from)),
      ),
  },
  {
    cls: 9,
    title: 'an entry is inserted and everything after it hashed again',
    attacker: 'database',
    expected: ['CHECKPOINT_SIZE'],
    variants: (ground) =>
      eachEntry(ground, (rows, position) => {
        rows.entries.splice(position, 0, { ...rowAt(rows.entries, position) });
        rehash(rows);
      }),
  },
  {
    cls: 10,
    title: 'two entries change places',
    attacker: 'database',
    expected: ['ENTRY_MISPLACED', 'CHAIN_BROKEN'],
    variants: (ground) =>
      pairs(ground.rows.entries.length).map((pair) =>
        changed(ground, `${pair}`, (rows) => swap(rows.entries, pair, ['leaf', 'leaf_hash'])),
      ),
  },
  {
    cls: 10,
    title: 'two entries change places and everything after them is hashed again',
    attacker: 'database',
    expected: ['CHECKPOINT_ROOT'],
    variants: (ground) =>
      pairs(ground.rows.entries.length).map((pair) =>
        changed(ground, `${pair}`, (rows) => {
          swap(rows.entries, pair, ['leaf']);
          rehash(rows);
        }),
      ),
  },
  { cls: 11, title: 'a row is there twice', attacker: 'database', expected: 'any error', variants: repeated },
  {
    cls: 12,
    title: 'entries get other numbers',
    attacker: 'database',
    expected: ['ENTRY_MISSING', 'ENTRY_UNEXPECTED', 'ENTRY_MISPLACED', 'STORE_DAMAGED'],
    variants: (ground) =>
      [-1, 1, 1000].map((shift) =>
        changed(ground, `by ${shift}`, (rows) => {
          for (const row of rows.entries) row.idx = numberOf(row.idx) + shift;
        }),
      ),
  },
  {
    cls: 13,
    title: 'a payload is moved to another entry',
    attacker: 'database',
    expected: ['PAYLOAD_MISSING', 'PAYLOAD_UNEXPECTED', 'PAYLOAD_COMMITMENT_MISMATCH'],
    variants: (ground) => swappedPayloads(ground, ['idx']),
  },
  {
    cls: 14,
    title: 'payloads swap their names',
    attacker: 'database',
    expected: ['PAYLOAD_MISSING', 'PAYLOAD_UNEXPECTED', 'PAYLOAD_COMMITMENT_MISMATCH'],
    variants: (ground) => swappedPayloads(ground, ['name']),
  },
  {
    cls: 15,
    title: 'payloads swap their salts, or salts and bytes',
    attacker: 'database',
    expected: ['PAYLOAD_COMMITMENT_MISMATCH'],
    variants: (ground) => [...swappedPayloads(ground, ['salt']), ...swappedPayloads(ground, ['salt', 'bytes'])],
  },
  {
    cls: 16,
    title: 'a payload stands beside an entry that does not commit to it, or beside none',
    attacker: 'database',
    expected: ['PAYLOAD_UNEXPECTED'],
    variants: (ground) =>
      [-1, 0, 5, ground.rows.entries.length, 1_000_000].map((idx) =>
        changed(ground, `at ${idx}`, ({ payloads }) =>
          payloads.push({ ...rowAt(payloads, 0), idx, name: bytesOf('details') }),
        ),
      ),
  },
  {
    cls: 16,
    title: 'a member of a leaf is left out, changed or added, and everything is hashed again',
    attacker: 'database',
    expected: ['CHECKPOINT_ROOT'],
    variants: changedMembers,
  },
];

function deletedRow(table: TableName): Attack {
  return {
    cls: 7,
    title: `a row of ${table} is deleted`,
    attacker: 'database',
    expected: DELETED[table],
    variants: (ground) =>
      [...ground.rows[table].keys()].map((position) =>
        changed(ground, `${position}`, (rows) => rows[table].splice(position, 1)),
      ),
  };
}

function eachEntry(ground: Ground, change: (rows: Ground['rows'], position: number) => unknown): Variant[] {
  return [...ground.rows.entries.keys()].map((position) =>
    changed(ground, `${position}`, (rows) => change(rows, position)),
  );
}

function* repeated(ground: Ground): Generator<Variant> {
  for (const table of ['entries', 'payloads', 'approval_requests', 'approval_grants'] as const) {
    for (const position of ground.rows[table].keys()) {
      yield changed(ground, `${table} ${position}`, (rows) =>
        rows[table].push({ ...rowAt(rows[table], position), ...freshKey(table, rows.entries.length) }),
      );
    }
  }
}

/** A key that no row has yet, where the engine would refuse a repeated one. */
function freshKey(table: TableName, size: number): RawRow {
  if (table === 'entries') return { idx: size };
  if (table === 'payloads') return { name: bytesOf('other') };
  return {};
}

function swappedPayloads(ground: Ground, columns: readonly string[]): Variant[] {
  const { payloads } = ground.rows;
  return pairs(payloads.length).flatMap((pair) => {
    const [a, b] = [rowAt(payloads, pair[0]), rowAt(payloads, pair[1])];
    // Equal values, and two payloads of one entry that swap their entry, are no change.
    if (columns.every((column) => Buffer.from(`${a[column]}`).equals(Buffer.from(`${b[column]}`)))) return [];
    return [changed(ground, `${pair} ${columns}`, (rows) => swap(rows.payloads, pair, columns))];
  });
}

function* changedMembers(ground: Ground): Generator<Variant> {
  for (const [position, row] of ground.rows.entries.entries()) {
    const entry: Record<string, unknown> = JSON.parse(Buffer.from(Object(row.leaf)).toString());
    for (const member of Object.keys(entry)) {
      // Making the links and indexes again puts these right.
      if (member === 'prev' || member === 'index') continue;
      const { [member]: _, ...rest } = entry;
      for (const after of [rest, { ...entry, [member]: 'x' }, { ...entry, extra: 1 }]) {
        yield changed(ground, `${position} ${member}`, (rows) => {
          rowAt(rows.entries, position).leaf = bytesOf(JSON.stringify(after));
          rehash(rows);
        });
      }
    }
  }
}
