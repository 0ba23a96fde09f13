/** The lock between set-ups: one at a time, and nobody waits for an owner that is gone. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { withLock } from '../../.tools/lib/lock.mjs';

const dir = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
const file = join(dir, 'setup.lock');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('holders take turns, those who wait are told once, and the lock is gone afterwards', async () => {
  let holders = 0;
  let waits = 0;
  const work = async () => {
    holders += 1;
    expect(holders).toBe(1);
    await sleep(20);
    holders -= 1;
  };
  const onWait = () => {
    waits += 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(file, work, { onWait })));
  expect(waits).toBe(2);
  expect(existsSync(file)).toBe(false);
});

test('a lock whose owner has ended is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(file, JSON.stringify({ pid, token: 'of the one that ended' }));
  expect(await withLock(file, async () => 'done')).toBe('done');
});

test('a lock that was not touched for a minute is taken over, though a process has its id', async () => {
  writeFileSync(file, JSON.stringify({ pid: process.pid, token: 'of an older process' }));
  const minuteAgo = new Date(Date.now() - 60_000);
  utimesSync(file, minuteAgo, minuteAgo);
  expect(await withLock(file, async () => 'done')).toBe('done');
});

test('the lock is given back when the work fails', async () => {
  await expect(withLock(file, () => Promise.reject(new Error('no compiler')))).rejects.toThrow('no compiler');
  expect(existsSync(file)).toBe(false);
});
