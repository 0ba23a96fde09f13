/**
 * One of several agents that share a file: makes wrapped calls, several at once, when its standard input ends, and prints how
 * many the tool saw and how many came back.
 *
 * Arguments: path of the database, folder of the keys, name of the agent, number of calls.
 */

import { once } from 'node:events';
import { createScriptedChannel } from '@countersign/approval';
import { openCountersign } from 'countersign';

const [path = '', keyDir = '', name = '', count = '0'] = process.argv.slice(2);
const cs = await openCountersign({
  path,
  keyDir,
  markFile: `${keyDir}.mark`,
  session: name,
  channels: [createScriptedChannel(() => ({ decision: 'approved', approver: { kind: 'person', id: 'ada' } }))],
});
let ran = 0;
const { deleteFile } = cs.withAudit({
  deleteFile: (file: string) => {
    ran += 1;
    return file;
  },
});
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
const calls = Array.from({ length: Number(count) }, (_, at) => deleteFile(`/work/${name}/${at}`));
const answers = await Promise.all(calls);
await cs.close();
process.stdout.write(`${ran} ${answers.length}\n`);
