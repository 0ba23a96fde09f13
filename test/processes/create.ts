/**
 * Creates stores in a folder, one after the other, after a line on its standard input: `0.db`, `1.db` and so on, with one
 * entry each. Prints the number of each one that is done.
 *
 * Arguments: folder, number of stores.
 */

import { join } from 'node:path';
import { openSqlite } from '@countersign/sqlite';
import { appendSamples } from '../../packages/audit/src/testing/sample-batch.js';
import { waitForLine } from './wait-for-line.js';

const [folder = '', count = '0'] = process.argv.slice(2);
await waitForLine();
for (let i = 0; i < Number(count); i += 1) {
  const stores = await openSqlite({ path: join(folder, `${i}.db`), create: true });
  await appendSamples(stores.log, [{}]);
  await stores.close();
  process.stdout.write(`${i}\n`);
}
