/**
 * A process whose call waits for approval. It prints the id of the request, and then how the call ended and when it heard of it, in
 * milliseconds since 1970.
 *
 * Arguments: database, home folder, run, call id, command.
 */

import { openCountersign } from 'countersign';
import { waitForLine } from './wait-for-line.js';

const [path = '', home = '', run = '', callId = '', command = ''] = process.argv.slice(2);
process.env.HOME = home;
const cs = await openCountersign({ path, channels: [], warn: () => undefined, workspace: home });
await waitForLine();
cs.approvals.on('requested', ({ id }) => console.log(id));
const call = { callId, tool: { name: 'run_shell' }, args: { command }, context: { run, session: 's-1' } };
try {
  await cs.gate.run(call, () => console.log(`ran ${Date.now()}`));
} catch (error) {
  console.log(`${error instanceof Error && 'code' in error ? error.code : error} ${Date.now()}`);
}
await cs.close();
