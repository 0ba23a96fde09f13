/**
 * Random bytes anywhere in a SQLite file. Attacks with a purpose stand in the tamper matrix.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import type { VerifyReport } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LogFile, temporaryFolder, writeLogFile } from './log-file.js';
import { createSeeded } from './seeded.js';
import { type Snapshot, snapshotOfFile } from './snapshot.js';
import { verifyBoth } from './verify-both.js';

const SEED = 4711;
const folder = temporaryFolder();
afterAll(folder.remove);
let file: LogFile;
beforeAll(async () => {
  file = await writeLogFile(`${folder.path}/sound.db`, 'fifty');
});

/** Verifies a file; an error on opening is the answer too. */
async function verifyFile(path: string): Promise<VerifyReport | { readonly refused: string }> {
  let stores: Awaited<ReturnType<typeof openSqlite>>;
  try {
    stores = await openSqlite({ path });
  } catch (error) {
    return { refused: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  }
  try {
    return await verifyBoth(stores.log, { key: file.key, mark: file.mark });
  } finally {
    await stores.close();
  }
}

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
