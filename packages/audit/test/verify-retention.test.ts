/**
 * Purges and erasures by somebody who has the keys and does not keep to the policies and holds on record: what is left proves it.
 */

import { createId } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, edgeRoot, encodeBase64 } from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import type { Entry, EntryFields, EntryOf } from '../src/entry/kinds.js';
import { sha256 } from '../src/keys/private-key.js';
import { createRetentionPolicy, type RetentionInput, retentionStatement } from '../src/retention/policy.js';
import { verifyLog } from '../src/verify/index.js';
import { type Evidence, entriesOf, type ForgedEntry, forge, readerOf } from './verify-forge.js';
import { openWorld, type World } from './verify-world.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const ANN = { kind: 'person', id: 'ann' } as const;
type Purged = EntryOf<'entries-purged'>;

async function setRetention({ log }: World, input: RetentionInput): Promise<void> {
  await log.recordConfig({ config: { retention: retentionStatement(createRetentionPolicy(input)) } });
}

async function write({ log }: World, session: string): Promise<number> {
  return (await log.append({ kind: 'system-event', name: 'e', session, payloads: { details: 1 } })).index;
}

/** A log in which entries 3 to 6 are two events of session s and two of session t, each a day apart, and some days passed. */
async function makeWorld(input: RetentionInput | undefined, days = 5): Promise<World> {
  const world = await openWorld();
  await (input === undefined ? write(world, 'first') : setRetention(world, input));
  for (const session of ['s', 's', 't', 't']) {
    world.environment.advance(DAY_MS);
    await write(world, session);
  }
  world.environment.advance(days * DAY_MS);
  await write(world, 'newest');
  return world;
}

/** The log with these entries behind its own, signed again, and without what its last statement removes. */
async function forgeWith(world: World, ...fields: readonly EntryFields[]): Promise<Evidence> {
  const entries: ForgedEntry[] = await entriesOf(world);
  for (const member of fields) {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) throw new Error('the log is empty');
    const { v, log, prev, writer, totals } = last.entry;
    const time = last.entry.time.replace(/\d{3}Z$/, '999Z');
    const common = {
      v,
      log,
      prev,
      writer,
      totals,
      time,
      index: 0,
      writerSeq: 0,
      id: createId(world.environment),
      payload: {},
    };
    // The common members and those of one kind are an entry; the compiler does not see it for a union.
    entries.push({ entry: { ...common, ...member } as Entry, payloads: [] });
  }
  return forge(world, entries);
}

/** A statement whose root is right, and the evidence after it was carried out. */
async function purgedBy(world: World, over: Partial<Purged>, before: readonly EntryFields[] = []): Promise<Evidence> {
  const draft = await forgeWith(world, ...before);
  const range = { from: 3, to: 7, kept: [], ...over };
  const edge = draft.leaves
    .slice(0, range.to)
    .reduce((sum, { leafHash }) => appendToEdge(sha256, sum, leafHash), EMPTY_EDGE);
  const root = encodeBase64(edgeRoot(sha256, edge));
  const removed = range.to - range.from - range.kept.length;
  const statement = {
    kind: 'entries-purged',
    what: 'entries',
    removed,
    root,
    policy: 'forged',
    by: ANN,
    ...range,
  } as const;
  const evidence = await forgeWith(world, ...before, statement);
  const goes = (index: number) => index >= range.from && index < range.to && !range.kept.includes(index);
  return {
    ...evidence,
    leaves: evidence.leaves.map(({ leaf, ...rest }) =>
      over.what !== 'payloads' && goes(rest.index) ? rest : { ...rest, ...(leaf !== undefined && { leaf }) },
    ),
    payloads: evidence.payloads.filter(({ index }) => !goes(index)),
  };
}

async function findingsOf(world: World, evidence: Evidence): Promise<readonly string[]> {
  const { findings } = await verifyLog(readerOf(evidence), { key: world.key });
  return findings.map(({ code }) => code).filter((code) => code !== 'NO_ANCHOR');
}

function holdOf(world: World, over: { session?: string; from?: number; to?: number }): EntryFields {
  return { kind: 'hold-placed', hold: createId(world.environment), by: ANN, ...over };
}

describe('a purge before retention', () => {
  it('is found by what is left: entries that are older than the ones that went', async () => {
    const world = await makeWorld({ entryDays: 30 });
    expect(await findingsOf(world, await purgedBy(world, {}))).toEqual(['RETENTION_BREACHED']);
    expect(await findingsOf(world, await purgedBy(world, { from: 5, to: 6 }))).toEqual(['RETENTION_BREACHED']);
    expect(await findingsOf(world, await purgedBy(world, { kept: [4] }))).toEqual(['RETENTION_BREACHED']);
  });

  it('is found by the time that the statement itself gives, which cannot be earlier than what is left', async () => {
    const world = await makeWorld({ entryDays: 9 });
    // Only the entry before them is left, and that is old enough.
    const mute = await makeWorld({ entryDays: 9 });
    expect(await findingsOf(mute, await purgedBy(mute, {}))).toEqual([]);
    const newest = (await entriesOf(world))[6]?.entry.time ?? '';
    expect(await findingsOf(world, await purgedBy(world, { newest }))).toEqual(['RETENTION_BREACHED']);
    const lie = await purgedBy(world, { newest: '2020-01-01T00:00:00.000000Z' });
    expect(await findingsOf(world, lie)).toEqual(['PURGE_INVALID']);
  });

  it('is none where the entries have reached their age, or nothing is on record', async () => {
    const old = await makeWorld({ entryDays: 3 });
    expect(await findingsOf(old, await purgedBy(old, {}))).toEqual([]);
    const free = await makeWorld(undefined);
    expect(await findingsOf(free, await purgedBy(free, {}))).toEqual([]);
  });

  it('is found of payloads whose entries are still there', async () => {
    const world = await makeWorld({ payloadDays: 6, entryDays: 30 });
    expect(await findingsOf(world, await purgedBy(world, { what: 'payloads' }))).toEqual(['RETENTION_BREACHED']);
    expect(await findingsOf(world, await purgedBy(world, { what: 'payloads', to: 5 }))).toEqual([]);
  });

  it('goes by the longest policy since an entry was written, whatever came later', async () => {
    const world = await openWorld();
    await setRetention(world, { entryDays: 30 });
    for (const session of ['s', 's', 't', 't']) await write(world, session);
    await setRetention(world, { entryDays: 1 });
    world.environment.advance(5 * DAY_MS);
    await write(world, 'newest');
    expect(await findingsOf(world, await purgedBy(world, {}))).toEqual(['RETENTION_BREACHED']);
  });

  it('counts an override only with a person and a reason', async () => {
    const world = await makeWorld({ entryDays: 30 });
    const without = await purgedBy(world, { override: true });
    expect(await findingsOf(world, without)).toEqual(['RETENTION_BREACHED']);
  });
});

describe('a hold that was ignored', () => {
  it('is found by its range', async () => {
    const world = await makeWorld(undefined);
    const holds = [holdOf(world, { from: 6, to: 7 })];
    expect(await findingsOf(world, await purgedBy(world, {}, holds))).toEqual(['HOLD_IGNORED']);
    expect(await findingsOf(world, await purgedBy(world, { to: 6 }, holds))).toEqual([]);
    expect(await findingsOf(world, await purgedBy(world, { kept: [6] }, holds))).toEqual([]);
  });

  it('is found by its session, where entries still say what they belong to', async () => {
    const world = await makeWorld(undefined);
    const holds = [holdOf(world, { session: 't' })];
    expect(await findingsOf(world, await purgedBy(world, { what: 'payloads' }, holds))).toEqual(['HOLD_IGNORED']);
    expect(await findingsOf(world, await purgedBy(world, { what: 'payloads', to: 5 }, holds))).toEqual([]);
  });

  it('is none after it was released, and none before it was placed', async () => {
    const world = await makeWorld(undefined);
    const hold = createId(world.environment);
    const placed = { kind: 'hold-placed', hold, from: 3, by: ANN } as const;
    const released = { kind: 'hold-released', hold, by: ANN } as const;
    expect(await findingsOf(world, await purgedBy(world, {}, [placed]))).toEqual(['HOLD_IGNORED']);
    expect(await findingsOf(world, await purgedBy(world, {}, [placed, released]))).toEqual([]);
    expect(await findingsOf(world, await purgedBy(world, {}, [released]))).toEqual([]);
  });

  it('is found of an erasure', async () => {
    const world = await makeWorld(undefined);
    const holds = [holdOf(world, { session: 't' })];
    for (const [target, expected] of [
      [5, ['HOLD_IGNORED']],
      [4, []],
    ] as const) {
      const erased = { kind: 'payload-erased', target, name: 'details', by: ANN } as const;
      const evidence = await forgeWith(world, ...holds, erased);
      const payloads = evidence.payloads.filter(({ index }) => index !== target);
      expect(await findingsOf(world, { ...evidence, payloads })).toEqual(expected);
    }
  });
});
