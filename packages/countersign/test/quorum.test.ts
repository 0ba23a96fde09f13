/** Calls that several must approve, from the policy to the command line and to what `verify` says of them. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign } from '../src/open-countersign.js';
import { createTestHome, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
let cs: Countersign;

const POLICY = {
  version: 1,
  approval: { destructive: { quorum: 2, reason: 'rejected' }, critical: { roles: ['lead'] } },
} as const;

beforeEach(async () => {
  home = createTestHome();
  cs = await openTestLog(home, { channels: [], policy: POLICY });
});
afterEach(async () => {
  await cs.close();
  home.remove();
});

/** Lets a call wait for approval. */
async function ask(command = 'rm -rf data') {
  const shell = cs.withAudit({ run_shell: async (args: { command: string }) => ({ ran: args.command }) });
  const asked = new Promise<string>((resolve) => {
    cs.approvals.on('requested', ({ id }) => resolve(id));
  });
  const outcome = shell.run_shell({ command });
  return { id: await asked, outcome };
}

const command = (...words: readonly string[]) => run(home, ['approve', ...words]);
const keyOf = (name: string) => join(home.path, `${name}.key`);

describe('a call that two must approve', () => {
  test('runs after the second of them, and the commands say how many are missing', async () => {
    const { id, outcome } = await ask();
    const first = await command('approve', id, '--by', 'ada');
    expect(first.stdout).toMatch(/^approved by person ada .*; 1 more must approve\n$/);
    expect((await command('list')).stdout).toMatch(/Approved\s[\s\S]*1 of 2/);
    const [waiting] = JSON.parse((await command('list', '--json')).stdout).requests;
    expect(waiting).toMatchObject({
      needs: { quorum: 2, reason: 'rejected' },
      approvals: [{ approver: { id: 'ada' } }],
    });
    const shown = (await command('show', id)).stdout;
    expect(shown).toContain('  Needs      approvals of 2 people\n             a reason when rejected\n');
    expect(shown).toMatch(/Approved {3}by person ada at .*\n {2}State {6}pending; 1 more must approve/);
    expect(await command('approve', id, '--by', 'ada')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^ALREADY_APPROVED: /),
    });
    expect((await command('approve', id, '--by', 'bob')).stdout).not.toContain('must approve');
    expect(await outcome).toEqual({ ran: 'rm -rf data' });
    const [call] = (await cs.log.query()).calls;
    expect(call).toMatchObject({ decision: 'approved', approvedBy: 'bob' });
    expect(await cs.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
  });

  test('waits again when one of them withdraws, and says so on record', async () => {
    const { id, outcome } = await ask();
    await command('approve', id, '--by', 'ada');
    expect((await command('withdraw', id, '--by', 'ada')).stdout).toBe(
      'withdrawn by person ada; 2 more must approve\n',
    );
    expect(await command('withdraw', id, '--by', 'ada')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^NOT_APPROVED_BEFORE: /),
    });
    await command('approve', id, '--by', 'bob');
    expect((await cs.approvals.find(id))?.state).toBe('pending');
    await command('approve', id, '--by', 'ada');
    await outcome;
    const story = (await cs.log.entries()).flatMap(({ entry }) =>
      entry.kind === 'approval-decided' || entry.kind === 'approval-withdrawn'
        ? [`${entry.kind} ${entry.approver.id}`]
        : [],
    );
    expect(story).toEqual([
      'approval-decided ada',
      'approval-withdrawn ada',
      'approval-decided bob',
      'approval-decided ada',
    ]);
    const [call] = (await cs.log.query()).calls;
    expect((await run(home, ['show', call?.callId ?? ''])).stdout).toMatch(/withdrawn by person ada/);
    expect(await cs.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
  });

  test('is refused by one of them, who has to say why', async () => {
    const { id, outcome } = await ask();
    await command('approve', id, '--by', 'ada');
    expect(await command('reject', id, '--by', 'bob')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^REASON_REQUIRED: /),
    });
    expect((await command('reject', id, '--by', 'bob', '--reason', 'Not today.')).code).toBe(0);
    expect(await outcome).toMatchObject({ refused: true, code: 'APPROVAL_REJECTED' });
    expect(await cs.log.verify()).toMatchObject({ integrity: 'ok' });
    const refused = (await cs.log.entries({ kind: 'authorization' })).map(({ payloads }) => payloads.get('details'));
    expect(refused).toMatchObject([{ code: 'REASON_REQUIRED', request: id }]);
  });

  test('needs two keys, whatever the names that hold them', async () => {
    for (const name of ['ada', 'bob', 'cy']) {
      await run(home, ['approvers', 'add', name, '--sign-key', keyOf(name === 'bob' ? 'ada' : name)]);
    }
    const { id, outcome } = await ask();
    const sign = (name: string, key: string) => command('approve', id, '--by', name, '--sign-key', keyOf(key));
    expect((await sign('ada', 'ada')).code).toBe(0);
    expect(await sign('bob', 'ada')).toMatchObject({ code: 5, stderr: expect.stringMatching(/^ALREADY_APPROVED: /) });
    expect((await sign('cy', 'cy')).code).toBe(0);
    await outcome;
    expect(await cs.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
    expect(await cs.log.entries({ kind: 'tool-call' })).toHaveLength(1);
  });
});

describe('a call that one role decides about', () => {
  test('is decided by whoever has the role on record, whatever role is claimed', async () => {
    await run(home, ['approvers', 'add', 'ada', '--role', 'helper']);
    await run(home, ['approvers', 'add', 'lea', '--role', 'lead']);
    const { id, outcome } = await ask('rm -rf /');
    const claims = { kind: 'person', id: 'ada', role: 'lead' };
    await expect(cs.approvals.decide(id, { decision: 'rejected', approver: claims })).rejects.toMatchObject({
      code: 'APPROVER_NOT_ENTITLED',
    });
    await cs.approvals.decide(id, { decision: 'rejected', approver: 'lea' });
    expect(await outcome).toMatchObject({ refused: true, code: 'APPROVAL_REJECTED' });
    const [decided] = (await cs.log.entries({ kind: 'approval-decided' })).map(({ entry }) => entry);
    expect(decided).toMatchObject({ approver: { id: 'lea', role: 'lead' } });
    const { findings } = await cs.log.verify();
    expect(findings.filter(({ code }) => code.startsWith('APPROV'))).toEqual([]);
  });
});
