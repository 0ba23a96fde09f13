/** The command by which a person decides: `countersign approve`, over a log that another connection has open. */

import { randomBytes } from 'node:crypto';
import { runInSession } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign } from '../src/open-countersign.js';
import { createTestHome, HOSTILE, openTestLog, run, type TestHome } from './cli-support.js';

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

/** Lets a command wait for approval; answers its request and what becomes of the call. */
async function ask(command: string) {
  const shell = cs.withAudit({ run_shell: async (args: { command: string }) => ({ ran: args.command }) });
  const asked = new Promise<{ id: string; risk: string; tool: string }>((resolve) => {
    cs.approvals.on('requested', resolve);
  });
  const outcome = runInSession('s-1', () => shell.run_shell({ command }));
  return { ...(await asked), outcome };
}

const DELETE = 'rm -rf data';
const CRITICAL = 'rm -rf /';

describe('approve list and show', () => {
  test('say that nothing waits', async () => {
    expect(await run(home, ['approve'])).toEqual({ code: 0, stdout: '', stderr: 'Nothing waits for approval.\n' });
    expect((await run(home, ['approve', 'list', '--json'])).stdout).toBe('{\n  "requests": []\n}\n');
  });

  test('show what waits: secrets as markers, what cannot be seen written out, JSON for programs', async () => {
    const secret = `ghp_${randomBytes(18).toString('hex')}`;
    const { id, outcome } = await ask(`rm -rf data # ${secret} ${HOSTILE}`);
    const list = await run(home, ['approve', 'list']);
    const show = await run(home, ['approve', 'show', id]);
    const json = await run(home, ['approve', 'list', '--jsonl']);
    for (const { code, stdout } of [list, show, json]) {
      expect(code).toBe(0);
      expect(stdout).toContain(id);
      expect(stdout).not.toContain(secret);
      expect(['\u001b', '\u009b', '\u202e', '\u200b'].filter((hidden) => stdout.includes(hidden))).toEqual([]);
    }
    expect(show.stdout).toContain('[redacted:');
    expect(show.stdout).toContain('State      pending');
    const parsed = JSON.parse(json.stdout);
    expect(parsed).toMatchObject({ id, tool: 'run_shell', session: 's-1', redacted: true });
    const waitMs = Date.parse(parsed.expiresAt) - Date.parse(parsed.requestedAt);
    expect(Math.abs(waitMs - 600_000)).toBeLessThan(1_000);
    expect((await run(home, ['approve', 'list', '--session', 'other', '--json'])).stdout).toContain('"requests": []');
    await run(home, ['approve', 'reject', id, '--by', 'ada']);
    await outcome;
  });

  test('say which id no request has, with 2', async () => {
    for (const action of ['show', 'approve', 'reject']) {
      const { code, stdout, stderr } = await run(home, ['approve', action, 'nobody\u202e']);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^REQUEST_NOT_FOUND: No request has the id nobody\\u\{202e\}\.\n/);
    }
  });
});

describe('approve approve and reject', () => {
  test('let a call of another connection run, with who and why on record', async () => {
    const { id, outcome } = await ask(DELETE);
    const { code, stdout } = await run(home, [
      'approve',
      'approve',
      id,
      '--by',
      'ada',
      '--reason',
      'checked',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).decision).toMatchObject({
      requestId: id,
      decision: 'approved',
      approver: { kind: 'person', id: 'ada' },
      attestation: 'server',
      channel: 'command-line',
      reason: 'checked',
    });
    expect(await outcome).toEqual({ ran: DELETE });
    const { calls } = await cs.log.query();
    expect(calls).toMatchObject([{ decision: 'approved', decisionBy: 'ada', outcome: 'ok' }]);
    expect((await run(home, ['approve', 'show', id])).stdout).toMatch(
      /State {6}used, approved by person ada at .*Z through command-line \(server-attested\): checked\n$/,
    );
    expect((await run(home, ['verify'])).code).toBe(0);
  });

  test('refuse a call, and tell the agent', async () => {
    const { id, outcome } = await ask(DELETE);
    await run(home, ['approve', 'reject', id, '--by', 'ada', '--message', 'ask for the folder first']);
    expect(await outcome).toMatchObject({ refused: true, code: 'APPROVAL_REJECTED' });
    expect(JSON.stringify(await outcome)).toContain('ask for the folder first');
  });

  test("answer in the tool's place, and show it", async () => {
    const { id, outcome } = await ask(DELETE);
    const input = JSON.stringify({ ran: 'nothing', why: 'the folder is empty already' });
    const said = await run(home, ['approve', 'respond', id, '--by', 'ada', '--with', '-', '--reason', 'empty'], {
      input,
    });
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining("answered in the tool's place") });
    expect(await outcome).toEqual({ ran: 'nothing', why: 'the folder is empty already' });
    const { calls } = await cs.log.query();
    expect(calls).toMatchObject([{ decision: 'rejected', outcome: 'refused', result: { ran: 'nothing' } }]);
    const shown = (await run(home, ['show', calls[0]?.callId ?? ''])).stdout;
    expect(shown).toMatch(/rejected by person ada through command-line .*answered in the tool's place/);
    expect(shown).toContain('the folder is empty already');
    expect((await run(home, ['verify'])).code).toBe(0);
    const broken = await run(home, ['approve', 'respond', id, '--with', '-'], { input: '{' });
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('ARGUMENT_INVALID: --with') });
  });

  test('tell whoever comes second who decided what and when, with 5', async () => {
    const { id, outcome } = await ask(DELETE);
    await run(home, ['approve', 'reject', id, '--by', 'ada']);
    const { code, stdout, stderr } = await run(home, ['approve', 'approve', id, '--by', 'bob']);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^ALREADY_DECIDED: request ${id} is no longer pending: it is rejected by person ada at \\d{4}-.*Z\n`),
    );
    await outcome;
  });

  test('refuse the requester as approver, with 5, and the request goes on waiting', async () => {
    const { id, outcome } = await ask(DELETE);
    const { code, stderr } = await run(home, ['approve', 'approve', id, '--by', 'tester']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^SELF_APPROVAL: /);
    expect((await run(home, ['approve', 'reject', id, '--by', 'ada'])).code).toBe(0);
    await outcome;
  });

  test('take a critical call only with the name of its tool, typed out', async () => {
    const { id, risk, outcome } = await ask(CRITICAL);
    expect(risk).toBe('critical');
    const approve = ['approve', 'approve', id, '--by', 'ada'];
    const unasked = await run(home, approve);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toMatch(/^CONFIRMATION_NEEDED: /);
    const wrong = await run(home, [...approve, '--confirm', 'shell']);
    expect(wrong.code).toBe(5);
    expect(wrong.stderr).toMatch(/^NOT_CONFIRMED: /);
    const asked = await run(home, approve, { tty: true, input: 'y\n' });
    expect(asked.code).toBe(5);
    expect(asked.stderr).toContain('Type the name of the tool to approve it');
    expect(asked.stderr).toContain(CRITICAL);
    expect((await cs.approvals.pending()).map((request) => request.id)).toEqual([id]);
    expect((await run(home, approve, { tty: true, input: 'run_shell\n' })).code).toBe(0);
    expect(await outcome).toEqual({ ran: CRITICAL });
  });
});

describe('approve edit', () => {
  const edit = (id: string, args: unknown, more: readonly string[] = []) =>
    run(home, ['approve', 'edit', id, '--by', 'ada', '--args', '-', ...more], { input: JSON.stringify(args) });

  test('lets a call of another process run with other arguments, under a digest that request, decision and call agree on', async () => {
    const { id, outcome } = await ask(DELETE);
    expect((await edit(id, { command: 'rm -rf data/old' })).code).toBe(0);
    expect(await outcome).toEqual({ ran: 'rm -rf data/old' });
    const record = await cs.approvals.find(id);
    expect(record).toMatchObject({ state: 'used', decision: { editedArgs: { command: 'rm -rf data/old' } } });
    const { calls } = await cs.log.query();
    expect(calls).toMatchObject([{ args: { command: 'rm -rf data/old' }, decisionBy: 'ada', outcome: 'ok' }]);
    expect(await cs.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
  });

  test('runs nothing that is riskier than what was asked for', async () => {
    const { id, outcome } = await ask(DELETE);
    expect((await edit(id, { command: 'rm -rf /' })).code).toBe(0);
    expect(await outcome).toMatchObject({ refused: true, code: 'APPROVAL_MISMATCH' });
    const { calls } = await cs.log.query();
    expect(calls).toMatchObject([{ outcome: 'refused', decisionBy: 'gate:APPROVAL_MISMATCH' }]);
  });

  test('is refused, and the request waits on, where secrets are hidden, would be, or the text is no JSON', async () => {
    const secret = `ghp_${randomBytes(18).toString('hex')}`;
    const hidden = await ask(`rm -rf data # ${secret}`);
    expect(await edit(hidden.id, { command: 'rm -rf other' })).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^EDIT_NOT_POSSIBLE_HERE: /),
    });
    const plain = await ask(DELETE);
    const typed = await edit(plain.id, { command: `rm -rf data # ${secret}` });
    expect(typed).toMatchObject({ code: 2, stderr: expect.stringMatching(/^DECISION_INVALID: .* hold a secret/) });
    const broken = await run(home, ['approve', 'edit', plain.id, '--args', '-'], { input: '{' });
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringMatching(/^ARGUMENT_INVALID: --args: /) });
    expect(await cs.approvals.pending()).toHaveLength(2);
    for (const { id, outcome } of [hidden, plain]) {
      await run(home, ['approve', 'reject', id, '--by', 'ada']);
      await outcome;
    }
    expect(JSON.stringify(await cs.log.entries())).not.toContain(secret);
  });
});

describe('approve watch', () => {
  test('prints what comes and how it ends, one object per line, until Ctrl-C', async () => {
    const stop = new AbortController();
    const watching = run(home, ['approve', 'watch', '--jsonl'], { signal: stop.signal });
    const { id, outcome } = await ask(DELETE);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await run(home, ['approve', 'reject', id, '--by', 'ada']);
    await outcome;
    await new Promise((resolve) => setTimeout(resolve, 400));
    stop.abort();
    const { code, stdout } = await watching;
    expect(code).toBe(130);
    const lines: { event: string; state: string; request: { id: string } }[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event, state, request }) => [event, state, request.id])).toEqual([
      ['requested', 'pending', id],
      ['ended', 'rejected', id],
    ]);
  });

  test('asks at a terminal, and decides nothing when the person leaves', async () => {
    const { id, outcome } = await ask(DELETE);
    const { PassThrough } = await import('node:stream');
    const typed = Object.assign(new PassThrough(), { isTTY: true });
    const watching = run(home, ['approve', 'watch', '--by', 'ada'], { tty: true, stdin: typed });
    await new Promise((resolve) => setTimeout(resolve, 600));
    typed.write('a\n');
    expect(await outcome).toEqual({ ran: DELETE });
    const second = await ask(DELETE);
    await new Promise((resolve) => setTimeout(resolve, 800));
    typed.end();
    const { code, stderr } = await watching;
    expect(code).toBe(0);
    expect(stderr).toContain('Approved.');
    expect(stderr).toContain(second.id);
    expect((await cs.approvals.pending()).map((request) => request.id)).toEqual([second.id]);
    expect((await cs.approvals.find(id))?.decision).toMatchObject({ channel: 'command-line', approver: { id: 'ada' } });
    await cs.approvals.decide(second.id, { decision: 'rejected', approver: 'ada' });
    await second.outcome;
  });
});

describe('a request that no channel shows', () => {
  test('says on standard error how to answer it from a terminal', async () => {
    const lines: string[] = [];
    await cs.close();
    cs = await openTestLog(home, { channels: [], path: `${home.path}/it's.db`, warn: (line) => void lines.push(line) });
    const { id, outcome } = await ask(DELETE);
    await expect.poll(() => lines.find((line) => line.includes(id))).toBeDefined();
    expect(lines.join('\n')).toContain(`countersign approve show ${id} --db '${home.path}/it'\\''s.db'`);
    await cs.approvals.decide(id, { decision: 'rejected', approver: 'ada' });
    await outcome;
  });
});
