/**
 * Two and eight processes that record calls in one log, each as fast as it can: how long each waits for its acknowledgements, and
 * whether the log is whole afterwards. Run with `npm run bench:processes [seconds] [processes...]`; a minute each by default.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { describeReports, placesIn, writeTogether } from '../processes/write-together.js';

/** Fair is: no writer waits longer than this in 99 of 100 cases. */
const MOST_P99_MS = 100;

const [seconds = 60, ...counts] = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [2, 8]) await measure(count);

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-processes-'));
  const places = placesIn(folder);
  const reports = await writeTogether(places, { count, forMs: seconds * 1000 });
  const calls = reports.reduce((sum, report) => sum + report.calls, 0);
  const slow = reports.filter(({ p99Ms }) => p99Ms > MOST_P99_MS).length;
  console.log(`${count} processes for ${seconds} s: ${Math.round(calls / seconds)} calls/s`);
  console.log(describeReports(reports));
  console.log(`  ${slow} of them waited over ${MOST_P99_MS} ms at p99; ${await judge(places, calls)}`);
  if (slow > 0) process.exitCode = 1;
  rmSync(folder, { recursive: true });
}

/** Verifies the log against its mark, and counts. */
async function judge({ path, keyDir, mark }: ReturnType<typeof placesIn>, calls: number): Promise<string> {
  const stores = await openSqlite({ path });
  const key = readFileSync(join(keyDir, 'identity.vkey'), 'utf8').trim();
  const { integrity, completeness, size } = await verifyLog(stores.log, { key, mark: readFileSync(mark, 'utf8') });
  await stores.close();
  const isWhole = integrity === 'ok' && completeness === 'ok' && size === 1 + 2 * calls;
  if (!isWhole) process.exitCode = 1;
  return `integrity ${integrity}, completeness ${completeness}, ${size} entries for ${calls} calls`;
}
