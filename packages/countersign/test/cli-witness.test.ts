/** `countersign witness` and the options of `verify` that bring witnesses in, from the command line. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileAnchor, createWitnessAnchor } from '../src/index.js';
import { createTestHome, fillLog, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

/** Serves in the background until the test ends it; answers its URL. */
async function serve(...args: readonly string[]): Promise<{ url: string; stop(): Promise<number> }> {
  const controller = new AbortController();
  let said = '';
  let running: ReturnType<typeof run> | undefined;
  const listening = new Promise<string>((done) => {
    const stdout = new Writable({
      write: (chunk, _encoding, next) => {
        said += String(chunk);
        const url = /Listening at (\S+)/.exec(said)?.[1];
        if (url !== undefined) done(url);
        next();
      },
    });
    running = run(home, ['witness', 'serve', '--listen', '127.0.0.1:0', ...args], {
      stdout,
      signal: controller.signal,
    });
  });
  const url = await listening;
  return {
    url,
    stop: async () => {
      controller.abort();
      return (await running)?.code ?? -1;
    },
  };
}

describe('countersign witness', () => {
  test('keys: makes one, shows it, and replaces none', async () => {
    const made = await run(home, ['witness', 'keys', 'create', '--name', 'witness.example/w1']);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^witness\.example\/w1\+[0-9a-f]{8}\+B[A-Za-z0-9+/]+=*\n$/),
    });
    expect((await run(home, ['witness', 'keys'])).stdout).toBe(made.stdout);
    const again = await run(home, ['witness', 'keys', 'create', '--name', 'witness.example/w2']);
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('KEY_INVALID') });
    expect(await run(home, ['witness', 'keys', 'create', '--name', 'two words'])).toMatchObject({
      code: 2,
      stdout: '',
    });
  });

  test('serve: needs a key, logs to watch, and an address', async () => {
    expect(await run(home, ['witness', 'serve'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('KEY_MISSING'),
    });
    await run(home, ['witness', 'keys', 'create', '--name', 'w']);
    expect(await run(home, ['witness', 'serve'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('FILE_UNREADABLE'),
    });
    const logs = join(home.path, 'logs.txt');
    writeFileSync(logs, 'log nonsense\n');
    expect(await run(home, ['witness', 'serve', '--logs', logs])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 1'),
    });
    expect(await run(home, ['witness', 'serve', '--listen', 'here'])).toMatchObject({ code: 2 });
  });

  test('cosigns a log end to end, and verify finds with it that the log was cut back', async () => {
    const vkey = (await run(home, ['witness', 'keys', 'create', '--name', 'w.example'])).stdout.trim();
    const first = await openTestLog(home);
    const { identityKey } = first.log;
    await first.close();
    writeFileSync(join(home.path, '.countersign', 'witness', 'logs.txt'), `log ${identityKey}\n`);
    const { url, stop } = await serve();
    const policy = `witness w ${vkey} ${url}\nquorum w\n`;
    const policyFile = join(home.path, 'policy.txt');
    writeFileSync(policyFile, policy);
    const anchorFile = join(home.path, 'anchors', 'checkpoints.txt');
    mkdirSync(join(home.path, 'anchors'));
    const anchors = [createWitnessAnchor({ policy }), createFileAnchor({ path: anchorFile })];
    copyFileSync(home.database, `${home.database}.copy`);
    const cs = await openTestLog(home, { anchors });
    await fillLog(cs);
    await cs.close();

    const key = ['--key', identityKey];
    const good = JSON.parse(
      (await run(home, ['verify', '--json', ...key, '--witness-policy', policyFile, '--against', anchorFile])).stdout,
    );
    expect([good.integrity, good.completeness, good.counts.errors]).toEqual(['ok', 'ok', 0]);
    expect(good.findings.map(({ code }: { code: string }) => code)).not.toContain('WITNESS_QUORUM');
    const doctor = JSON.parse((await run(home, ['doctor', '--json'])).stdout);
    const line = doctor.checks.find(({ name }: { name: string }) => name === 'anchors');
    expect(line).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/witness \d+ s ago.*file \d+ s ago|file \d+ s ago.*witness \d+ s ago/),
    });

    const old = await run(home, ['verify', '--json', ...key, '--max-anchor-age', '1d', '--witness-policy', policyFile]);
    expect(old.stdout).not.toContain('ANCHOR_OLD');
    const whole = readFileSync(home.database);
    copyFileSync(`${home.database}.copy`, home.database);
    const cut = await run(home, [
      'verify',
      '--json',
      ...key,
      '--mark',
      join(home.path, 'no-mark'),
      '--witness-policy',
      policyFile,
    ]);
    expect(cut).toMatchObject({ code: 3, stdout: expect.stringContaining('LOG_TRUNCATED') });
    writeFileSync(home.database, whole);
    expect(await stop()).toBe(0);
    const down = JSON.parse((await run(home, ['verify', '--json', ...key, '--witness-policy', policyFile])).stdout);
    expect(down.findings.map(({ code }: { code: string }) => code)).toContain('ANCHOR_NOT_READ');
    const offline = JSON.parse(
      (await run(home, ['verify', '--json', ...key, '--offline', '--witness-policy', policyFile])).stdout,
    );
    expect(offline.findings.map(({ code }: { code: string }) => code)).not.toContain('ANCHOR_NOT_READ');
  });

  test.each([
    ['--witness-policy', 'quorum nobody\n', 'ARGUMENT_INVALID'],
    ['--timestamp-ca', 'no certificate\n', 'ARGUMENT_INVALID'],
    ['--parent', 'no checkpoint\n', 'ARGUMENT_INVALID'],
    ['--against', 'no checkpoint\n', 'ARGUMENT_INVALID'],
  ])('verify %s refuses a file that is none', async (option, text, code) => {
    const cs = await openTestLog(home);
    await cs.close();
    const path = join(home.path, 'given.txt');
    writeFileSync(path, text);
    expect(await run(home, ['verify', option, path])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(code),
    });
    const nowhere = await run(home, ['verify', option, join(home.path, 'nowhere')]);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('FILE_UNREADABLE') });
    expect((await run(home, ['verify', '--max-anchor-age', 'soon'])).code).toBe(2);
  });
});
