/** `countersign restart`: a new log in the place of one that cannot go on, linked to it. */

import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseCheckpoint, parseNote } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogRolledBackError } from '../src/index.js';
import { createTestHome, fillLog, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

/** A log of which an older copy was put in its place. */
async function rollBack(
  options: Parameters<typeof openTestLog>[1] = {},
): Promise<{ origin: string; size: number; key: string }> {
  const first = await openTestLog(home, options);
  await first.log.append({ kind: 'system-event', name: 'before' });
  await first.close();
  copyFileSync(home.database, `${home.database}.copy`);
  const second = await openTestLog(home, options);
  await fillLog(second);
  const { origin, size } = await second.log.stats();
  const key = second.log.identityKey;
  await second.close();
  copyFileSync(`${home.database}.copy`, home.database);
  return { origin, size, key };
}

const restart = (...args: readonly string[]) =>
  run(home, ['restart', '--reason', 'an old backup was restored', ...args]);

describe('countersign restart', () => {
  test('is what the refusal to open a rolled-back log names', async () => {
    await rollBack();
    const error = await openTestLog(home).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LogRolledBackError);
    expect(error).toMatchObject({
      code: 'LOG_ROLLED_BACK',
      hint: expect.stringContaining('countersign restart --reason'),
    });
  });

  test('begins a log that names the newest checkpoint known, and keeps the old file as evidence', async () => {
    const { origin, size } = await rollBack();
    const before = readFileSync(home.database);
    const done = await restart('--yes', '--json');
    expect(done).toMatchObject({ code: 0 });
    const said = JSON.parse(done.stdout);
    expect(said).toMatchObject({ parent: { log: origin, size, source: 'mark' }, kept: [{ from: home.database }] });
    expect(readFileSync(said.kept[0].to).equals(before)).toBe(true);
    const cs = await openTestLog(home);
    const opened = await cs.log.entry(0);
    expect(opened.entry).toMatchObject({ kind: 'log-opened', parent: { log: origin, size }, by: { kind: 'person' } });
    expect(opened.payloads.get('reason')).toBe('an old backup was restored');
    expect(cs.log.origin).not.toBe(origin);
    await fillLog(cs);
    await cs.close();
    expect((await run(home, ['verify', '--key', said.identityKey])).code).toBe(0);
  });

  test('leaves a link that the verifier checks against what is left of the old log', async () => {
    const { key } = await rollBack();
    const mark = readdirSync(join(home.path, '.countersign', 'marks')).filter((name) => /^[0-9a-f]{32}$/.test(name));
    const markPath = join(home.path, '.countersign', 'marks', mark[0] ?? '');
    const said = JSON.parse((await restart('--yes', '--json')).stdout);
    const findings = async (parent: string) => {
      const report = JSON.parse((await run(home, ['verify', '--json', '--parent', parent])).stdout);
      return report.findings
        .map(({ code }: { code: string }) => code)
        .filter((code: string) => code.startsWith('PARENT'));
    };
    expect(await findings(said.kept[0].to), 'the old file was cut back').toEqual(['PARENT_CUT_BACK']);
    expect(await findings(markPath), 'the mark has the very size').toEqual([]);
    expect(key).not.toBe(said.identityKey);
    const other = join(home.path, 'other-checkpoint');
    writeFileSync(other, readFileSync(markPath, 'utf8').replace(/\n[0-9]+\n/, '\n3\n'));
    expect(await findings(other)).toEqual(['PARENT_CUT_BACK']);
  });

  test('asks, and changes nothing until somebody says yes', async () => {
    await rollBack();
    const before = readFileSync(home.database);
    const files = readdirSync(dirname(home.database));
    expect(await restart()).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFIRMATION_NEEDED') });
    const no = await run(home, ['restart', '--reason', 'x'], { tty: true, input: 'no\n' });
    expect(no).toMatchObject({ code: 5, stderr: expect.stringContaining('NOT_CONFIRMED') });
    expect(readFileSync(home.database).equals(before)).toBe(true);
    expect(readdirSync(dirname(home.database))).toEqual(files);
    expect((await run(home, ['restart', '--reason', 'x'], { tty: true, input: 'yes\n' })).code).toBe(0);
  });

  test('moves keys and mark aside that were given by name, so that the same options open the new log', async () => {
    const keyDir = join(home.path, 'my-keys');
    const markFile = join(home.path, 'my-mark');
    await rollBack({ keyDir, markFile });
    const old = parseCheckpoint(parseNote(readFileSync(markFile, 'utf8')).text);
    const done = await restart('--yes', '--json', '--key-dir', keyDir, '--mark', markFile);
    expect(JSON.parse(done.stdout).kept).toHaveLength(3);
    expect(parseCheckpoint(parseNote(readFileSync(markFile, 'utf8')).text).origin).not.toBe(old.origin);
    const cs = await openTestLog(home, { keyDir, markFile });
    expect((await cs.log.entry(0)).entry).toMatchObject({ parent: { log: old.origin, size: old.size } });
    await cs.close();
  });

  test('goes on from the old log itself where its keys are gone and nothing was cut off', async () => {
    const first = await openTestLog(home);
    await fillLog(first);
    const { size } = await first.log.stats();
    await first.close();
    rmSync(join(home.path, '.countersign', 'keys'), { recursive: true });
    rmSync(join(home.path, '.countersign', 'marks'), { recursive: true });
    const said = JSON.parse((await restart('--yes', '--json')).stdout);
    expect(said.parent).toMatchObject({ size, source: 'store' });
    expect((await run(home, ['verify', '--parent', said.kept[0].to])).stdout).not.toContain('PARENT');
  });

  test('does not touch a log that a program has open, and does nothing without one', async () => {
    const cs = await openTestLog(home);
    await fillLog(cs);
    expect(await restart('--yes')).toMatchObject({ code: 7, stderr: expect.stringContaining('STORE_LOCKED') });
    await cs.close();
    expect(existsSync(home.database)).toBe(true);
    rmSync(home.database);
    expect(await restart('--yes')).toMatchObject({ code: 7, stderr: expect.stringContaining('STORE_MISSING') });
  });

  test('takes a newer checkpoint that somebody kept', async () => {
    const first = await openTestLog(home);
    await first.close();
    copyFileSync(home.database, `${home.database}.copy`);
    const second = await openTestLog(home);
    await fillLog(second);
    const kept = join(home.path, 'kept-checkpoint');
    writeFileSync(kept, await second.log.checkpoint());
    const { size } = await second.log.stats();
    await second.close();
    copyFileSync(`${home.database}.copy`, home.database);
    rmSync(join(home.path, '.countersign', 'marks'), { recursive: true });
    const said = JSON.parse((await restart('--yes', '--json', '--against', kept)).stdout);
    expect(said.parent).toMatchObject({ size, source: 'given' });
  });
});
