/** `countersign verify`: the report in words and as JSON, and its exit codes. */

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHome, fillLog, openTestLog, run } from './cli-support.js';

const SEED = 20261121;

/** SQLite's own header: counters and reserved bytes that say nothing of the log. */
const HEADER_BYTES = 100;

const home = createTestHome();
const other = createTestHome();
const checkpointFile = join(home.path, 'checkpoint');
const keyFile = join(home.path, 'log.vkey');
let verifierKey = '';
let otherKey = '';

beforeAll(async () => {
  process.env.HOME = other.path;
  const stranger = await openTestLog(other);
  otherKey = stranger.log.identityKey;
  await stranger.close();
  process.env.HOME = home.path;
  const cs = await openTestLog(home);
  await fillLog(cs);
  verifierKey = cs.log.identityKey;
  writeFileSync(checkpointFile, await cs.log.checkpoint());
  writeFileSync(keyFile, `${verifierKey}\n`);
  await cs.close();
});
afterAll(() => {
  other.remove();
  home.remove();
});

/** A copy of the log with every occurrence of `from` replaced by a text of the same length. */
function changedCopy(name: string, from: string, to: string): string {
  const path = join(home.path, name);
  const bytes = readFileSync(home.database).toString('latin1');
  if (from.length !== to.length || !bytes.includes(from)) throw new Error('The change would not be one.');
  writeFileSync(path, Buffer.from(bytes.replaceAll(from, to), 'latin1'));
  return path;
}

const codes = (stdout: string): string[] => JSON.parse(stdout).findings.map(({ code }: { code: string }) => code);

describe('an export', () => {
  test('verifies without the database, and says what is not in it', async () => {
    const out = join(home.path, 'log.jsonl');
    expect((await run(home, ['export', '--format', 'jsonl', '--out', out])).code).toBe(0);
    const argv = ['verify', '--export', out, '--key', verifierKey, '--against', checkpointFile];
    const { code, stdout } = await run(other, [...argv, '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect([report.integrity, report.completeness, report.authority]).toEqual(['ok', 'ok', 'ok']);
    expect(codes(stdout)).toContain('ROWS_NOT_CHECKED');
    expect((await run(other, argv)).stdout).toContain(out);
    expect((await run(other, ['verify', '--export', out, '--key', otherKey])).code).toBe(3);
    writeFileSync(out, readFileSync(out, 'utf8').replace('\\"tool\\"', '\\"tooI\\"'));
    expect((await run(other, argv)).code).toBe(3);
  });

  test('that is not there or is none ends the command', async () => {
    expect((await run(other, ['verify', '--export', join(home.path, 'nothing')])).code).toBe(2);
    writeFileSync(join(home.path, 'none'), 'nothing of the kind');
    const { code, stdout } = await run(other, ['verify', '--export', join(home.path, 'none'), '--json']);
    expect([code, codes(stdout)]).toEqual([3, expect.arrayContaining(['EXPORT_INVALID', 'EMPTY_LOG'])]);
  });
});

describe('a log that nobody changed', () => {
  test('verifies with the pinned key, as a key or as a file', async () => {
    for (const key of [verifierKey, keyFile]) {
      const { code, stdout, stderr } = await run(home, ['verify', '--key', key]);
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^integrity +ok .*\ncompleteness +ok .*\nauthority +ok /);
      expect(stdout).toContain('pinned: given by you');
      expect(stdout).toContain('No findings.');
    }
  });

  test('says that the key was merely found when none was given, which --strict does not accept', async () => {
    const loose = await run(home, ['verify']);
    expect(loose.code).toBe(0);
    expect(loose.stdout).toContain('merely found with the log');
    expect(loose.stdout).toContain('KEY_NOT_PINNED');
    expect((await run(home, ['verify', '--strict'])).code).toBe(3);
    expect((await run(home, ['verify', '--strict', '--key', verifierKey])).code).toBe(0);
  });

  test('answers JSON with the three answers and where the key came from', async () => {
    const report = JSON.parse((await run(home, ['verify', '--json', '--key', verifierKey])).stdout);
    expect(report).toMatchObject({
      integrity: 'ok',
      completeness: 'ok',
      authority: 'ok',
      findings: [],
      keySource: 'pinned',
    });
    const line = (await run(home, ['verify', '--jsonl', '--key', verifierKey])).stdout;
    expect(JSON.parse(line)).toEqual(report);
    expect(line.trimEnd()).not.toContain('\n');
  });

  test('is compared with checkpoints that were kept elsewhere', async () => {
    const { code, stdout } = await run(home, ['verify', '--key', verifierKey, '--against', checkpointFile]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 checkpoint given by you');
  });

  test('shows progress on a terminal only, on standard error, and never with --quiet', async () => {
    expect((await run(home, ['verify'])).stderr).toBe('');
    expect((await run(home, ['verify', '--quiet'], { tty: true })).stderr).toBe('');
    expect((await run(home, ['verify'], { tty: true })).stderr).toMatch(/Verifying \d+%/);
  });
});

describe('a log that somebody changed', () => {
  test('ends with 3 when one byte of an argument is another', async () => {
    const db = changedCopy('argument.db', 'Oslo', 'Osla');
    const { code, stdout } = await run(home, ['verify', '--db', db, '--key', verifierKey, '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).integrity).toBe('failed');
    expect(codes(stdout)).toContain('PAYLOAD_COMMITMENT_MISMATCH');
    expect((await run(home, ['verify', '--db', db])).stdout).toMatch(/^integrity +failed +Something was changed/);
  });

  test('ends with 3, and a report, when the very first entry is damaged', async () => {
    const db = changedCopy('first.db', '"kind":"log-opened"', '"kind":"log-openeb"');
    const { code, stdout } = await run(home, ['verify', '--db', db, '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).integrity).toBe('failed');
  });

  test('ends with 3 when it is an older state than the machine has seen', async () => {
    const old = join(home.path, 'old.db');
    cpSync(home.database, old);
    const cs = await openTestLog(home);
    await cs.withAudit({ ping: async () => 1 }).ping();
    await cs.close();
    const { code, stdout } = await run(home, ['verify', '--db', old, '--key', verifierKey, '--json']);
    expect(code).toBe(3);
    expect(codes(stdout)).toContain('LOG_TRUNCATED');
  });

  test('ends with 3 when it belongs to another key than the pinned one', async () => {
    const { code, stdout } = await run(home, ['verify', '--key', otherKey, '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).keySource).toBe('pinned');
    const reading = await run(home, ['query', '--key', otherKey]);
    expect(reading).toMatchObject({ code: 3, stdout: '' });
    expect(reading.stderr).toMatch(/^KEY_MISMATCH: /);
  });

  test('is refused to readers with 3, as they meet what was changed', async () => {
    const db = changedCopy('reader.db', 'Oslo', 'Osla');
    const { code, stderr } = await run(home, ['query', '--db', db, '--session', 'session-1']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^ENTRY_CORRUPT: /);
  });

  test(`ends with 3 for any changed bit that holds something of the log, and for any end cut off (seed ${SEED})`, async () => {
    const content = contentOf(home.database);
    let found = 0;
    const bytes = readFileSync(home.database);
    const db = join(home.path, 'bit.db');
    const positions = [...bytes.keys()].filter((at) => at >= HEADER_BYTES && bytes[at] !== 0);
    const changed = fc.tuple(fc.constantFrom(...positions), fc.integer({ min: 0, max: 7 })).map(([at, bit]) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      return copy;
    });
    const cut = fc.integer({ min: HEADER_BYTES, max: bytes.length - 1 }).map((length) => bytes.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 5, arbitrary: changed }, cut), async (copy) => {
        for (const beside of ['-wal', '-shm']) rmSync(`${db}${beside}`, { force: true });
        writeFileSync(db, copy);
        const { code } = await run(home, ['verify', '--db', db, '--key', verifierKey]);
        if (code === 3) {
          found += 1;
          return;
        }
        // SQLite leaves old bytes in the unused part of a page: a change there changes no row and no part of the schema.
        expect(code).toBe(0);
        expect(contentOf(db)).toEqual(content);
      }),
      { seed: SEED, numRuns: 60 },
    );
    expect(found).toBeGreaterThan(30);
  });
});

describe('what verify is given', () => {
  test('ends with 2 for a key or a checkpoint that cannot be read', async () => {
    const missing = join(home.path, 'nothing-here');
    expect(await run(home, ['verify', '--key', missing])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(home, ['verify', '--against', missing])).toMatchObject({ code: 2, stdout: '' });
    expect((await run(home, ['verify', '--key', checkpointFile])).stderr).toMatch(/^ARGUMENT_INVALID: --key/);
  });

  test('ends with 3 when the mark is there and is no checkpoint', async () => {
    const mark = join(home.path, 'broken-mark');
    writeFileSync(mark, 'no checkpoint');
    const damaged = await run(home, ['verify', '--mark', mark]);
    expect(damaged.code).toBe(3);
    expect(damaged.stdout).toContain('ANCHOR_INVALID');
    rmSync(mark);
    const without = await run(home, ['verify', '--mark', mark]);
    expect(without.code).toBe(0);
    expect(without.stdout).toContain('with nothing outside the log');
  });
});

describe('a file that is no checkpoint', () => {
  test('is a mistake in the command, and says nothing about the log', async () => {
    const file = join(home.path, 'letter.txt');
    writeFileSync(file, 'hello');
    const result = await run(home, ['verify', '--against', file]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/^ARGUMENT_INVALID: --against/);
  });
});

/** Everything that a database holds: the text of its schema, and every row of every table with its types. */
function contentOf(path: string): unknown {
  const database = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  try {
    const schema = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    const rows = tables.map((table) =>
      database
        .prepare(`SELECT * FROM "${String(table)}" NOT INDEXED`)
        .raw()
        .all(),
    );
    return { schema, tables, rows };
  } finally {
    database.close();
  }
}
