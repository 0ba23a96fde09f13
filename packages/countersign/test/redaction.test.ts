/** Secrets at every place where they could get into the store, a message or an export, and the bytes searched for them. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createScriptedChannel } from '@countersign/approval';
import { createAuditLogger, createFileAnchor } from '@countersign/audit';
import { runInSession } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign } from '../src/open-countersign.js';
import { createTestHome, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
const warnings: string[] = [];
const canaries = new Map<string, string>();

beforeEach(() => {
  home = createTestHome();
  warnings.length = 0;
  canaries.clear();
});
afterEach(() => home.remove());

/** A token of its own for each place, put together here. */
function canary(place: string): string {
  const n = String(canaries.size).padStart(4, '0');
  const secret = `gh${'p_'}CanaryAa${n}Bb12Cc34Dd56Ee78Ff90Gg12${n}`;
  canaries.set(place, secret);
  return secret;
}

/** A wrapped secret in the forms in which it could stand in a file. */
function formsOf(secret: string): readonly Buffer[] {
  const text = Buffer.from(secret);
  return [
    text,
    Buffer.from(secret, 'utf16le'),
    // The middle of its base64 is the same wherever it begins in a longer text, at one of three offsets.
    ...[0, 1, 2].map((offset) => Buffer.from(text.subarray(offset).toString('base64').slice(0, 32))),
    Buffer.from(text.toString('hex')),
  ];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function expectNowhere(texts: readonly string[] = []): void {
  const files = filesBelow(home.path).map((path) => ({ name: path, bytes: readFileSync(path) }));
  const found = [...files, ...texts.map((text, i) => ({ name: `text ${i}`, bytes: Buffer.from(text) }))].flatMap(
    ({ name, bytes }) =>
      [...canaries]
        .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form)))
        .map(([place]) => [name, place]),
  );
  expect(found).toEqual([]);
  expect(canaries.size).toBeGreaterThan(0);
}

async function openWithCanaries(): Promise<Countersign> {
  const approver = { kind: 'person', id: 'ada' } as const;
  return openTestLog(home, {
    redact: { paths: ['**.ssn', { path: '/card/holder', tool: 'pay', in: 'args' }] },
    channels: [
      createScriptedChannel(({ args }) =>
        JSON.stringify(args).includes('reject')
          ? {
              decision: 'rejected',
              approver,
              reason: `no: ${canary('rejection')}`,
              messageForModel: `use ${canary('message')}`,
              respondWith: { output: canary('answer') },
            }
          : { decision: 'approved', approver, reason: `yes: ${canary('approval')}` },
      ),
    ],
    warn: (line) => warnings.push(line),
  });
}

describe('A secret', () => {
  test('in a configuration that is put on record is taken out, and a name of an anchor that holds one is refused', async () => {
    const cs = await openWithCanaries();
    await cs.log.recordConfig({
      config: { hook: `https://ada:${canary('config')}@example.com/a`, password: canary('named') },
    });
    const [recorded] = await cs.log.entries({ kind: 'config-changed' });
    expect(JSON.stringify(recorded?.payloads.get('config'))).toContain('[redacted:');
    expect((await cs.log.verify()).integrity).toBe('ok');
    await cs.close();
    const anchor = createFileAnchor({ path: join(home.path, 'anchor.txt'), name: `file ${canary('anchor')}` });
    await expect(openTestLog(home, { anchors: [anchor] })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    expectNowhere();
  });

  test('in the arguments, the result, an error or what is around a call is nowhere in the store', async () => {
    const cs = await openWithCanaries();
    const tools = cs.withAudit({
      run_shell: async ({ command }: { command: string }) => ({
        output: `ran ${command}`,
        env: { A: canary('result') },
      }),
      fail: async (_args: unknown): Promise<string> => {
        const inner = new AggregateError(
          [new Error(`part ${canary('aggregate')}`)],
          `all ${canary('aggregate message')}`,
        );
        const error = new Error(`failed with ${canary('error')}`, { cause: inner });
        throw Object.assign(error, { code: canary('error code') });
      },
      hold: async (args: unknown) => args,
    });
    await runInSession(`session ${canary('session')}`, async () => {
      await tools.run_shell({ command: `rm -rf data --token ${canary('approved call')}` });
      await tools.run_shell({ command: `rm -rf reject --token ${canary('rejected call')}` });
      await tools.run_shell({ command: `curl -X DELETE https://ada:${canary('url')}@example.com/a` });
      await tools.fail({}).catch(() => undefined);
      await tools.hold({
        [canary('key')]: 1,
        map: new Map<unknown, unknown>([
          ['password', canary('map value')],
          [5, canary('map of mixed keys')],
          [canary('map key'), 1],
        ]),
        set: new Set([canary('set')]),
        bytes: Buffer.from(`x ${canary('bytes')} y`),
        wide: Buffer.from(canary('wide bytes'), 'utf16le'),
        listed: [...Buffer.from(canary('byte list'))],
        encoded: Buffer.from(`token=${canary('encoded')}`).toString('base64'),
        half: `\ud800 ${canary('half a pair')}`,
        [`\ud800${canary('name with half a pair')}`]: 1,
        error: new Error(canary('error in arguments'), { cause: canary('cause in arguments') }),
        url: new URL(`https://example.com/?access_token=${canary('url object')}`).href,
        argv: ['curl', '-u', `ada:${canary('argv')}`, '--data', `{"a":"${canary('argv json')}"}`],
        pattern: new RegExp(canary('pattern')),
        boxed: Object(canary('boxed')),
        deep: JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: canary('deep') }) }) }),
        diff: `-  key: none\n+  key: ${canary('diff')}\n`,
        person: { ssn: canary('path') },
      });
    });
    await cs.gate
      .run(
        {
          callId: `call ${canary('call id')}`,
          tool: { name: `tool_${canary('tool name')}` },
          args: {},
          context: { step: canary('step'), plan: canary('plan'), actor: { kind: 'agent', id: canary('actor') } },
        },
        async () => 1,
      )
      .catch(() => undefined);
    await cs.gate.invalid({ tool: { name: 'x' }, args: { a: canary('invalid input') } });
    await cs.gate.observe(
      { tool: { name: 'y' }, args: { a: canary('observed') } },
      { success: false, result: canary('observed result'), error: new Error(canary('observed error')) },
    );
    await createAuditLogger(cs.log).securityEvent({
      name: `event ${canary('event name')}`,
      session: canary('event session'),
      severity: 'info',
      details: { text: canary('event details') },
    });
    await cs.log.purge({ olderThanDays: 1, reason: canary('purge reason') });
    const report = await cs.log.verify({ key: cs.log.identityKey });
    const pending = JSON.stringify(await cs.approvals.pending());
    // The search itself can find what is there.
    expect(filesBelow(home.path).some((path) => readFileSync(path).includes('rm -rf data'))).toBe(true);
    expectNowhere([JSON.stringify(report), pending, ...warnings]);
    await cs.close();
    expect(report.counts).toMatchObject({ errors: 0 });
    const runs = await Promise.all([
      run(home, ['query', '--json']),
      run(home, ['query']),
      run(home, ['show', '5']),
      run(home, ['verify']),
      run(home, ['export', '--format', 'jsonl']),
      run(home, ['export', '--format', 'csv']),
      run(home, ['doctor']),
    ]);
    expectNowhere(runs.flatMap(({ stdout, stderr }) => [stdout, stderr]));
  });

  test('at a path is hidden for the tools and parts that the path is for, and for no others', async () => {
    const cs = await openTestLog(home, {
      redact: { paths: [{ path: 'card.holder', tool: 'pay*', in: 'args' }, '/items/*/note'] },
    });
    const tools = cs.withAudit({ pay_bill: async (args: unknown) => args, read: async (args: unknown) => args });
    const value = { card: { holder: 'Ada L' }, items: [{ note: 'first' }, { note: 2 }], note: 'stays' };
    await tools.pay_bill(value);
    await tools.read(value);
    const { calls } = await cs.log.query({});
    await cs.close();
    const hidden = expect.stringMatching(/^\[redacted:path:[0-9a-f]{8}\]$/);
    const items = [{ note: hidden }, { note: hidden }];
    expect(calls.map(({ tool, args, result }) => ({ tool, args, result })).reverse()).toEqual([
      {
        tool: 'pay_bill',
        args: { card: { holder: hidden }, items, note: 'stays' },
        result: { card: { holder: 'Ada L' }, items, note: 'stays' },
      },
      { tool: 'read', args: { ...value, items }, result: { ...value, items } },
    ]);
  });

  test.each([
    [{ paths: [''] }, /redact\.paths/],
    [{ paths: ['a..b'] }, /redact\.paths/],
    [{ paths: ['/a~2'] }, /redact\.paths/],
    [{ paths: ['a.**'] }, /redact\.paths/],
    [{ rules: [{ id: 'Not OK', pattern: /x/ }] }, /redact\.rules\[0\]\.id/],
    [{ pahts: ['a'] }, /pahts/],
  ])('is not left to options that are none: %j', async (redact, message) => {
    const options: object = { path: home.database, redact };
    await expect(openTestLog(home, options)).rejects.toThrow(message);
  });
});

describe('countersign hash', () => {
  const secret = 'hunter2 is long enough';

  async function fill(): Promise<void> {
    const cs = await openTestLog(home);
    const tools = cs.withAudit({
      get_weather: async (args: unknown) => args,
      read: async (_args: unknown) => ({ text: JSON.stringify({ password: secret }) }),
    });
    await tools.get_weather({ city: 'Oslo', list: [{ password: secret }] });
    await tools.read({ password: 'another one' });
    await cs.close();
  }

  test('finds each place where a secret stood, by any rule and in any form, and never prints it', async () => {
    await fill();
    const { code, stdout, stderr } = await run(home, ['hash', '--json'], { input: `${secret}\n` });
    expect(code).toBe(0);
    const traces = [
      { kind: 'tool-call', tool: 'get_weather', payload: 'args', member: '/list/0/password', rule: 'password' },
      { kind: 'tool-result', tool: 'get_weather', payload: 'result', member: '/list/0/password' },
      { kind: 'tool-result', tool: 'read', payload: 'result', member: '/text' },
    ];
    expect(JSON.parse(stdout)).toMatchObject({ fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/), traces });
    const table = await run(home, ['hash'], { input: secret });
    expect(table.stdout).toContain('args/list/0/password');
    expect(stdout + stderr + table.stdout + table.stderr).not.toContain('hunter2');
  });

  test('takes it from the command line with a warning, and says when it is not there', async () => {
    await fill();
    const { code, stdout, stderr } = await run(home, ['hash', 'nobody used this']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/history of your shell/);
    expect(stderr).toMatch(/No marker of this secret/);
    expect(stderr).not.toContain('nobody used this');
  });

  test('asks at a terminal without showing what is typed', async () => {
    await fill();
    const { code, stdout, stderr } = await run(home, ['hash'], { tty: true, input: `${secret}\n` });
    expect(code).toBe(0);
    expect(stdout).toContain('get_weather');
    expect(stdout + stderr).not.toContain('hunter2');
  });

  test('refuses nothing as a secret, and a log whose keys are gone', async () => {
    await fill();
    expect(await run(home, ['hash'])).toMatchObject({ code: 2, stderr: expect.stringContaining('ARGUMENT_INVALID') });
    const keyDir = join(home.path, 'elsewhere');
    const gone = await run(home, ['hash', '--key-dir', keyDir], { input: secret });
    expect(gone.stderr).toContain('KEY_MISSING');
  });
});
