/**
 * A process that writes calls to a log until it is killed, and says on its standard output what was acknowledged. It opens the
 * log, says so, and begins when its standard input ends, so that several can begin at once.
 * Arguments: the database, the folder of the keys, the mark, a name for its calls, how many calls.
 */

import { once } from 'node:events';
import { type AuditLog, createSigner, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { sampleCall } from '@countersign/audit/testing';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';

const ORIGIN = 'example.test/crash';

const [path = '', keyDir = '', markPath = '', name = '', count = '0'] = process.argv.slice(2);
const environment = createSystemEnvironment();
const stores = await openSqlite({ path, create: true });
const keys = await openKeyDir({ dir: keyDir, origin: ORIGIN, create: true });
const signer = createSigner(keys);
const log = await openAuditLog({
  store: stores.log,
  signer,
  environment,
  mark: openMark({ path: markPath }),
  create: true,
});
process.stdout.write('open\n');
await once(process.stdin.resume(), 'end');
// Several calls at once, so that commits hold several entries.
const lanes = [0, 1, 2].map((lane) => writeCalls(log, lane));
await Promise.all(lanes);
await log.close();
await stores.close();
process.stdout.write('done\n');

async function writeCalls(to: AuditLog, lane: number): Promise<void> {
  for (let i = lane; i < Number(count); i += 3) {
    const callId = `${name}-${i}`;
    const call = sampleCall(to.origin, { callId, run: name });
    const begun = await to.begin({ ...call, decision: 'not_required', decisionBy: 'default:safe' });
    process.stdout.write(`begun ${begun.index} ${begun.id} ${callId}\n`);
    const ended = await to.finish({
      callId,
      run: name,
      session: 'session-1',
      tool: call.tool.name,
      begun: begun.index,
      outcome: 'ok',
      durationUs: 10,
      result: { i },
    });
    process.stdout.write(`ended ${ended.index} ${ended.id} ${callId}\n`);
  }
}
