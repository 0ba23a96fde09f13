/**
 * One of several processes that append to one file: waits for a line on its standard input, appends until its time is over or
 * its number is reached, and prints the number of its commits and its longest wait in milliseconds.
 *
 * Arguments: path, milliseconds, number of entries, name.
 */

import { openSqlite } from '@countersign/sqlite';
import { NOTHING, sampleBatch } from '../../packages/audit/src/testing/sample-batch.js';
import { waitForLine } from './wait-for-line.js';

const [path = '', forMs = '0', most = '0', name = ''] = process.argv.slice(2);
const stores = await openSqlite({ path, lockTimeoutMs: 60_000 });
await waitForLine();

const start = performance.now();
let commits = 0;
let longestWaitMs = 0;
while (performance.now() - start < Number(forMs) && commits < Number(most)) {
  const asked = performance.now();
  const members = { kind: 'tool-call', run: name, call: `${commits}` };
  await stores.log.exclusive(NOTHING, (state) => sampleBatch(state, [{ members, payloads: { args: '1' } }]));
  longestWaitMs = Math.max(longestWaitMs, performance.now() - asked);
  commits += 1;
}
await stores.close();
process.stdout.write(`${commits} ${longestWaitMs}\n`);
