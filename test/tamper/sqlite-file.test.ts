/**
 * Attacks on the SQLite file itself, behind the store's back: triggers, views, indexes, tables and settings, and random bytes
 * anywhere in the file.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyFile, type LogFile, temporaryFolder, writeLogFile } from './log-file.js';
import { openRaw, type RawDatabase } from './raw-sqlite.js';
import { createSeeded } from './seeded.js';
import { type Snapshot, snapshotOfFile } from './snapshot.js';

const SEED = 4711;
const folder = temporaryFolder();
afterAll(folder.remove);
let file: LogFile;
beforeAll(async () => {
  file = await writeLogFile(`${folder.path}/sound.db`, 'fifty');
});

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

/** Verifies a file; an error on opening is the answer too. */
async function verifyFile(path: string): Promise<VerifyReport | { readonly refused: string }> {
  let stores: Awaited<ReturnType<typeof openSqlite>>;
  try {
    stores = await openSqlite({ path });
  } catch (error) {
    return { refused: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  }
  try {
    return await verifyLog(stores.log, { key: file.key, mark: file.mark });
  } finally {
    await stores.close();
  }
}

let copies = 0;

async function attacked(attack: (database: RawDatabase) => void): Promise<VerifyReport> {
  copies += 1;
  const path = copyFile(file, `${folder.path}/attacked-${copies}.db`);
  const database = openRaw(path);
  attack(database);
  database.close();
  const report = await verifyFile(path);
  if ('refused' in report) throw new Error(`refused on opening: ${report.refused}`);
  return report;
}

const ATTACKS: readonly (readonly [string, string])[] = [
  ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM payloads WHERE idx = 3; END'],
  ['a view', 'CREATE VIEW v AS SELECT * FROM entries WHERE idx <> 3'],
  ['a dropped index', 'DROP INDEX calls_by_risk'],
  [
    'an index of the same name over other rows',
    "DROP INDEX calls_by_risk; CREATE INDEX calls_by_risk ON entries (risk, idx) WHERE kind = 'x'",
  ],
  ['a table more', 'CREATE TABLE notes (text TEXT)'],
  ['a column more', 'ALTER TABLE entries ADD COLUMN extra TEXT'],
  ['a row of the head deleted', 'DELETE FROM head'],
  ['a changed row of a request', 'UPDATE approval_requests SET record = replace(record, \'"used"\', \'"approved"\')'],
];

describe('attacks on a SQLite file', () => {
  it('finds nothing in an untouched copy', async () => {
    const report = await attacked(() => undefined);
    expect(report.findings).toEqual([]);
  });

  it.each(ATTACKS)('finds %s', async (_, sql) => {
    const report = await attacked((database) => database.exec(sql));
    expect(report.counts.errors).toBeGreaterThan(0);
    expect(report.integrity).toBe('failed');
  });

  it('finds a table whose text was edited in the schema', async () => {
    const report = await attacked((database) => {
      database.unsafeMode(true);
      database.pragma('writable_schema = ON');
      database
        .prepare(
          "UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (length(leaf_hash) = 32)', '') WHERE name = 'entries'",
        )
        .run();
      database.pragma('writable_schema = OFF');
    });
    expect(codesOf(report)).toContain('STORE_SCHEMA');
  });

  it('finds an index that was made to lie, by the engine and not by its own reading', async () => {
    const report = await attacked((database) => {
      // The index is told to be another one while a row changes, and the text of the schema is put back afterwards.
      database.unsafeMode(true);
      database.exec('DROP INDEX entries_by_kind');
      database.exec('CREATE INDEX entries_by_kind ON entries (kind, idx) WHERE idx <> 3');
      database.pragma('writable_schema = ON');
      database
        .prepare(
          "UPDATE sqlite_schema SET sql = 'CREATE INDEX entries_by_kind ON entries (kind, idx)' WHERE name = 'entries_by_kind'",
        )
        .run();
      database.pragma('writable_schema = OFF');
    });
    expect(codesOf(report)).toContain('STORE_INTEGRITY');
  });

  it('does not take a view for a table', async () => {
    const path = copyFile(file, `${folder.path}/view.db`);
    const database = openRaw(path);
    database.exec('ALTER TABLE payloads RENAME TO hidden');
    database.exec('CREATE VIEW payloads AS SELECT * FROM hidden WHERE idx <> 3');
    database.close();
    const report = await verifyFile(path);
    expect('refused' in report || report.counts.errors > 0).toBe(true);
  });

  it('finds another version or owner in the header, or refuses to open it', async () => {
    const other = copyFile(file, `${folder.path}/owner.db`);
    const database = openRaw(other);
    database.pragma('application_id = 1');
    database.close();
    expect(await verifyFile(other)).toEqual({ refused: 'STORE_NOT_OURS' });
  });
});

describe(`random bytes in the file, seed ${SEED}`, () => {
  it('are found, or change nothing that was written', { timeout: 300_000 }, async () => {
    const pick = createSeeded(SEED);
    const bytes = readFileSync(file.path);
    const counts = { refused: 0, found: 0, unread: 0 };
    const survivors: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      const at = pick(bytes.length);
      const path = `${folder.path}/byte.db`;
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << pick(8));
      for (const suffix of ['-wal', '-shm']) writeFileSync(`${path}${suffix}`, '');
      writeFileSync(path, changed);
      const report = await verifyFile(path);
      if ('refused' in report) counts.refused += 1;
      else if (report.counts.errors > 0) counts.found += 1;
      else if (isSame(snapshotOfFile(path), file.rows)) counts.unread += 1;
      else survivors.push(at);
    }
    console.log(`100 random bytes of ${bytes.length}: ${JSON.stringify(counts)}, survived ${survivors.length}`);
    expect(survivors).toEqual([]);
    expect(counts.found + counts.refused).toBeGreaterThan(10);
  });
});

function isSame(left: Snapshot, right: Snapshot): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
