/**
 * Takes the write lock of a store after a line on its standard input, says so, and holds it until it is killed.
 *
 * Arguments: path.
 */

import { writeSync } from 'node:fs';
import { openSqlite } from '@countersign/sqlite';
import { NOTHING } from '../../packages/audit/src/testing/sample-batch.js';
import { waitForLine } from './wait-for-line.js';

const [path = ''] = process.argv.slice(2);
const stores = await openSqlite({ path });
await waitForLine();
await stores.log.exclusive(NOTHING, () => {
  writeSync(1, 'held\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return undefined;
});
