/**
 * The automatic purge: when it runs, who runs it, what it says, and what it leaves alone.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../src/errors.js';
import { FIRST_RUN_AFTER_MS, startAutoPurge } from '../src/retention/auto-purge.js';
import { readPurgeState } from '../src/retention/purge-state.js';
import { createTestLog, type TestLog } from '../src/testing/test-log.js';
import { readAll } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;
let folder = '';
let statePath = '';
const lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-auto-'));
  statePath = join(folder, 'mark.purge');
  lines.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(
  { log, environment }: Pick<TestLog, 'log' | 'environment'>,
  over: { statePath?: string } = { statePath },
) {
  return startAutoPurge({ log, environment, everyMs: DAY_MS, warn: (line) => void lines.push(line), ...over });
}

/** Lets time pass, and everything happen that waits for it. */
async function pass({ environment }: Pick<TestLog, 'environment'>, ms: number): Promise<void> {
  environment.advance(ms);
  for (let i = 0; i < 60; i += 1) {
    await turn();
    environment.advance(10);
  }
}

async function oldLog(): Promise<TestLog> {
  const world = await createTestLog();
  for (const name of ['a', 'b', 'c']) await world.log.append({ kind: 'system-event', name });
  world.environment.advance(31 * DAY_MS);
  await world.log.append({ kind: 'system-event', name: 'young' });
  return world;
}

async function entriesLeft({ store }: TestLog): Promise<readonly string[]> {
  return (await readAll(store)).flatMap((entry) => (entry.kind === 'system-event' ? [entry.name] : []));
}

describe('the automatic purge', () => {
  it('begins a while after opening, goes by the default ages, and runs again when its time has come', async () => {
    const world = await oldLog();
    const purge = start(world);
    await pass(world, FIRST_RUN_AFTER_MS - 1000);
    expect(await entriesLeft(world)).toEqual(['a', 'b', 'c', 'young']);
    await pass(world, 2000);
    expect(await entriesLeft(world)).toEqual(['young']);
    expect(readPurgeState(statePath)).toMatchObject({ entries: 3, everyMs: DAY_MS, pid: process.pid });
    world.environment.advance(31 * DAY_MS - DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'younger' });
    await pass(world, DAY_MS + 60_000);
    expect(await entriesLeft(world)).toEqual(['younger']);
    await purge.stop();
    expect(lines).toEqual([]);
  });

  it('is left to another process that has just done it, or does it', async () => {
    const world = await oldLog();
    const nowUs = world.environment.nowUs();
    const state = { version: 1, startedAtUs: nowUs, pid: process.pid, everyMs: DAY_MS };
    writeFileSync(statePath, JSON.stringify(state));
    const purge = start(world);
    await pass(world, DAY_MS / 2);
    expect(await entriesLeft(world)).toEqual(['a', 'b', 'c', 'young']);
    await pass(world, DAY_MS);
    expect(await entriesLeft(world)).not.toContain('a');
    await purge.stop();
  });

  it('goes on at once with what a process that is gone has begun, or where its file is damaged', async () => {
    for (const text of ['{"version":1,"startedAtUs":1795241460000000,"pid":999999999,"everyMs":1}', 'garbage', '{}']) {
      const world = await oldLog();
      writeFileSync(statePath, text);
      const purge = start(world);
      await pass(world, FIRST_RUN_AFTER_MS);
      expect(await entriesLeft(world)).not.toContain('a');
      await purge.stop();
    }
  });

  it('goes on with the next opening when it is stopped on the way', async () => {
    const world = await oldLog();
    const purge = start(world);
    world.environment.advance(FIRST_RUN_AFTER_MS);
    const stopped = purge.stop();
    for (let i = 0; i < 50; i += 1) {
      await turn();
      world.environment.advance(10);
    }
    await stopped;
    const again = start(world);
    await pass(world, FIRST_RUN_AFTER_MS);
    expect(await entriesLeft(world)).not.toContain('a');
    await again.stop();
  });

  it('says once what keeps it from running, and puts it on record', async () => {
    const world = await oldLog();
    const failing = {
      append: world.log.append.bind(world.log),
      purge: () => Promise.reject(new StoreUnavailableError('STORE_FULL', 'full')),
    };
    const purge = startAutoPurge({
      ...{ log: failing, environment: world.environment, everyMs: DAY_MS, statePath },
      warn: (line) => void lines.push(line),
    });
    for (let day = 0; day < 4; day += 1) await pass(world, DAY_MS);
    expect(lines).toEqual([expect.stringContaining('STORE_FULL')]);
    expect((await entriesLeft(world)).filter((name) => name === 'purge-failed')).toHaveLength(1);
    expect(readPurgeState(statePath)).toMatchObject({ error: 'STORE_FULL' });
    await purge.stop();
  });

  it('neither purges a damaged log nor writes to it', async () => {
    const world = await oldLog();
    const size = (await world.store.head()).size;
    const { leaves } = world.store;
    world.store.leaves = async (range) =>
      (await leaves.call(world.store, range)).map((leaf) =>
        leaf.index === 1 ? { ...leaf, leafHash: new Uint8Array(32) } : leaf,
      );
    const purge = start(world);
    for (let day = 0; day < 3; day += 1) await pass(world, DAY_MS);
    expect(lines).toEqual([expect.stringContaining('ENTRY_CORRUPT')]);
    expect((await world.store.head()).size).toBe(size);
    await purge.stop();
  });
});
