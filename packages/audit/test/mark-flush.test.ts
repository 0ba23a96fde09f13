/** When a mark is flushed, and what happens when its lock is lost during a flush. */

import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestEnvironment } from '@countersign/core/testing';
import { formatCheckpoint } from '@countersign/tlog';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemorySigner } from '../src/keys/signer.js';
import { openMark } from '../src/mark.js';

const flushes = vi.hoisted(() => ({ count: 0, during: (): void => undefined }));

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  const fsync = (file: number, callback: (error: NodeJS.ErrnoException | null) => void): void => {
    flushes.count += 1;
    flushes.during();
    original.fsync(file, callback);
  };
  return { ...original, fsync };
});

const origin = 'agent-audit.local/00112233445566778899aabbccddeeff';
const signer = createMemorySigner({ origin, environment: createTestEnvironment() });
let home = '';
let path = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'countersign-mark-'));
  path = join(home, 'mark');
  flushes.count = 0;
  flushes.during = () => undefined;
});
afterEach(() => rm(home, { recursive: true }));

function note(size: number): string {
  return signer.sign(formatCheckpoint({ origin, size, root: new Uint8Array(32).fill(size), extensions: [] }));
}

test('A mark and its directory are flushed when it is asked for, and otherwise every 200 ms at most', async () => {
  const environment = createTestEnvironment();
  const mark = openMark({ path, environment });
  const flushed: number[] = [];
  for (const [waitMs, flush] of [
    [0, false],
    [199, false],
    [1, false],
    [10, true],
    [199, false],
    [1, false],
  ] as const) {
    environment.advance(waitMs);
    const before = flushes.count;
    await mark.advance(note(flushed.length + 1), flushed.length + 1, { flush });
    flushed.push(flushes.count - before);
  }
  expect(flushed).toEqual([2, 0, 2, 2, 0, 2]);
});

test('A mark that another process wrote is flushed too when it is asked for, and so is its directory', async () => {
  await openMark({ path }).advance(note(5), 5, { flush: false });
  flushes.count = 0;
  await openMark({ path }).advance(note(4), 4, { flush: true });
  expect(flushes.count).toBe(2);
});

test('A lock that is lost while its holder waits is noticed: nothing is replaced under it, and it is taken again', async () => {
  const mark = openMark({ path });
  await mark.advance(note(1), 1, { flush: true });
  let lost = false;
  flushes.during = () => {
    if (lost) return;
    lost = true;
    // Meanwhile another process took the lock over, went further, and gave it back.
    rmSync(`${path}.lock`);
    writeFileSync(path, note(9));
  };
  await mark.advance(note(3), 3, { flush: true });
  expect(lost).toBe(true);
  expect(await mark.read()).toMatchObject({ checkpoint: { size: 9 } });
  expect(await readdir(home)).toEqual(['mark']);
});
