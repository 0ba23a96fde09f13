/**
 * One of several processes that decide the same requests: waits for a line, decides each, and prints which decisions were its own
 * and whom it lost the others to, as one line of JSON: `{ won: ids, lostTo: names, at: milliseconds since 1970 }`.
 *
 * Arguments: database, home folder, name of the approver, ids of requests separated by commas.
 */

import { AlreadyDecidedError } from '@countersign/approval';
import { openCountersign } from 'countersign';
import { waitForLine } from './wait-for-line.js';

const [path = '', home = '', approver = '', ids = ''] = process.argv.slice(2);
process.env.HOME = home;
const cs = await openCountersign({ path, channels: [], warn: () => undefined, workspace: home });
await waitForLine();
const won: string[] = [];
const lostTo = new Set<string>();
const decide = async (id: string): Promise<void> => {
  try {
    await cs.approvals.decide(id, { decision: 'approved', approver });
    won.push(id);
  } catch (error) {
    if (!(error instanceof AlreadyDecidedError)) throw error;
    const { decidedBy, decision, decidedAtUs } = error;
    if (decision?.requestId !== id || decidedAtUs !== decision.decidedAtUs)
      throw new Error('who, what and when differ');
    lostTo.add(typeof decidedBy === 'object' ? decidedBy.id : String(decidedBy));
  }
};
// A few at a time, as approvers do who have several requests before them.
const left = ids.split(',');
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await decide(id);
  }),
);
console.log(JSON.stringify({ won, lostTo: [...lostTo], at: Date.now() }));
await cs.close();
