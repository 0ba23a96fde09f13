/** Verification with real workers over a real file: the same report as without, and what becomes of it when a worker dies. */

import { fileURLToPath } from 'node:url';
import { LogView, type OpenRangeVerifier } from '@countersign/audit';
import { exitCodeOf, verifyLog } from '@countersign/audit/verify';
import { createTestEnvironment } from '@countersign/core/testing';
import { openSqlite } from '@countersign/sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import {
  beginAllowed,
  callOf,
  finishCall,
  openWorld,
  writeMore,
  writeTen,
} from '../../packages/audit/test/verify-world.js';
import { startRangeWorkers } from '../../packages/sqlite/src/range-workers.js';
import { temporaryFolder } from '../tamper/log-file.js';
import { openRaw } from '../tamper/raw-sqlite.js';

const folder = temporaryFolder();
afterAll(folder.remove);

/** A worker runs from its source, as these tests do. */
const how = {
  env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) },
};
const script = new URL('./range-worker.mjs', import.meta.url);

/** A log of over two thousand entries, so that there are several ranges. */
async function writeLog(path: string) {
  const stores = await openSqlite({ path, create: true });
  const world = await openWorld(stores.log);
  await writeTen(world);
  await writeMore(world);
  const calls = Array.from({ length: 1200 }, async (_, i) => {
    const call = callOf(world, `bulk-${i}`, { args: { path: `/work/notes/${i}.txt`, n: i / 7 } });
    const begun = await beginAllowed(world, call);
    await finishCall(world, call, begun.index);
  });
  await Promise.all(calls);
  const mark = await world.log.checkpoint();
  await world.log.close();
  await stores.close();
  return { path, key: world.key, mark };
}

const made = writeLog(`${folder.path}/log.db`);

async function withWorkers<T>(jobs: number, use: (ranges: OpenRangeVerifier) => Promise<T>): Promise<T> {
  const ranges = startRangeWorkers({ path: (await made).path, jobs, script, how });
  try {
    return await use(ranges);
  } finally {
    await ranges.close();
  }
}

/** The report without workers, and with two. */
async function verifyTwice() {
  const { path, key, mark } = await made;
  const stores = await openSqlite({ path });
  try {
    const alone = await verifyLog(stores.log, { key, mark });
    const together = await withWorkers(2, (ranges) => verifyLog(stores.log, { key, mark, ranges }));
    return { alone, together };
  } finally {
    await stores.close();
  }
}

describe('Verifying with workers', () => {
  it('comes to the same report as without them', async () => {
    const { alone, together } = await verifyTwice();
    expect(alone).toMatchObject({ integrity: 'ok', completeness: 'ok', authority: 'ok' });
    expect(alone.size).toBeGreaterThan(2048);
    expect(together).toEqual(alone);
  });

  it('is not complete when a worker ends before its time, and says so by exit code 4', async () => {
    const { path, key, mark } = await made;
    const stores = await openSqlite({ path });
    const report = await withWorkers(2, (ranges) => {
      const check = async (range: { from: number; to: number }) => {
        if (range.from > 0) await ranges.close();
        return ranges.check(range);
      };
      return verifyLog(stores.log, { key, mark, ranges: { ...ranges, check } });
    });
    await stores.close();
    expect(report.findings.map(({ code }) => code)).toContain('VERIFICATION_INCOMPLETE');
    expect(report).toMatchObject({ integrity: 'not-checked', completeness: 'not-checked', authority: 'not-checked' });
    expect(exitCodeOf(report)).toBe(4);
  });

  it('finds changed rows of the file in the same order', async () => {
    const { path } = await made;
    const database = openRaw(path);
    database.pragma('ignore_check_constraints = ON');
    database.prepare("UPDATE entries SET leaf = replace(leaf, 'bulk-7', 'bulk-X') WHERE idx = 1500").run();
    database.prepare('UPDATE entries SET leaf = CAST(leaf AS TEXT) || ? WHERE idx = 1023').run(' ');
    database.prepare('DELETE FROM payloads WHERE idx = 1024').run();
    database.prepare("UPDATE payloads SET bytes = CAST('{}' AS BLOB) WHERE idx = 700 AND name = 'args'").run();
    database.prepare('DELETE FROM entries WHERE idx BETWEEN 1900 AND 1950').run();
    database.prepare('UPDATE entries SET idx = 90000 WHERE idx = 2100').run();
    database.close();
    const { alone, together } = await verifyTwice();
    expect(alone.counts.errors).toBeGreaterThan(5);
    expect(together).toEqual(alone);
  });
});

describe('The options of verification', () => {
  it('take a number of workers from 1 to 64, and tell the pace', async () => {
    const { path, key } = await made;
    const stores = await openSqlite({ path });
    const environment = createTestEnvironment();
    const view = new LogView({
      store: stores.log,
      origin: key.slice(0, key.indexOf('+')),
      identityKey: key,
      environment,
      isWriterAlive: () => false,
    });
    const seen: { done: number; perSecond: number; leftMs: number; phase: string }[] = [];
    await view.verify({
      jobs: 1,
      onProgress: (progress) => {
        environment.advance(100);
        seen.push(progress);
      },
    });
    await expect(view.verify({ jobs: 0 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(view.verify({ jobs: 65 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(
      view.verify({
        onProgress: () => {
          throw new Error('enough');
        },
      }),
    ).rejects.toThrow('enough');
    await stores.close();
    expect(seen[0]).toMatchObject({ done: 0, perSecond: 0 });
    expect(seen[1]).toMatchObject({ done: 1024, phase: 'entries', perSecond: 10_240 });
    expect(seen[1]?.leftMs).toBeGreaterThan(0);
    expect(seen.at(-1)).toMatchObject({ phase: 'store', leftMs: 0 });
  });
});
