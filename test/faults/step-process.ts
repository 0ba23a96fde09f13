/**
 * Goes through the operations of a log one by one, and kills itself at one step of one of them. What was acknowledged is said on
 * the standard output, synchronously: the name of the operation, one a line.
 *
 * Arguments: folder, operation, step.
 */

import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ApprovalRequest } from '@countersign/approval';
import { installFailpoints } from './failpoints.js';
import { DELETE, READ } from './steps.js';

const [folder = '', operation = '', step = ''] = process.argv.slice(2);
const failpoint = installFailpoints();
// Only now: what a module takes hold of when it is loaded must be what is wrapped.
const { openCountersign } = await import('countersign');
if (operation === 'open') failpoint.arm(step);
const cs = await openCountersign({
  path: join(folder, 'log.db'),
  keyDir: join(folder, 'keys'),
  markFile: join(folder, 'marks', 'mark'),
  session: 'steps',
  warn: () => undefined,
});
acknowledge('open');

const reading = await during('intent', () => cs.gate.open({ callId: 'read', tool: READ, args: { path: '/work/a' } }));
if (operation === 'tool') failpoint.arm(step);
failpoint.reach('before-tool');
failpoint.reach('in-tool');
failpoint.reach('after-tool');
await during('outcome', () => reading.succeed('contents'));

const aborted = { signal: AbortSignal.abort() };
await during('refusal', () =>
  cs.gate.open({ callId: 'refused', tool: READ, args: {}, context: aborted }).catch(() => undefined),
);

const asked = new Promise<ApprovalRequest>((resolve) => cs.approvals.on('requested', resolve));
arm('request');
const opening = cs.gate.open({ callId: 'delete', tool: DELETE, args: { path: '/work/a' } });
opening.catch(() => undefined);
const request = await asked;
acknowledge('request');
arm('decision');
// The call goes on by itself as soon as it is decided.
cs.approvals.on('decided', () => arm('approved-intent'));
await cs.approvals.decide(request.id, {
  decision: 'approved',
  approver: { kind: 'person', id: 'ada' },
  remember: { arguments: [{ pointer: '/path', kind: 'under', value: '/work' }] },
});
acknowledge('decision');
const deleting = await opening;
acknowledge('approved-intent');
await during('approved-outcome', () => deleting.succeed(true));

const again = await during('grant-use', () =>
  cs.gate.open({ callId: 'delete-2', tool: DELETE, args: { path: '/work/b' } }),
);
await during('grant-outcome', () => again.succeed(true));
await during('purge', () => cs.log.purge({ olderThanDays: 0 }));
await cs.close();

function arm(name: string): void {
  if (name === operation) failpoint.arm(step);
}

async function during<T>(name: string, act: () => Promise<T>): Promise<T> {
  arm(name);
  const answer = await act();
  acknowledge(name);
  return answer;
}

function acknowledge(name: string): void {
  if (operation === name) failpoint.reach('acknowledged');
  writeSync(1, `${name}\n`);
}
