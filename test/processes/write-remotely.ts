/**
 * A process that records calls in a log whose identity key another process holds: waits for a line on its standard input, then
 * prints how many calls it made after each, or the code of a refusal, until it is killed.
 *
 * Arguments: database, folder of the keys, mark, URL of the signer, verifier key, entries that the signature may lag.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteIdentity } from '@countersign/audit';
import { CountersignError } from '@countersign/core';
import { openCountersign } from 'countersign';
import { waitForLine } from './wait-for-line.js';

const [path = '', keyDir = '', markFile = '', url = '', verifierKey = '', maxEntries = '1'] = process.argv.slice(2);
const signer = createRemoteIdentity({
  verifierKey,
  maxLag: { maxEntries: Number(maxEntries) },
  sign: async (body, { signal }) =>
    new Uint8Array(await (await fetch(url, { method: 'POST', body: Buffer.from(body), signal })).arrayBuffer()),
});
const cs = await openCountersign({ path, keyDir, markFile, signer, warn: () => undefined });
const { add } = cs.withAudit({ add: async ({ a }: { a: number }) => a + 1 });
await waitForLine();

for (let calls = 0; ; ) {
  try {
    calls = await add({ a: calls });
    process.stdout.write(`${calls}\n`);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    // A call whose intent cannot be recorded does not run; the cause says why.
    process.stdout.write(`${error.cause instanceof CountersignError ? error.cause.code : error.code}\n`);
    await sleep(20);
  }
}
