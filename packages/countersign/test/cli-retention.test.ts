/** The commands about retention: erase, hold, archives, config, and what doctor and query say of purges. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestHome, fillLog, openTestLog, run, SESSION, type TestHome } from './cli-support.js';

let home: TestHome;
let verifierKey = '';
let callId = '';

beforeEach(async () => {
  home = createTestHome();
  const cs = await openTestLog(home);
  await fillLog(cs);
  verifierKey = cs.log.identityKey;
  const { calls } = await cs.log.query({ tool: 'run_shell', order: 'oldest-first', limit: 1 });
  callId = calls[0]?.callId ?? '';
  await cs.close();
});
afterEach(() => home.remove());

const sound = async () => (await run(home, ['verify', '--key', verifierKey])).code;
const act = ['--reason', 'a case', '--by', 'ann'];

describe('erase', () => {
  test('removes a payload of a call with its copies, and the log still verifies', async () => {
    const { code, stdout } = await run(home, ['erase', callId, '--payload', 'args', ...act, '--yes', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).erased.length).toBeGreaterThan(1);
    expect((await run(home, ['show', callId, '--json'])).stdout).not.toContain('"command"');
    expect(await sound()).toBe(0);
    const again = await run(home, ['erase', callId, '--payload', 'args', ...act, '--yes']);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^PAYLOAD_NOT_FOUND: /);
  });

  test('asks at a terminal, needs --yes elsewhere, and a reason always', async () => {
    const declined = await run(home, ['erase', callId, '--payload', 'args', ...act], { tty: true, input: 'no\n' });
    expect(declined.code).toBe(5);
    expect((await run(home, ['erase', callId, '--payload', 'args', ...act])).stderr).toMatch(/^CONFIRMATION_NEEDED: /);
    expect((await run(home, ['erase', callId, '--payload', 'args', '--yes'])).code).toBe(2);
  });
});

describe('hold', () => {
  test('keeps a session from being erased and purged until it is released', async () => {
    const placed = await run(home, ['hold', 'place', '--session', SESSION, ...act, '--json']);
    const { hold } = JSON.parse(placed.stdout);
    expect((await run(home, ['hold'])).stdout).toContain(`${hold}  session ${SESSION}  since `);
    const erased = await run(home, ['erase', callId, '--payload', 'args', ...act, '--yes']);
    expect([erased.code, erased.stderr.split(':')[0]]).toEqual([5, 'HELD']);
    await run(home, ['purge', '--older-than-days', '0', '--yes']);
    expect((await run(home, ['query', '--session', SESSION, '--json'])).stdout).toContain('rm -rf data');
    expect((await run(home, ['hold', 'release', hold, ...act])).code).toBe(0);
    expect((await run(home, ['hold', 'list'])).stdout).toBe('Nothing is held.\n');
    expect((await run(home, ['hold', 'release', hold, ...act])).stderr).toMatch(/^HOLD_NOT_FOUND: /);
    expect(await sound()).toBe(0);
  });

  test('must be told what to hold', async () => {
    expect((await run(home, ['hold', 'place', ...act])).code).toBe(2);
    expect((await run(home, ['hold', 'place', '--from', '5', '--to', '5', ...act])).code).toBe(2);
    expect((await run(home, ['hold', 'place', '--everything', ...act])).code).toBe(0);
  });
});

describe('archives', () => {
  test('are written before a purge, verify beside the log, and without it', async () => {
    const archive = join(home.path, 'archives', 'a.jsonl');
    const purged = await run(home, ['purge', '--older-than-days', '0', '--archive', archive, '--yes', '--json']);
    expect(JSON.parse(purged.stdout).archive).toMatchObject({ path: archive });
    expect(readFileSync(archive, 'utf8')).toContain('rm -rf data');
    const beside = await run(home, ['verify', '--key', verifierKey, '--archive', archive]);
    expect(beside.code).toBe(0);
    expect(beside.stdout).toContain('each as it was signed');
    rmSync(join(home.path, '.countersign'), { recursive: true });
    const alone = await run(home, ['verify-archive', archive, '--key', verifierKey, '--json']);
    expect(alone.code).toBe(0);
    expect(JSON.parse(alone.stdout).archives).toMatchObject([{ file: archive, ok: true }]);
    writeFileSync(archive, readFileSync(archive, 'utf8').replace('rm -rf data', 'rm -rf dota'));
    const changed = await run(home, ['verify-archive', archive, '--key', verifierKey]);
    expect(changed.code).toBe(3);
    expect(changed.stdout).toMatch(/^failed /);
    expect((await run(home, ['verify-archive', archive])).code).toBe(2);
    expect((await run(home, ['verify-archive', join(home.path, 'none'), '--key', verifierKey])).code).toBe(2);
  });

  test('of another log are not taken for those of this one', async () => {
    const archive = join(home.path, 'a.jsonl');
    await run(home, ['purge', '--older-than-days', '0', '--archive', archive, '--yes']);
    const other = createTestHome();
    try {
      const cs = await openTestLog(other);
      await fillLog(cs);
      const key = cs.log.identityKey;
      await cs.close();
      expect((await run(other, ['verify', '--archive', archive])).code).toBe(3);
      expect((await run(other, ['verify-archive', archive, '--key', key])).code).toBe(3);
    } finally {
      other.remove();
    }
  });
});

describe('a retention policy', () => {
  test('in a configuration is put on record, and holds a purge back until it is overridden', async () => {
    const file = join(home.path, 'audit.yaml');
    writeFileSync(file, 'retention:\n  profile: eu-ai-act\n');
    for (let i = 0; i < 2; i += 1) await (await openTestLog(home, { config: file })).close();
    const entries = await run(home, ['export', '--format', 'jsonl']);
    expect(entries.stdout.match(/config-changed/g)?.length).toBe(1);
    const held = await run(home, ['purge', '--older-than-days', '0', '--yes']);
    expect(held.stdout).toMatch(/nothing was removed[\s\S]*kept by the retention policy/);
    const without = await run(home, ['purge', '--older-than-days', '0', '--yes', '--override-retention']);
    expect([without.code, without.stderr.split(':')[0]]).toEqual([2, 'OPTION_INVALID']);
    const purge = ['purge', '--older-than-days', '0', '--yes', '--override-retention', '--reason', 'a court asked'];
    expect((await run(home, purge)).stdout).toMatch(/^Removed/);
    expect(await sound()).toBe(0);
    expect((await run(home, ['doctor'])).stdout).toContain('the policy eu-ai-act is on record: payloads 30 days');
  });

  test('that is wrong keeps the log from being opened, and config check says where', async () => {
    const file = join(home.path, 'audit.yaml');
    writeFileSync(file, 'retention:\n  profil: minimal\n');
    await expect(openTestLog(home, { config: file })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(openTestLog(home, { config: join(home.path, 'none.yaml') })).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
    });
    const { code, stderr } = await run(home, ['config', 'check', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:2:3 retention.profil: there is no such member`);
    writeFileSync(file, 'retention: { profile: minimal, purge: { every: off } }\n');
    expect((await run(home, ['config', 'check', file])).stdout).toBe(`ok  ${file}\n`);
    expect((await run(home, ['config', 'show', file])).stdout).toContain('payloads 7 days, entries 30 days');
    mkdirSync(join(home.path, 'folder'));
    expect((await run(home, ['config', 'show', join(home.path, 'folder')])).code).toBe(2);
  });
});

test('a query that reaches what was purged says so, and doctor says what was purged and what is due', async () => {
  const before = await run(home, ['query', '--limit', '1000']);
  expect(before.stderr).toBe('');
  expect((await run(home, ['doctor'])).stdout).toContain('no policy is on record, the defaults hold');
  await run(home, ['purge', '--older-than-days', '0', '--yes']);
  expect((await run(home, ['query'])).stderr).toMatch(/Older calls were purged, up to \d{4}-/);
  expect((await run(home, ['query', '--since', '2200-01-01'])).stderr).toBe('No calls match.\n');
  expect((await run(home, ['doctor'])).stdout).toContain('has not run on this machine; the newest purge on record');
});
