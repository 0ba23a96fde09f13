/** The commands that look after a log: purge, keys, doctor. */

import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestHome, fillLog, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
let verifierKey = '';

beforeEach(async () => {
  home = createTestHome();
  const cs = await openTestLog(home);
  await fillLog(cs);
  verifierKey = cs.log.identityKey;
  await cs.close();
});
afterEach(() => home.remove());

const keyDir = () => {
  const keys = join(home.path, '.countersign', 'keys');
  return join(keys, readdirSync(keys)[0] ?? '');
};
const markFile = () => {
  const marks = join(home.path, '.countersign', 'marks');
  return join(marks, readdirSync(marks).find((name) => !name.includes('.')) ?? '');
};
const kinds = async (): Promise<string[]> => {
  const { stdout } = await run(home, ['export', '--format', 'jsonl']);
  const lines: { leaf?: string }[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.flatMap(({ leaf }) => (leaf === undefined ? [] : [JSON.parse(leaf).kind]));
};

describe('purge', () => {
  test('removes what is old, says so in the log with its reason, and leaves a log that verifies', async () => {
    const { code, stdout } = await run(home, [
      'purge',
      '--older-than-days',
      '0',
      '--reason',
      'spring cleaning',
      '--yes',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ statements: 1 });
    expect(JSON.parse(stdout).entries).toBeGreaterThan(5);
    expect((await kinds()).at(-1)).toBe('entries-purged');
    const statement = (
      await run(home, ['show', String(JSON.parse((await run(home, ['verify', '--json'])).stdout).size - 1)])
    ).stdout;
    expect(statement).toContain('spring cleaning');
    expect((await run(home, ['verify', '--key', verifierKey, '--strict'])).code).toBe(0);
  });

  test('writes nothing but its statement: no policy is put on record in the name of the command', async () => {
    const before = (await kinds()).filter((kind) => kind === 'policy-changed');
    await run(home, ['purge', '--older-than-days', '0', '--yes']);
    expect((await kinds()).filter((kind) => kind === 'policy-changed')).toEqual(before);
  });

  test('removes nothing that is younger', async () => {
    const before = await kinds();
    const { code, stdout } = await run(home, ['purge', '--older-than-days', '1', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('nothing was removed');
    expect(await kinds()).toEqual(before);
  });

  test('asks at a terminal: yes goes on, anything else ends with 5 and leaves all as it was', async () => {
    const before = await kinds();
    const declined = await run(home, ['purge', '--older-than-days', '0'], { tty: true, input: 'no\n' });
    expect(declined.code).toBe(5);
    expect(declined.stderr).toContain('NOT_CONFIRMED');
    expect(await kinds()).toEqual(before);
    const accepted = await run(home, ['purge', '--older-than-days', '0'], { tty: true, input: 'yes\n' });
    expect(accepted.code).toBe(0);
    expect(accepted.stdout).toMatch(/^Removed/);
  });

  test('cannot write without the keys, and ends with 2', async () => {
    renameSync(keyDir(), join(home.path, 'elsewhere'));
    const { code, stderr } = await run(home, ['purge', '--older-than-days', '0', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^KEY_MISSING: /);
    const found = await run(home, [
      'purge',
      '--older-than-days',
      '0',
      '--yes',
      '--key-dir',
      join(home.path, 'elsewhere'),
    ]);
    expect(found.code).toBe(0);
  });
});

describe('keys', () => {
  test('shows the verifier key, its id, and the files without a byte of a private key', async () => {
    const { code, stdout } = await run(home, ['keys', 'show', '--json']);
    expect(code).toBe(0);
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({ verifierKey, keyId: verifierKey.split('+')[1], source: 'key-dir', keyDir: keyDir() });
    expect(shown.files).toContainEqual({ name: 'identity.key', mode: '0600' });
    const text = (await run(home, ['keys'])).stdout;
    expect(text).toContain(verifierKey);
    expect(text).not.toContain('PRIVATE');
  });

  test('exports the verifier key and nothing else', async () => {
    expect(await run(home, ['keys', 'export'])).toEqual({ code: 0, stdout: `${verifierKey}\n`, stderr: '' });
  });

  test("says that the key is the log's own word for it where the keys are elsewhere", async () => {
    renameSync(keyDir(), join(home.path, 'elsewhere'));
    const { code, stdout, stderr } = await run(home, ['keys', 'export']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${verifierKey}\n` });
    expect(stderr).toContain('names itself');
  });
});

describe('keys rotate', () => {
  test('ends the epoch while a process has the log open, which goes on under the new key', async () => {
    const cs = await openTestLog(home);
    const rotated = await run(home, ['keys', 'rotate', '--json']);
    expect(rotated.code).toBe(0);
    expect(JSON.parse(rotated.stdout)).toMatchObject({ epoch: 2, current: { number: 2, notErased: [] } });
    expect(readdirSync(keyDir()).filter((name) => name.startsWith('epoch-'))).toEqual(['epoch-2.key']);
    await fillLog(cs);
    expect(cs.log.epoch).toBe(2);
    await cs.close();
    const { stdout } = await run(home, ['keys', 'rotate']);
    expect(stdout).toMatch(/^Epoch 3 began with entry \d+\. No private key of an earlier epoch is left/);
    const verified = await run(home, ['verify', '--key', verifierKey, '--strict']);
    expect(verified.code).toBe(0);
    expect((await run(home, ['doctor'])).stdout).toMatch(/^ok {4}epoch +epoch 3, \d+ s old; no private key/m);
  });

  test('is shown, with a key of a sealed epoch that is still there', async () => {
    await run(home, ['keys', 'rotate']);
    writeFileSync(join(keyDir(), 'epoch-1.key'), 'left behind', { mode: 0o600 });
    const { epoch } = JSON.parse((await run(home, ['keys', '--json'])).stdout);
    expect(epoch).toMatchObject({ number: 2, keptIn: 'key-dir', notErased: [1], nextIsMade: false, entries: 0 });
    expect((await run(home, ['keys'])).stdout).toContain('private keys of epochs 1 are still');
    expect((await run(home, ['doctor'])).stdout).toMatch(/^warn {2}epoch .*sealed epochs are still there: 1$/m);
    // The next process that opens the log erases it.
    await (await openTestLog(home)).close();
    expect(readdirSync(keyDir())).not.toContain('epoch-1.key');
  });

  test('ends with 2 where the keys are elsewhere', async () => {
    renameSync(keyDir(), join(home.path, 'elsewhere'));
    expect(await run(home, ['keys', 'rotate'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('keys create', () => {
  test('makes a log with its keys, and nothing where there is one', async () => {
    const db = join(home.path, 'new', 'log.db');
    const { code, stdout } = await run(home, ['keys', 'create', '--db', db, '--json']);
    expect(code).toBe(0);
    const made = JSON.parse(stdout);
    expect(made.epoch).toMatchObject({ number: 1, entries: 1, notErased: [] });
    expect(made.verifierKey).toContain(made.origin);
    expect((await run(home, ['verify', '--db', db, '--key', made.verifierKey])).code).toBe(0);
    const again = await run(home, ['keys', 'create', '--db', db]);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('LOG_EXISTS');
  });
});

describe('doctor', () => {
  const check = async (name: string, ...argv: string[]) => {
    const { code, stdout } = await run(home, ['doctor', '--json', ...argv]);
    const report = JSON.parse(stdout);
    const found = report.checks.find((each: { name: string }) => each.name === name);
    return { code, status: found?.status, advice: found?.advice };
  };

  test('finds nothing wrong with a fresh log, and names each thing that it looked at', async () => {
    const { code, stdout } = await run(home, ['doctor', '--json']);
    expect(code).toBe(0);
    const { checks } = JSON.parse(stdout);
    expect(
      checks.filter(({ name, status }: { name: string; status: string }) => status !== 'ok' && name !== 'disk'),
    ).toEqual([]);
    expect(checks.map(({ name }: { name: string }) => name)).toEqual([
      'node',
      'sqlite',
      'log',
      'database files',
      'keys',
      'epoch',
      'mark',
      'anchors',
      'checkpoint',
      'policy',
      'settings',
      'dangling calls',
      'approvals',
      'retention',
      'automatic purge',
      'disk',
    ]);
    expect((await run(home, ['doctor'])).stdout).toMatch(/^ok {4}node +Node v/);
    expect((await run(home, ['doctor', '--jsonl'])).stdout.trimEnd().split('\n')).toHaveLength(checks.length);
  });

  test('names the SQLite that is in use', async () => {
    expect((await run(home, ['doctor'])).stdout).toMatch(/with SQLite 3\.\d+\.\d+\n/);
  });

  test('fails with what to do when there is no log', async () => {
    const found = await check('log', '--db', join(home.path, 'none.db'));
    expect(found).toMatchObject({ code: 1, status: 'fail' });
    expect(found.advice).toBeTruthy();
  });

  test('warns of a database that others can read, and fails for such a key', async () => {
    chmodSync(home.database, 0o644);
    expect(await check('database files')).toMatchObject({ code: 0, status: 'warn' });
    chmodSync(join(keyDir(), 'identity.key'), 0o640);
    expect(await check('keys')).toMatchObject({ code: 1, status: 'fail' });
  });

  test('warns when the keys or the mark are not there', async () => {
    rmSync(markFile());
    expect(await check('mark')).toMatchObject({ code: 0, status: 'warn' });
    expect(await check('keys', '--key-dir', join(home.path, 'nowhere'))).toMatchObject({ code: 0, status: 'warn' });
  });

  test('fails when the log is behind its mark, or the mark is damaged', async () => {
    const old = join(home.path, 'old');
    mkdirSync(old);
    renameSync(markFile(), join(old, 'mark'));
    const cs = await openTestLog(home, { markFile: join(old, 'mark') });
    await cs.close();
    writeFileSync(join(old, 'broken'), 'no checkpoint');
    expect(await check('mark', '--mark', join(old, 'mark'))).toMatchObject({ code: 0, status: 'ok' });
    expect(await check('mark', '--mark', join(old, 'broken'))).toMatchObject({ code: 1, status: 'fail' });
  });

  test('warns of calls whose process went away before they had an outcome', async () => {
    const cs = await openTestLog(home);
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { get_stuck } = cs.withAudit({
      get_stuck: () => {
        begun();
        return new Promise<never>(() => undefined);
      },
    });
    void get_stuck();
    await running;
    await cs.close();
    expect(await check('dangling calls')).toMatchObject({ code: 0, status: 'warn' });
    const { stdout } = await run(home, ['query', '--outcome', 'dangling', '--json']);
    expect(JSON.parse(stdout).calls).toMatchObject([{ tool: 'get_stuck', outcome: 'dangling' }]);
    const verified = await run(home, ['verify', '--key', verifierKey]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('DANGLING_CALL');
  });
});
