/** Who may decide: `countersign approvers`, and what becomes of the decisions of everybody else. */

import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Lets a call wait for approval. */
async function ask(command = 'rm -rf data', session = 'day-1') {
  const shell = cs.withAudit({ run_shell: async (args: { command: string }) => ({ ran: args.command }) });
  const asked = new Promise<string>((resolve) => {
    cs.approvals.on('requested', ({ id }) => resolve(id));
  });
  const outcome = runInSession(session, () => shell.run_shell({ command }));
  return { id: await asked, outcome };
}

const add = (name: string, ...bounds: readonly string[]) =>
  run(home, ['approvers', 'add', name, '--by', 'grace', ...bounds]);

const decide = async (id: string, approver: string) =>
  cs.approvals.decide(id, { decision: 'approved', approver }).then(
    () => 'decided',
    (error: Error & { code?: string }) => error.code,
  );

describe('approvers', () => {
  test('are listed with their bounds, in words and as JSON', async () => {
    expect((await run(home, ['approvers'])).stderr).toContain('everybody but the requester may decide');
    await add('ada', '--role', 'lead', '--max-risk', 'destructive', '--tool', 'run_*', '--tool', 'get_?');
    await add('bob', '--session', 'day-*', '--until', '2031-01-01T00:00:00Z', '--reason', 'holidays');
    await run(home, ['approvers', 'revoke', 'bob', '--reason', 'back again']);
    expect((await run(home, ['approvers', 'list'])).stdout).toBe(
      'person ada (lead): up to destructive; tools run_*, get_?\n' +
        'person bob: revoked; sessions day-*; until 2031-01-01T00:00:00.000000Z\n',
    );
    const { approvers } = JSON.parse((await run(home, ['approvers', '--json'])).stdout);
    expect(approvers[1]).toEqual({
      approver: { kind: 'person', id: 'bob' },
      sessions: ['day-*'],
      expiresAt: '2031-01-01T00:00:00.000000Z',
      revoked: true,
    });
    const added = await cs.log.entries({ kind: 'approver-added' });
    expect(added.map(({ entry }) => entry)).toMatchObject([{ by: { id: 'grace' } }, { by: { id: 'grace' } }]);
  });

  test('cannot be added with bounds that mean nothing', async () => {
    for (const bounds of [
      ['--max-risk', 'huge'],
      ['--until', 'soon'],
      ['--tool', ''],
    ]) {
      const { code, stderr } = await add('ada', ...bounds);
      expect(code, bounds.join(' ')).toBe(2);
      expect(stderr).toMatch(/^ARGUMENT_INVALID: /);
    }
  });
});

describe('where approvers are on record', () => {
  test.each([
    ['nobody else decides', 'eve', []],
    ['nobody decides about more risk than is theirs', 'ada', ['--max-risk', 'moderate']],
    ['nobody decides about tools that are not theirs', 'ada', ['--tool', 'read_*']],
    ['nobody decides in sessions that are not theirs', 'ada', ['--session', 'night-*']],
    ['nobody decides after their time', 'ada', ['--until', '2020-01-01T00:00:00Z']],
  ])('%s', async (_, approver, bounds) => {
    await add('ada', ...bounds);
    const { id, outcome } = await ask();
    expect(await decide(id, approver)).toBe('APPROVER_NOT_ENTITLED');
    const { code, stderr } = await run(home, ['approve', 'approve', id, '--by', approver]);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^APPROVER_NOT_ENTITLED: /);
    // The request waits on for somebody who may.
    await add(
      'bob',
      '--max-risk',
      'destructive',
      '--tool',
      'run_*',
      '--session',
      'day-?',
      '--until',
      '2031-01-01T00:00:00Z',
    );
    expect(await decide(id, 'bob')).toBe('decided');
    expect(await outcome).toEqual({ ran: 'rm -rf data' });
    const { findings } = await cs.log.verify();
    expect(findings.filter((finding) => finding.code.startsWith('APPROVER'))).toEqual([]);
  });

  test('a revocation counts for every process from the moment when it is on record', async () => {
    await add('ada');
    await add('bob');
    const first = await ask();
    expect(await decide(first.id, 'ada')).toBe('decided');
    await first.outcome;
    const second = await ask();
    // Through another connection, as another process would.
    await run(home, ['approvers', 'revoke', 'ada']);
    expect(await decide(second.id, 'ada')).toBe('APPROVER_NOT_ENTITLED');
    await add('ada');
    expect(await decide(second.id, 'ada')).toBe('decided');
    await second.outcome;
  });

  test('the requester still cannot decide, on record or not', async () => {
    await add('tester');
    const { id, outcome } = await ask();
    expect(await decide(id, 'tester')).toBe('SELF_APPROVAL');
    await add('ada');
    await cs.approvals.decide(id, { decision: 'rejected', approver: 'ada' });
    await outcome;
  });

  test('decisions that come while approvers are revoked and added again never slip through', async () => {
    await add('ada');
    const revoke = () => cs.log.append({ kind: 'approver-revoked', approver: { kind: 'person', id: 'ada' } });
    for (let round = 0; round < 20; round += 1) {
      const { id, outcome } = await ask(`rm -rf data${round}`);
      const [, decided] = await Promise.all([revoke(), decide(id, 'ada')]);
      if (decided !== 'decided') {
        await cs.log.append({ kind: 'approver-added', approver: { kind: 'person', id: 'ada' } });
        expect(await decide(id, 'ada')).toBe('decided');
      } else await cs.log.append({ kind: 'approver-added', approver: { kind: 'person', id: 'ada' } });
      await outcome;
    }
    const { findings } = await cs.log.verify();
    expect(findings.filter((finding) => finding.code.startsWith('APPROVER'))).toEqual([]);
  });
});

describe('an approver with a key', () => {
  const keyFile = () => join(home.path, 'ada.key');
  const sign = (id: string, action = 'approve', more: readonly string[] = []) =>
    run(home, ['approve', action, id, '--by', 'ada', '--sign-key', keyFile(), ...more]);

  beforeEach(async () => {
    expect((await add('ada', '--sign-key', keyFile())).code).toBe(0);
  });

  test('decides by signing, and verify checks the signature with the key on record', async () => {
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect((await run(home, ['approvers'])).stdout).toMatch(/^person ada: signs with approver-[0-9a-f]{16}\+/);
    const { id, outcome } = await ask();
    expect((await sign(id)).stdout).toContain('(ed25519-attested)');
    expect(await outcome).toEqual({ ran: 'rm -rf data' });
    expect((await cs.approvals.find(id))?.decision).toMatchObject({ attestation: 'ed25519', approver: { id: 'ada' } });
    const rejected = await ask();
    expect((await sign(rejected.id, 'reject')).code).toBe(0);
    await rejected.outcome;
    const report = await cs.log.verify();
    expect(report.authority).toBe('ok');
    expect(report.findings.filter(({ code }) => code.startsWith('APPROVER'))).toEqual([]);
  });

  test('signs edited arguments, which run', async () => {
    const { id, outcome } = await ask();
    const file = join(home.path, 'args.json');
    writeFileSync(file, JSON.stringify({ command: 'rm -rf data/old' }));
    expect((await sign(id, 'edit', ['--args', file])).code).toBe(0);
    expect(await outcome).toEqual({ ran: 'rm -rf data/old' });
    expect((await cs.log.verify()).authority).toBe('ok');
  });

  test('decides nothing without a signature, with another key, or with one that was made for another decision or request', async () => {
    const { id, outcome } = await ask();
    const other = await ask('rm -rf other');
    expect(await decide(id, 'ada')).toBe('SIGNATURE_REQUIRED');
    const stranger = join(home.path, 'eve.key');
    await add('eve', '--sign-key', stranger);
    const forged = await run(home, ['approve', 'approve', id, '--by', 'ada', '--sign-key', stranger]);
    expect(forged).toMatchObject({ code: 5, stderr: expect.stringMatching(/^SIGNATURE_INVALID: /) });
    await sign(other.id, 'reject');
    await other.outcome;
    const signature = (await cs.approvals.find(other.id))?.decision?.signature;
    if (signature === undefined) throw new Error('the decision is not signed');
    for (const decision of ['approved', 'rejected'] as const) {
      const replayed = cs.approvals.decide(id, { decision, approver: 'ada', signature });
      await expect(replayed).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
    const refused = (await cs.log.entries({ kind: 'authorization' })).map(({ entry }) => entry);
    expect(refused).toHaveLength(4);
    expect((await cs.approvals.pending()).map((request) => request.id)).toEqual([id]);
    await sign(id, 'reject');
    await outcome;
  });

  test('is not believed without a key on record, and a signed decision is not remembered', async () => {
    const { id, outcome } = await ask();
    await add('bob');
    const signature = { signedAtUs: 1, value: `${'A'.repeat(86)}==` };
    const unknown = cs.approvals.decide(id, { decision: 'approved', approver: 'bob', signature });
    await expect(unknown).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    const remembered = cs.approvals.decide(id, { decision: 'approved', approver: 'ada', signature, remember: {} });
    await expect(remembered).rejects.toMatchObject({ code: 'GRANT_NOT_ALLOWED' });
    await cs.approvals.decide(id, { decision: 'rejected', approver: 'bob' });
    await outcome;
  });

  test('hears of a key file that is missing, or open to others', async () => {
    const { id, outcome } = await ask();
    chmodSync(keyFile(), 0o644);
    expect((await sign(id)).stderr).toMatch(/^KEY_EXPOSED: /);
    rmSync(keyFile());
    expect((await sign(id)).stderr).toMatch(/^KEY_MISSING: /);
    await add('ada');
    await cs.approvals.decide(id, { decision: 'rejected', approver: 'ada' });
    await outcome;
  });
});
