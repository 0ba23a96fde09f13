/** A policy that changes while a deployment is open: what is recorded, what waits, what stays in force. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Channel, createScriptedChannel } from '@countersign/approval';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Countersign, type CountersignOptions, openCountersign } from '../src/open-countersign.js';
import { createTestHome, type TestHome } from './cli-support.js';

const ADA = { kind: 'person', id: 'ada' } as const;
const ASK = 'version: 1\ndefaults: { moderate: require-approval }\n';
const ALLOW = 'version: 1\ndefaults: { moderate: allow }\n';
const DENY = 'version: 1\ndefaults: { moderate: deny }\n';
const BROKEN = 'version: 1\nrulez: []\n';

let home: TestHome;
let path: string;
let lines: string[];
let open: Countersign[];
beforeEach(() => {
  home = createTestHome();
  path = join(home.path, 'policy.yaml');
  lines = [];
  open = [];
});
afterEach(async () => {
  for (const cs of open) await cs.close();
  home.remove();
});

async function start(text: string, options: CountersignOptions = {}): Promise<Countersign> {
  writeFileSync(path, text);
  const cs = await openCountersign({ policy: path, watchPolicy: false, warn: (line) => lines.push(line), ...options });
  open.push(cs);
  return cs;
}

/** As editors do it: another file takes the place. */
function replace(text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** A tool of unknown effect is moderate. */
const toolOf = (cs: Countersign) => cs.withAudit({ frob: async () => 'ran' }).frob;

async function kindsOf(cs: Countersign): Promise<readonly string[]> {
  return (await cs.log.entries()).map(({ entry }) => entry.kind);
}

async function expectSound(cs: Countersign): Promise<void> {
  const report = await cs.log.verify({ key: cs.log.identityKey });
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(report.findings.map(({ code }) => code)).not.toContain('POLICY_SUPERSEDED');
  expect(report).toMatchObject({ integrity: 'ok', authority: expect.stringMatching(/^(?:ok|no-evidence)$/) });
}

describe('reloading', () => {
  test('puts the new policy on record and in force', async () => {
    const cs = await start(DENY);
    const before = cs.policyStatus();
    await expect(toolOf(cs)()).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    replace(ALLOW);
    expect(await cs.reloadPolicy()).toMatchObject({ changed: true });
    expect(await toolOf(cs)()).toBe('ran');
    expect(cs.policyStatus()).toMatchObject({ files: [path] });
    expect(cs.policyStatus().digest).not.toBe(before.digest);
    expect(cs.policy.tiers?.user?.defaults).toEqual({ moderate: 'allow' });
    expect(await kindsOf(cs)).toEqual([
      'log-opened',
      'policy-changed',
      'tool-refused',
      'policy-changed',
      'tool-call',
      'tool-result',
    ]);
    await expectSound(cs);
  });

  test('of a policy that says the same is no entry', async () => {
    const cs = await start(DENY);
    replace(`# Another comment.\n${DENY}`);
    expect(await cs.reloadPolicy()).toMatchObject({ changed: false });
    expect((await kindsOf(cs)).filter((kind) => kind === 'policy-changed')).toHaveLength(1);
  });

  test('of a file that cannot be used keeps the last good policy, and says so once', async () => {
    const cs = await start(ALLOW);
    const { digest } = cs.policyStatus();
    replace(BROKEN);
    for (let i = 0; i < 2; i += 1)
      await expect(cs.reloadPolicy()).rejects.toThrow(`${path}:2:1 rulez: there is no such member`);
    rmSync(path);
    await expect(cs.reloadPolicy()).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
    expect(await toolOf(cs)()).toBe('ran');
    expect(cs.policyStatus()).toMatchObject({
      digest,
      failure: { message: expect.stringContaining('CONFIG_UNREADABLE') },
    });
    expect(lines).toHaveLength(2);
    const events = (await cs.log.entries({ kind: 'system-event' })).map(({ entry }) =>
      'name' in entry ? entry.name : undefined,
    );
    expect(events).toEqual(['policy-reload-failed', 'policy-reload-failed']);
    replace(ALLOW);
    await cs.reloadPolicy();
    expect(cs.policyStatus()).not.toHaveProperty('failure');
    await expectSound(cs);
  });

  test('happens by itself when a file is replaced, or written in its place', async () => {
    const cs = await start(DENY, { watchPolicy: true });
    replace(ALLOW);
    await until(async () => cs.policy.tiers?.user?.defaults?.moderate === 'allow');
    writeFileSync(path, BROKEN);
    await until(async () => cs.policyStatus().failure !== undefined);
    writeFileSync(path, ASK);
    await until(async () => cs.policy.tiers?.user?.defaults?.moderate === 'require-approval');
    expect(cs.policyStatus()).not.toHaveProperty('failure');
  });

  test('while calls run leaves each call under the policy that the log says', async () => {
    const cs = await start(ALLOW);
    const tool = toolOf(cs);
    const calls = Array.from({ length: 40 }, async (_, at) => {
      if (at % 10 === 5) {
        replace(at % 20 === 5 ? DENY : ALLOW);
        await cs.reloadPolicy();
      }
      return tool().catch((error: unknown) => error);
    });
    await Promise.all(calls);
    await expectSound(cs);
  });

  test('a policy that is wrong from the start makes no log', async () => {
    await expect(start(BROKEN)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(openCountersign({ policy: path, create: false })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('a call that waits while the policy changes', () => {
  /** Approves every request, after changing the policy during the first. */
  function changing(text: string, cs: () => Countersign): { readonly channel: Channel; readonly asked: string[] } {
    const asked: string[] = [];
    const channel = createScriptedChannel(async (request) => {
      asked.push(request.rule);
      if (asked.length === 1) {
        replace(text);
        await cs().reloadPolicy();
      }
      return { decision: 'approved', approver: ADA };
    });
    return { channel, asked };
  }

  test('is asked about again', async () => {
    const { channel, asked } = changing(`${ASK}timeoutMs: 5000\n`, () => cs);
    const cs = await start(ASK, { channels: [channel] });
    expect(await toolOf(cs)()).toBe('ran');
    expect(asked).toEqual(['default:user:moderate', 'default:user:moderate']);
    expect(await kindsOf(cs)).toEqual([
      ...[
        'log-opened',
        'policy-changed',
        'approval-requested',
        'policy-changed',
        'approval-decided',
        'approval-expired',
      ],
      ...['approval-requested', 'approval-decided', 'tool-call', 'tool-result'],
    ]);
    await expectSound(cs);
  });

  test('is refused where the new policy denies it, and runs where it allows it', async () => {
    for (const [text, expected] of [
      [DENY, 'POLICY_DENIED'],
      [ALLOW, 'ran'],
    ] as const) {
      const { channel, asked } = changing(text, () => cs);
      const cs = await start(ASK, { channels: [channel], path: join(home.path, `${expected}.db`) });
      expect(await toolOf(cs)().catch((error: { code: string }) => error.code)).toBe(expected);
      expect(asked).toHaveLength(1);
      await expectSound(cs);
    }
  });

  test('runs with its edited arguments once those are approved again', async () => {
    const seen: unknown[] = [];
    let asked = 0;
    const channel = createScriptedChannel(async () => {
      asked += 1;
      if (asked > 1) return { decision: 'approved', approver: ADA };
      replace(`${ASK}timeoutMs: 5000\n`);
      await pause(1);
      await cs.reloadPolicy();
      return { decision: 'approved', approver: ADA, editedArgs: { n: 2 } };
    });
    const cs = await start(ASK, { channels: [channel] });
    const tool = cs.withAudit({ frob: async (args: { n: number }) => void seen.push(args) });
    await tool.frob({ n: 1 });
    expect(seen).toEqual([{ n: 2 }]);
    await expectSound(cs);
  });
});

describe('on record', () => {
  test('a verdict that rests on arguments is verified by the mark of its rule', async () => {
    const cs = await start(
      'version: 1\nrules: [{ id: big, match: { tool: frob, if: args.n > 5 }, verdict: deny, reason: Too big. }]\n',
    );
    const tool = cs.withAudit({ frob: async (args: { n: number }) => args.n });
    await expect(tool.frob({ n: 9 })).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    expect(await tool.frob({ n: 1 })).toBe(1);
    const [refused] = await cs.log.entries({ kind: 'tool-refused' });
    expect(refused?.entry).toMatchObject({
      rule: 'big',
      classification: { signals: expect.arrayContaining(['rule.big']) },
    });
    await expectSound(cs);
  });

  test('a rule in shadow says what it would have decided, and changes nothing', async () => {
    const cs = await start(
      'version: 1\nshadow: true\ndefaults: { moderate: require-approval }\nrules: [{ id: no, match: { tool: frob }, verdict: deny, level: critical, reason: x }]\n',
    );
    expect(await toolOf(cs)()).toBe('ran');
    const { calls } = await cs.log.query({});
    expect(calls[0]).toMatchObject({ risk: 'moderate', decision: 'not_required' });
    const [call] = await cs.log.entries({ kind: 'tool-call' });
    expect(call?.entry).toMatchObject({ classification: { signals: expect.arrayContaining(['shadow.no']) } });
    expect(calls[0]?.reasons.find(({ id }) => id === 'shadow.no')?.text).toMatch(
      /would make this call critical.*It would answer deny/,
    );
    await expectSound(cs);
  });

  test('the agent cannot reach the policy file', async () => {
    const cs = await start(
      'version: 1\nrules: [{ id: all, match: { tool: "*" }, verdict: allow, reason: x, level: safe, override: true }]\n',
    );
    const tools = cs.withAudit({
      run_shell: async (_: { command: string }) => 'ran',
      write_file: async (_: { path: string; content: string }) => 'ran',
    });
    const commands = [
      `echo 'version: 1' > ${path}`,
      `rm ${path}`,
      `sed -i s/deny/allow/ ${path}`,
      'countersign approve 1',
      `rm -rf ${join(home.path, '.countersign')}`,
    ];
    for (const command of commands)
      await expect(tools.run_shell({ command }), command).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    await expect(tools.write_file({ path, content: ALLOW })).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    expect(await tools.run_shell({ command: 'rm -rf src' })).toBe('ran');
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i += 1) {
    if (await holds()) return;
    await pause(25);
  }
  throw new Error('It did not happen within ten seconds.');
}
