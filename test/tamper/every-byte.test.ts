/**
 * Changes every byte of every column of every table of a log, one at a time, and expects each change to be found with a pinned
 * key and a mark. The changes are made in memory, so that no engine stands in their way and only the verifier can find them.
 */

import { type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { afterAll, describe, expect, it } from 'vitest';
import { openWorld, writeMore, writeTen } from '../../packages/audit/test/verify-world.js';
import { temporaryFolder, writeLogFile } from './log-file.js';
import { createSeeded } from './seeded.js';
import { copyOf, type RawRow, readerOf, type Snapshot, snapshotOfReader, TABLES, type TableName } from './snapshot.js';

const SEED = 20_261_121;
const folder = temporaryFolder();
afterAll(folder.remove);

/** One change: a row's column becomes another value. */
interface Change {
  readonly table: TableName;
  readonly row: number;
  readonly column: string;
  readonly value: RawRow[string];
  readonly what: string;
}

/** At least one change for every byte of every column: one seeded bit of each, and all bits of names. */
function* changesOf(snapshot: Snapshot, pick: (limit: number) => number): Generator<Change> {
  for (const table of TABLES) {
    for (const [row, columns] of snapshot[table].entries()) {
      for (const [column, value] of Object.entries(columns)) {
        for (const [changed, what] of changedValues(column, value, pick)) {
          yield { table, row, column, value: changed, what };
        }
      }
    }
  }
}

function* changedValues(
  column: string,
  value: RawRow[string],
  pick: (limit: number) => number,
): Generator<readonly [RawRow[string], string]> {
  if (value instanceof Uint8Array) {
    const isShort = value.length <= 12;
    for (let at = 0; at < value.length; at += 1) {
      const bits = isShort ? [0, 1, 2, 3, 4, 5, 6, 7] : [pick(8)];
      for (const bit of bits) {
        const changed = new Uint8Array(value);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        yield [changed, `byte ${at} bit ${bit}`];
      }
    }
    yield [value.slice(0, -1), 'one byte less'];
    yield [new Uint8Array([...value, 0x20]), 'one byte more'];
  } else if (typeof value === 'number') {
    // The engine itself allows nothing but 0 and 1 here.
    const bits = column === 'kept' ? [0] : [0, 1, 2, 3, 4, 5, 6, 7, 12, 20, 28, 36, 44, 50];
    for (const bit of bits) yield [flipNumber(value, bit), `bit ${bit}`];
  }
}

function flipNumber(value: number, bit: number): number {
  return Math.floor(value / 2 ** bit) % 2 === 1 ? value - 2 ** bit : value + 2 ** bit;
}

function applyChange(snapshot: Snapshot, { table, row, column, value }: Change): () => void {
  const columns = snapshot[table][row];
  if (columns === undefined) throw new Error('no such row');
  const before = columns[column] ?? null;
  columns[column] = value;
  return () => {
    columns[column] = before;
  };
}

/** Tries the changes; answers what was not found. */
async function tryAll(
  name: string,
  evidence: { readonly rows: Snapshot; readonly key: string; readonly mark: string },
  isTried: (change: Change) => boolean = () => true,
): Promise<readonly string[]> {
  const { key, mark } = evidence;
  const rows = copyOf(evidence.rows);
  const sound = await verifyLog(readerOf(rows), { key, mark });
  expect(sound.findings).toEqual([]);
  const table = new Map<string, { tried: number; found: number }>();
  const codes = new Map<string, number>();
  const survivors: string[] = [];
  for (const change of changesOf(rows, createSeeded(SEED))) {
    if (!isTried(change)) continue;
    const undo = applyChange(rows, change);
    const report = await verifyLog(readerOf(rows), { key, mark });
    undo();
    const column = `${change.table}.${change.column}`;
    const counts = table.get(column) ?? { tried: 0, found: 0 };
    counts.tried += 1;
    if (isFound(report)) counts.found += 1;
    else survivors.push(`${column} row ${change.row} ${change.what}`);
    table.set(column, counts);
    const first = report.findings.find(({ severity }) => severity === 'error')?.code ?? 'none';
    codes.set(first, (codes.get(first) ?? 0) + 1);
  }
  const lines = [...table].map(
    ([column, { tried, found }]) => `  ${column.padEnd(28)} tried ${tried}, found ${found}, survived ${tried - found}`,
  );
  const total = [...table.values()].reduce((sum, { tried }) => sum + tried, 0);
  const byCode = [...codes].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  console.log([`${name}, seed ${SEED}: ${total} changes`, ...lines, `  first error: ${byCode.join(', ')}`].join('\n'));
  return survivors;
}

function isFound(report: VerifyReport): boolean {
  return report.counts.errors > 0 && (report.integrity === 'failed' || report.completeness === 'failed');
}

describe('every changed byte is found', () => {
  it('in each column of each table of a log of ten entries in SQLite', { timeout: 600_000 }, async () => {
    const file = await writeLogFile(`${folder.path}/ten.db`, 'ten');
    expect(file.rows.entries).toHaveLength(10);
    expect(await tryAll('SQLite, 10 entries', file)).toEqual([]);
  });

  it('in a sample of a log of ten entries in memory', { timeout: 600_000 }, async () => {
    const world = await openWorld();
    await writeTen(world);
    const evidence = { rows: await snapshotOfReader(world.store), key: world.key, mark: await world.log.checkpoint() };
    const pick = createSeeded(SEED);
    expect(await tryAll('memory, 10 entries, one change in 20', evidence, () => pick(20) === 0)).toEqual([]);
  });

  it('in a sample of a log of over fifty entries', { timeout: 600_000 }, async () => {
    const world = await openWorld();
    await writeTen(world);
    await writeMore(world);
    const evidence = { rows: await snapshotOfReader(world.store), key: world.key, mark: await world.log.checkpoint() };
    expect(evidence.rows.entries.length).toBeGreaterThanOrEqual(50);
    const pick = createSeeded(SEED);
    expect(await tryAll('over 50 entries, one change in 150', evidence, () => pick(150) === 0)).toEqual([]);
  });
});
