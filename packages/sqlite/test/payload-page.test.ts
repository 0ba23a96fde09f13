/** Payloads read in one row for many, against the same rows read one by one. */

import { join } from 'node:path';
import { openSqlite } from '@countersign/sqlite';
import type { Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createSeeded } from '../../../test/tamper/seeded.js';
import { LONGEST_STRUNG, PAGE_ENTRIES, readPayloads } from '../src/payload-page.js';
import { toPayload } from '../src/rows.js';
import { prepareStatements } from '../src/statements.js';
import { openRaw, temporaryFolder } from './support.js';

const SEED = 20_261_130;

type Row = readonly [index: unknown, name: unknown, salt: unknown, bytes: unknown];

/** A file of ours, without entries. `loose` takes its table of payloads for one that takes every value. */
async function openTable(loose = false): Promise<Database> {
  const path = join(temporaryFolder(), 'log.db');
  await (await openSqlite({ path, create: true })).close();
  const database = openRaw(path);
  if (loose) {
    database.exec('DROP TABLE payloads');
    database.exec('CREATE TABLE payloads (idx, name, salt, bytes, PRIMARY KEY (idx, name)) WITHOUT ROWID');
  }
  database.pragma('ignore_check_constraints = ON');
  return database;
}

function insert(database: Database, rows: readonly Row[]): void {
  const statement = database.prepare('INSERT OR REPLACE INTO payloads (idx, name, salt, bytes) VALUES (?, ?, ?, ?)');
  for (const row of rows) statement.run(...row);
}

/** What an action answers, or how it fails. */
function outcomeOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

/** Buffers as text: two kinds of arrays of bytes are the same here. */
function plain(payloads: ReturnType<typeof readPayloads>): readonly unknown[] {
  return payloads.map(({ index, name, salt, bytes }) => [
    index,
    name,
    Buffer.from(salt).toString('hex'),
    Buffer.from(bytes).toString('hex'),
  ]);
}

/** Reads a range both ways; answers whether one row was enough. */
function compare(database: Database, from: number, to: number): boolean {
  const sql = prepareStatements(database);
  const rows = sql.payloadsBetween.all(from, to);
  const oneByOne = outcomeOf(() => plain(rows.map(toPayload)));
  const reads: string[] = [];
  const watched = {
    ...sql,
    payloadsBetween: new Proxy(sql.payloadsBetween, {
      get: (target, name) => {
        reads.push(String(name));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  };
  expect(outcomeOf(() => plain(readPayloads(watched, from, to)))).toEqual(oneByOne);
  return reads.length === 0;
}

const salt = (byte: number): Buffer => Buffer.alloc(16, byte);
const text = (value: string): Buffer => Buffer.from(value);

describe('a page of payloads', () => {
  it('is read in one row where all of them are as they should be', async () => {
    const pick = createSeeded(SEED);
    const database = await openTable();
    const rows = Array.from({ length: 400 }, (_, i): Row => {
      const names = ['args', 'argsSalt', 'reasons', 'result', 'Z', 'x'.repeat(32)];
      const bytes = Buffer.from(Array.from({ length: pick(5) === 0 ? 0 : pick(300) }, () => pick(256)));
      return [
        Math.floor(i / 3),
        names[pick(names.length)],
        Buffer.from(Array.from({ length: 16 }, () => pick(256))),
        bytes,
      ];
    });
    insert(database, rows);
    for (let from = 0; from < 140; from += PAGE_ENTRIES)
      expect(compare(database, from, from + PAGE_ENTRIES)).toBe(true);
    expect(compare(database, 500, 564), 'an empty one').toBe(true);
    expect(compare(database, 0, PAGE_ENTRIES + 1), 'a longer one').toBe(false);
  });

  it.each<[string, Row]>([
    ['a name with separators', [1, 'args,2;1,b', salt(1), text('{}')]],
    ['a name that ends like a row', [1, 'args,2', salt(1), text('{}')]],
    ['a name that begins another', [1, ';1', salt(1), text('{}')]],
    ['no name', [1, '', salt(1), text('{}')]],
    ['a name with a zero', [1, 'args\0x', salt(1), text('{}')]],
    ['a name of other letters', [1, 'größe', salt(1), text('{}')]],
    ['a long name', [1, 'n'.repeat(33), salt(1), text('{}')]],
    ['a short salt', [1, 'args', Buffer.alloc(15), text('{}')]],
    ['a long salt', [1, 'args', Buffer.alloc(17), text('{}')]],
    ['no salt', [1, 'args', Buffer.alloc(0), text('{}')]],
    ['a long payload', [1, 'args', salt(1), Buffer.alloc(LONGEST_STRUNG + 1, 0x61)]],
    ['an index beyond the digits', [-1, 'args', salt(1), text('{}')]],
  ])('is read row by row, with the same answer, for %s', async (_, row) => {
    const database = await openTable();
    insert(database, [[0, 'args', salt(0), text('0')], row, [2, 'args', salt(2), text('2')]]);
    expect(compare(database, -4, 60)).toBe(false);
    expect(compare(database, 2, 60), 'beside it').toBe(true);
  });

  it.each<[string, Row]>([
    ['a salt of text', [1, 'args', 'x'.repeat(16), text('{}')]],
    ['bytes of text', [1, 'args', salt(1), '{}']],
    ['a salt that is none', [1, 'args', null, text('{}')]],
    ['bytes that are none', [1, 'args', salt(1), null]],
    ['a number for bytes', [1, 'args', salt(1), 12]],
    ['a name of bytes', [1, text('args'), salt(1), text('{}')]],
    ['a number for a name', [1, Number.POSITIVE_INFINITY, salt(1), text('{}')]],
    ['an index with a fraction', [1.5, 'args', salt(1), text('{}')]],
    ['an index that is a float', [1.0000000001, 'args', salt(1), text('{}')]],
  ])('is read row by row where the table takes everything: %s', async (_, row) => {
    const database = await openTable(true);
    insert(database, [[0n, 'args', salt(0), text('0')], row, [2n, 'args', salt(2), text('2')]]);
    expect(compare(database, 0, 60)).toBe(false);
  });

  it('keeps the longest payload that is strung together', async () => {
    const database = await openTable();
    insert(database, [
      [0, 'args', salt(0), Buffer.alloc(LONGEST_STRUNG, 0x62)],
      [0, 'result', salt(1), Buffer.alloc(0)],
    ]);
    expect(compare(database, 0, 1)).toBe(true);
  });
});
