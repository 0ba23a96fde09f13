/**
 * Retention policies: what a purge may remove under them, and what the verifier makes of a purge that did not keep to them.
 */

import { createId } from '@countersign/core';
import { formatVerifierKey } from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import type { EntryOf } from '../src/entry/kinds.js';
import { createRetentionPolicy, type RetentionInput, retentionStatement } from '../src/retention/policy.js';
import { createTestLog, type TestLog } from '../src/testing/test-log.js';
import { verifyLog } from '../src/verify/index.js';
import { readAll } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const ann = { kind: 'person', id: 'ann' } as const;

function setRetention({ log }: TestLog, input: RetentionInput, override?: string) {
  const config = { retention: retentionStatement(createRetentionPolicy(input)) };
  return log.recordConfig({
    config,
    ...(override !== undefined && { overrideRetention: true, by: ann, reason: override }),
  });
}

async function write({ log }: TestLog, name: string, over: { session?: string } = {}): Promise<number> {
  return (await log.append({ kind: 'system-event', name, ...over, payloads: { details: { name } } })).index;
}

async function left({ store }: TestLog): Promise<readonly string[]> {
  const payloads = await store.payloads({ from: 0, to: 1000 });
  return (await readAll(store)).flatMap((entry) => {
    if (entry.kind !== 'system-event') return [];
    return payloads.some(({ index }) => index === entry.index) ? entry.name : `(${entry.name})`;
  });
}

async function statements({ store }: TestLog): Promise<readonly EntryOf<'entries-purged'>[]> {
  return (await readAll(store)).flatMap((entry) => (entry.kind === 'entries-purged' ? [entry] : []));
}

async function findings({ store, signer }: TestLog): Promise<readonly string[]> {
  const { findings: found } = await verifyLog(store, { key: formatVerifierKey(signer.identity.key) });
  return found.map(({ code }) => code).filter((code) => code !== 'NO_ANCHOR');
}

describe('a retention policy', () => {
  it('has profiles, and ages of its own', () => {
    expect(createRetentionPolicy()).toEqual({ profile: 'default', payloadDays: 30, entryDays: 30 });
    expect(createRetentionPolicy({ profile: 'eu-ai-act' })).toMatchObject({ payloadDays: 30, entryDays: 184 });
    expect(createRetentionPolicy({ profile: 'minimal' })).toMatchObject({ payloadDays: 7, entryDays: 30 });
    expect(createRetentionPolicy({ payloadDays: 90 })).toEqual({ profile: 'custom', payloadDays: 90, entryDays: 90 });
    expect(createRetentionPolicy({ profile: 'eu-ai-act', entryDays: 365 })).toMatchObject({ entryDays: 365 });
  });

  it('is refused where its ages contradict each other or its profile', () => {
    for (const input of [
      { payloadDays: 60, entryDays: 30 },
      { profile: 'eu-ai-act', entryDays: 90 },
      { entryDays: -1 },
      { payloadDays: Number.NaN },
      { entryDays: 1e9 },
    ] as const) {
      expect(() => createRetentionPolicy(input)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
  });
});

describe('a purge by the policy on record', () => {
  it('removes payloads and entries each at its age, and says so of each', async () => {
    const world = await createTestLog();
    await setRetention(world, { profile: 'eu-ai-act' });
    await write(world, 'a');
    await write(world, 'b');
    world.environment.advance(31 * DAY_MS);
    await write(world, 'young');
    await write(world, 'newest');
    expect(await world.log.purge()).toEqual({ entries: 0, payloads: 2, statements: 1 });
    expect(await left(world)).toEqual(['(a)', '(b)', 'young', 'newest']);
    expect(await statements(world)).toMatchObject([{ what: 'payloads', from: 2, to: 4, kept: [], removed: 2 }]);
    expect(await world.log.purge()).toEqual({ entries: 0, payloads: 0, statements: 0 });
    world.environment.advance(155 * DAY_MS);
    await write(world, 'younger');
    expect(await world.log.purge()).toEqual({ entries: 2, payloads: 2, statements: 2 });
    expect(await left(world)).toEqual(['(young)', '(newest)', 'younger']);
    expect(await findings(world)).toEqual([]);
  });

  it('goes by the defaults where nothing is on record', async () => {
    const world = await createTestLog();
    await write(world, 'a');
    world.environment.advance(29 * DAY_MS);
    await write(world, 'b');
    world.environment.advance(2 * DAY_MS);
    await write(world, 'c');
    expect(await world.log.purge()).toEqual({ entries: 1, payloads: 1, statements: 1 });
    expect(await left(world)).toEqual(['b', 'c']);
  });

  it('holds a purge with a shorter age back, and tells how many it kept', async () => {
    const world = await createTestLog();
    await setRetention(world, { payloadDays: 10, entryDays: 20 });
    await write(world, 'a');
    world.environment.advance(15 * DAY_MS);
    await write(world, 'b');
    await write(world, 'newest');
    expect(await world.log.purge({ olderThanDays: 0 })).toEqual({
      entries: 0,
      payloads: 1,
      statements: 1,
      retained: 1,
    });
    expect(await left(world)).toEqual(['(a)', 'b', 'newest']);
    expect(await findings(world)).toEqual([]);
  });

  it('takes payloads alone where only their age is given', async () => {
    const world = await createTestLog();
    await write(world, 'a');
    world.environment.advance(5 * DAY_MS);
    await write(world, 'newest');
    expect(await world.log.purge({ payloadsOlderThanDays: 3 })).toMatchObject({ entries: 0, payloads: 1 });
    expect(await left(world)).toEqual(['(a)', 'newest']);
    expect(await world.log.purge({ entriesOlderThanDays: 3 })).toMatchObject({ entries: 1, payloads: 0 });
    expect(await findings(world)).toEqual([]);
  });
});

describe('a shorter policy', () => {
  it('does not hold for what was written under a longer one', async () => {
    const world = await createTestLog();
    await setRetention(world, { payloadDays: 30, entryDays: 100 });
    await write(world, 'long');
    await setRetention(world, { payloadDays: 1, entryDays: 1 });
    await write(world, 'short');
    world.environment.advance(50 * DAY_MS);
    await write(world, 'newest');
    await world.log.purge();
    expect(await left(world)).toEqual(['(long)', 'newest']);
    world.environment.advance(51 * DAY_MS);
    await write(world, 'newest-2');
    await world.log.purge();
    expect(await left(world)).toEqual(['newest-2']);
    expect(await findings(world)).toEqual([]);
  });

  it('holds for it once an override is on record, which needs a reason and a person', async () => {
    const world = await createTestLog();
    await setRetention(world, { entryDays: 100 });
    await write(world, 'long');
    await write(world, 'second');
    const config = { retention: retentionStatement(createRetentionPolicy({ entryDays: 1 })) };
    for (const change of [
      { by: ann },
      { reason: 'why' },
      { reason: ' ', by: ann },
      { reason: 'x', by: { kind: 'agent', id: 'a' } },
    ]) {
      await expect(world.log.recordConfig({ config, overrideRetention: true, ...change })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    }
    await setRetention(world, { entryDays: 1 }, 'a court asked for it');
    world.environment.advance(2 * DAY_MS);
    await write(world, 'newest');
    await world.log.purge();
    expect(await left(world)).toEqual(['newest']);
    expect(await findings(world)).toEqual([]);
  });

  it('may be overridden by one purge, whose statement says so', async () => {
    const world = await createTestLog();
    await setRetention(world, { entryDays: 100 });
    await write(world, 'a');
    await write(world, 'newest');
    world.environment.advance(DAY_MS);
    const purge = { olderThanDays: 0.5, overrideRetention: true } as const;
    await expect(world.log.purge(purge)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(world.log.purge({ ...purge, reason: 'asked' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    expect(await world.log.purge({ ...purge, reason: 'asked', by: ann })).toMatchObject({ entries: 1 });
    expect(await statements(world)).toMatchObject([{ override: true, by: ann }]);
    expect(await findings(world)).toEqual([]);
  });

  it('a longer one holds for what was written before it, too', async () => {
    const world = await createTestLog();
    await setRetention(world, { entryDays: 10 });
    await write(world, 'a');
    await setRetention(world, { entryDays: 100 });
    world.environment.advance(50 * DAY_MS);
    await write(world, 'newest');
    expect(await world.log.purge({ olderThanDays: 20 })).toMatchObject({ entries: 0, retained: 1 });
  });
});

describe('a hold that is placed while a purge is under way', () => {
  it('is kept: the purge makes its plan again', async () => {
    const world = await createTestLog();
    await write(world, 'a', { session: 's' });
    await write(world, 'b');
    await write(world, 'newest');
    world.environment.advance(DAY_MS);
    const hold = { kind: 'hold-placed', hold: createId(world.environment), session: 's', by: ann } as const;
    const { leaves } = world.store;
    let isPlaced = false;
    world.store.leaves = async (range) => {
      const found = await leaves.call(world.store, range);
      if (!isPlaced && range.limit > 1) {
        isPlaced = true;
        await world.log.append(hold);
      }
      return found;
    };
    expect(await world.log.purge({ olderThanDays: 0.5 })).toMatchObject({ entries: 1 });
    expect(isPlaced).toBe(true);
    expect(await left(world)).toEqual(['a', 'newest']);
    expect(await findings(world)).toEqual([]);
  });
});

describe('two purges at once', () => {
  it('of two processes never state the same removal twice', async () => {
    const world = await createTestLog();
    for (let i = 0; i < 30; i += 1) await write(world, `e${i}`);
    world.environment.advance(DAY_MS);
    await write(world, 'newest');
    const other = await world.reopen();
    const results = await Promise.all([world.log, other, world.log].map((log) => log.purge({ olderThanDays: 0.5 })));
    expect(results.reduce((sum, { entries }) => sum + entries, 0)).toBe(30);
    expect((await statements(world)).reduce((sum, { removed }) => sum + removed, 0)).toBe(30);
    expect(await findings(world)).toEqual([]);
  });
});

describe('a damaged log', () => {
  it('is not purged: neither where an old leaf was changed, nor where the leaves do not come to the tree', async () => {
    const world = await createTestLog();
    await write(world, 'a');
    await write(world, 'newest');
    world.environment.advance(DAY_MS);
    const { leaves } = world.store;
    const alter = (at: number, change: (leaf: Awaited<ReturnType<typeof leaves>>[number]) => typeof leaf) => {
      world.store.leaves = async (range) =>
        (await leaves.call(world.store, range)).map((leaf) => (leaf.index === at ? change(leaf) : leaf));
    };
    alter(1, (leaf) => ({ ...leaf, leaf: leaf.leaf?.replace('"name":"a"', '"name":"b"') ?? '' }));
    await expect(world.log.purge({ olderThanDays: 0 })).rejects.toMatchObject({ code: 'ENTRY_CORRUPT' });
    alter(0, (leaf) => ({ ...leaf, leafHash: new Uint8Array(32) }));
    await expect(world.log.purge({ olderThanDays: 0 })).rejects.toMatchObject({
      code: expect.stringMatching(/ENTRY_CORRUPT|STORE_DAMAGED/),
    });
    world.store.leaves = leaves;
    expect(await left(world)).toEqual(['a', 'newest']);
  });
});
