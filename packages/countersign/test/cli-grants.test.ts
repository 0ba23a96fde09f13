/** Approvals that are remembered: made, tried, listed and revoked at the command line, over a log that another connection has open. */

import { runInSession } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign } from '../src/open-countersign.js';
import { createTestHome, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
let cs: Countersign;

beforeEach(async () => {
  home = createTestHome();
  cs = await openTestLog(home, { channels: [] });
});
afterEach(async () => {
  await cs.close();
  home.remove();
});

/** Lets a deletion wait for approval; answers its request and what becomes of the call. */
async function ask(path: string, session = 's-1') {
  const { delete_file } = cs.withAudit({ delete_file: async (args: { path: string }) => ({ gone: args.path }) });
  const asked = new Promise<{ id: string }>((resolve) => {
    cs.approvals.on('requested', resolve);
  });
  const outcome = runInSession(session, () => delete_file({ path }));
  return { ...(await asked), outcome };
}

async function decide(path: string, decision: 'approve' | 'reject', session?: string): Promise<void> {
  const { id, outcome } = await ask(path, session);
  expect((await run(home, ['approve', decision, id, '--by', 'ada'])).code).toBe(0);
  await outcome;
}

const under = (folder: string) => JSON.stringify({ arguments: [{ pointer: '/path', kind: 'under', value: folder }] });

describe('grants preview', () => {
  test('says which past calls would have been answered, and why others not, and changes nothing', async () => {
    await decide('work/a.txt', 'approve');
    await decide('work/b.txt', 'reject');
    await decide('other/c.txt', 'approve');
    await decide('work/d.txt', 'approve', 's-2');
    const { id, outcome } = await ask('work/e.txt');
    const before = (await cs.log.entries()).length;
    const said = await run(home, ['grants', 'preview', id]);
    expect(said.code).toBe(0);
    expect(said.stdout).toContain('It would have answered 2 of 4 calls that asked for approval since ');
    expect(said.stdout).toMatch(/destructive .*, rejected by ada\n.*destructive .*, approved by ada\n/);
    expect(said.stdout).toContain('  1 not: it was in another session\n');
    expect(said.stdout).toContain('  1 not: the arguments do not fit\n');
    const wide = JSON.parse(
      (
        await run(home, ['grants', 'preview', id, '--scope', '-', '--json'], {
          input: '{"session":"any","arguments":[]}',
        })
      ).stdout,
    );
    expect(wide).toMatchObject({ looked: 4, isComplete: true, others: {}, scope: { uses: 20, arguments: [] } });
    expect(wide.matched).toHaveLength(4);
    expect(JSON.stringify(wide)).not.toContain('c.txt');
    expect(await cs.log.entries()).toHaveLength(before);
    expect(await cs.approvals.previewGrant(id, { session: 'any', arguments: [] })).toMatchObject({ looked: 4 });
    await run(home, ['approve', 'reject', id, '--by', 'ada']);
    await outcome;
  });

  test('cannot compare arguments of which the log has no exact copy', async () => {
    await decide(`work/ghp_${'a1B2c3D4e5F6'.repeat(3)}.txt`, 'approve');
    const { id, outcome } = await ask('work/e.txt');
    const { stdout } = await run(home, ['grants', 'preview', id]);
    expect(stdout).toContain('It would have answered 0 of 1 call that asked for approval');
    expect(stdout).toContain('  1 not: the log no longer has the exact arguments\n');
    await run(home, ['approve', 'reject', id, '--by', 'ada']);
    await outcome;
  });

  test('refuses a scope out of its bounds, what is no JSON, an unknown request and a critical one', async () => {
    const { id, outcome } = await ask('work/e.txt');
    const preview = (input: string, request = id) =>
      run(home, ['grants', 'preview', request, '--scope', '-'], { input });
    expect(await preview('{"uses":0}')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DECISION_INVALID: remember: '),
    });
    expect(await preview('{"use":1}')).toMatchObject({ code: 2, stderr: expect.stringContaining('DECISION_INVALID') });
    expect(await preview('{')).toMatchObject({ code: 2, stderr: expect.stringContaining('ARGUMENT_INVALID: --scope') });
    expect(await preview('{}', 'nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('REQUEST_NOT_FOUND'),
    });
    await run(home, ['approve', 'reject', id, '--by', 'ada']);
    await outcome;
    const critical = await ask('/etc/passwd');
    expect(await preview('{}', critical.id)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('GRANT_NOT_ALLOWED'),
    });
    await run(home, ['approve', 'reject', critical.id, '--by', 'ada']);
    await critical.outcome;
  });
});

describe('a grant made at the command line', () => {
  test('answers similar calls, is listed with its uses, and answers none once it is revoked', async () => {
    const { id, outcome } = await ask('work/a.txt');
    const approved = await run(home, ['approve', 'approve', id, '--by', 'ada', '--scope', '-'], {
      input: under('work'),
    });
    expect(approved.code).toBe(0);
    await outcome;
    const { delete_file } = cs.withAudit({ delete_file: async (args: { path: string }) => ({ gone: args.path }) });
    expect(await runInSession('s-1', () => delete_file({ path: 'work/b.txt' }))).toEqual({ gone: 'work/b.txt' });
    const [grant] = await cs.approvals.grants();
    const grantId = grant?.id ?? '';
    const list = await run(home, ['grants']);
    expect(list.stdout).toContain(grantId);
    expect(list.stdout).toMatch(/1 of 20 +live, /);
    const shown = (await run(home, ['grants', 'show', grantId])).stdout;
    expect(shown).toContain('Arguments  /path under "work"');
    expect(shown).toContain('by person ada');
    const revoked = await run(home, ['grants', 'revoke', grantId, '--by', 'bob', '--reason', 'enough']);
    expect(revoked).toMatchObject({ code: 0, stdout: `Revoked: ${grantId}. It answers no call any more.\n` });
    expect((await run(home, ['grants'])).stderr).toBe('No approval is remembered.\n');
    const all = JSON.parse((await run(home, ['grants', 'list', '--all', '--json'])).stdout);
    expect(all.grants).toMatchObject([{ id: grantId, used: 1, state: 'revoked', session: 's-1' }]);
    const again = await run(home, ['grants', 'revoke', grantId]);
    expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('GRANT_REVOKED') });
    const asks = await ask('work/c.txt');
    await run(home, ['approve', 'reject', asks.id, '--by', 'ada']);
    await asks.outcome;
    expect((await run(home, ['verify'])).code).toBe(0);
  });

  test('is that of "approve similar" where no scope is given', async () => {
    const { id, outcome } = await ask('work/a.txt');
    await run(home, ['approve', 'approve', id, '--by', 'ada', '--similar']);
    await outcome;
    expect(await cs.approvals.grants()).toMatchObject([
      {
        session: 's-1',
        arguments: [
          { pointer: '/path', kind: 'under', value: 'work' },
          { kind: 'at-most', value: 1 },
        ],
      },
    ]);
  });

  test('is found by its id alone', async () => {
    for (const action of ['show', 'revoke']) {
      const { code, stderr } = await run(home, ['grants', action, 'nobody\u202e']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^GRANT_NOT_FOUND: No grant has the id nobody\\u\{202e\}\.\n/);
    }
  });

  test('is withdrawn when the policy changes', async () => {
    const { id, outcome } = await ask('work/a.txt');
    await run(home, ['approve', 'approve', id, '--by', 'ada', '--similar']);
    await outcome;
    await cs.close();
    cs = await openTestLog(home, { channels: [], policy: { version: 1, defaults: { moderate: 'require-approval' } } });
    expect(await cs.approvals.grants()).toEqual([]);
    const revoked = await cs.log.entries({ kind: 'grant-revoked' });
    expect(revoked).toMatchObject([{ entry: { by: { kind: 'system', id: 'countersign' } } }]);
    expect(await cs.approvals.grantRecords()).toMatchObject([{ revoked: true }]);
  });
});
