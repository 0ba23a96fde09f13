/**
 * One of several processes that record calls in one log: waits for a line on its standard input, makes calls one after the
 * other until its time is over, and prints one line: how many it made, then the median, the 99th percentile and the longest of
 * its waits for acknowledgements, in milliseconds.
 *
 * Arguments: database, folder of the keys, mark, milliseconds, name.
 */

import { createSigner, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { sampleCall } from '@countersign/audit/testing';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { waitForLine } from './wait-for-line.js';

const ORIGIN = 'example.test/writers';

const [path = '', keyDir = '', markPath = '', forMs = '0', name = ''] = process.argv.slice(2);
const environment = createSystemEnvironment();
const stores = await openSqlite({ path, create: true });
const signer = createSigner(await openKeyDir({ dir: keyDir, origin: ORIGIN, create: true }));
const mark = openMark({ path: markPath });
const log = await openAuditLog({ store: stores.log, signer, environment, mark, create: true });
await waitForLine();

const waitsMs: number[] = [];
const timed = async <T>(work: Promise<T>): Promise<T> => {
  const asked = performance.now();
  const answer = await work;
  waitsMs.push(performance.now() - asked);
  return answer;
};
let calls = 0;
for (const end = performance.now() + Number(forMs); performance.now() < end; calls += 1) {
  const call = sampleCall(log.origin, { callId: `${name}-${calls}`, run: name });
  const { callId, run, tool } = call;
  const { index: begun } = await timed(log.begin({ ...call, decision: 'not_required', decisionBy: 'default:safe' }));
  await timed(
    log.finish({
      callId,
      run,
      session: 'session-1',
      tool: tool.name,
      begun,
      outcome: 'ok',
      durationUs: 10,
      result: { calls },
    }),
  );
}
await log.close();
await stores.close();

const sorted = waitsMs.toSorted((a, b) => a - b);
const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
console.log(`${calls} ${at(0.5)} ${at(0.99)} ${at(1)}`);
