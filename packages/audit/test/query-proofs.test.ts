/** Queries with proofs: each row proven, and a statement of whether they are all. Over a memory store that can be made to lie. */

import { formatVerifierKey, hashLeaf } from '@countersign/tlog';
import { beforeEach, describe, expect, it } from 'vitest';
import type { QueryFilter, QueryResult } from '../src/call-view.js';
import { sha256 } from '../src/keys/private-key.js';
import { LogView } from '../src/log-view.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { joinCompleteness, type RiskCompleteness } from '../src/query/risk-completeness.js';
import { verifyReceipt } from '../src/verify/index.js';
import { beginAllowed, callOf, finishCall, openWorld, type World } from './verify-world.js';

const LEVELS = ['safe', 'moderate', 'destructive', 'critical'] as const;
const CALLS = 40;
let world: World;
/** The newest checkpoint: what the caller knows from elsewhere. */
let anchor: string;

beforeEach(async () => {
  world = await openWorld(createMemoryLogStore(), 21);
  for (let i = 0; i < CALLS; i += 1) await record(i);
  anchor = await world.log.checkpoint();
});

/** Call `i` is of level `i mod 4`; every fifth fails by not finishing. */
async function record(i: number): Promise<void> {
  const level = LEVELS[i % 4] ?? 'safe';
  const call = callOf(world, `call-${i}`, { level, args: { i } });
  // A policy that lets everything run keeps the world small.
  const { index } = await beginAllowed(world, { ...call, verdict: { ...call.verdict, verdict: 'allow' } });
  world.environment.advance(1000);
  if (i % 5 !== 0) await finishCall(world, call, index);
}

const ask = (filter: QueryFilter = {}) =>
  world.log.query({ proofs: true, key: world.key, against: [anchor], limit: 1000, ...filter });

function completenessOf({ completeness }: QueryResult): RiskCompleteness {
  if (completeness === undefined) throw new Error('no statement');
  return completeness;
}

const codesOf = (result: QueryResult) => completenessOf(result).findings.map(({ code }) => code);

/** Replaces what the store answers to one question. */
function lie<K extends keyof World['store']>(name: K, answer: (honest: World['store'][K]) => World['store'][K]): void {
  const honest: World['store'][K] = Object.getPrototypeOf(world.store)[name].bind(world.store);
  Object.assign(world.store, { [name]: answer(honest) });
}

describe('a query with proofs', () => {
  it('answers each call with receipts of its entries, and says that these are all', async () => {
    const result = await ask({ risk: 'critical' });
    expect(result.calls).toHaveLength(CALLS / 4);
    for (const { callId, proofs = [], outcome, args } of result.calls) {
      expect(proofs).toHaveLength(outcome === 'pending' ? 1 : 2);
      for (const proof of proofs) {
        const report = verifyReceipt(proof, { key: world.key, against: [anchor] });
        expect(report).toMatchObject({ integrity: 'ok', findings: [] });
        expect(report.entries[0]?.entry).toMatchObject({ call: callId });
      }
      const [begin] = proofs;
      expect(verifyReceipt(begin, { key: world.key }).entries[0]?.payloads.args).toEqual(args);
    }
    const { size } = await world.store.head();
    expect(result.completeness).toMatchObject({
      status: 'verified',
      findings: [],
      from: 0,
      to: size,
      levels: [{ level: 'critical', expected: 10, returned: 10, filtered: 0, purged: 0, missing: 0 }],
      size,
      checkpoint: anchor,
      keySource: 'pinned',
    });
    const [boundary, ...rest] = completenessOf(result).boundaries;
    expect(rest).toEqual([]);
    const { entries } = verifyReceipt(boundary, { key: world.key });
    expect(entries[0]?.index).toBe(size - 1);
  });

  it('counts every level when none is asked for, and several when several are', async () => {
    const all = completenessOf(await ask());
    expect(all.levels.map(({ level, returned }) => [level, returned])).toEqual(LEVELS.map((level) => [level, 10]));
    const some = completenessOf(await ask({ risk: ['critical', 'safe'] }));
    expect(some.levels.map(({ level }) => level)).toEqual(['safe', 'critical']);
    expect([all.status, some.status]).toEqual(['verified', 'verified']);
  });

  it.each(['newest-first', 'oldest-first'] as const)('holds for a walk by pages, %s', async (order) => {
    const pages: RiskCompleteness[] = [];
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ risk: 'moderate', order, limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      expect(codesOf(page)).toEqual([]);
      pages.push(completenessOf(page));
      seen.push(...page.calls.map(({ index }) => index));
      cursor = page.nextCursor;
      // Whoever writes meanwhile must not break the walk.
      await record(CALLS + seen.length * 4);
    } while (cursor !== undefined);
    const walk = joinCompleteness(pages);
    expect(walk).toMatchObject({ status: 'verified', from: 0, levels: [{ level: 'moderate', missing: 0 }] });
    expect(walk?.levels[0]?.returned).toBe(seen.length);
    expect(new Set(seen).size).toBe(seen.length);
    expect(joinCompleteness(pages.toSpliced(1, 1))?.status).toBe('not-checked');
    expect(joinCompleteness([])).toBeUndefined();
  });

  it('counts all calls of a level again when the filter asks for more', async () => {
    for (const filter of [
      { session: 'session-1' },
      { tool: 'read_*' },
      { tool: 'nothing' },
      { actor: 'builder' },
      { decision: 'not_required' },
      { outcome: 'pending' },
      { success: true },
    ] as const) {
      const result = await ask({ risk: 'critical', ...filter });
      const { status, levels } = completenessOf(result);
      expect([JSON.stringify(filter), status]).toEqual([JSON.stringify(filter), 'verified']);
      const [count] = levels;
      expect(count).toMatchObject({ expected: 10, missing: 0, returned: result.calls.length });
      expect(count?.filtered).toBe(10 - result.calls.length);
    }
  });

  it('turns limits of time into the entries between them', async () => {
    const { calls } = await world.log.query({ limit: 1000, order: 'oldest-first' });
    const [since, until] = [calls[10]?.startedAt, calls[31]?.startedAt];
    if (since === undefined || until === undefined) throw new Error('too few calls');
    for (const filter of [{ since }, { until }, { since, until }, { since: '2040-01-01' }, { until: '2001-01-01' }]) {
      const result = await ask(filter);
      const { status, levels, findings } = completenessOf(result);
      expect(findings).toEqual([]);
      expect(status).toBe('verified');
      expect(levels.reduce((sum, { returned }) => sum + returned, 0)).toBe(result.calls.length);
    }
    const { from, to } = completenessOf(await ask({ since, until }));
    // An outcome before it may be of the same moment; whatever stands before that is too old.
    expect([from, to]).toEqual([(calls[10]?.index ?? 0) - 1, calls[31]?.index]);
  });

  it('does not vouch for limits of time where the clock was set back', async () => {
    world.environment.stepWallClock(-60_000);
    await record(CALLS);
    anchor = await world.log.checkpoint();
    expect(completenessOf(await ask({ since: '1h' }))).toMatchObject({ status: 'not-checked', levels: [] });
    expect(completenessOf(await ask())).toMatchObject({ status: 'verified' });
  });
});

describe('the ground of the statement', () => {
  it('is unverified, with the reason, without a pinned key or without anything from elsewhere', async () => {
    const found = await world.log.query({ proofs: true, risk: 'critical', against: [anchor] });
    expect(found.completeness).toMatchObject({ status: 'unverified', keySource: 'found' });
    expect(codesOf(found)).toEqual(['KEY_NOT_PINNED']);
    const alone = await world.log.query({ proofs: true, risk: 'critical', key: world.key });
    expect(alone.completeness).toMatchObject({ status: 'unverified', keySource: 'pinned' });
    expect(codesOf(alone)).toEqual(['NO_ANCHOR']);
  });

  it('fails when a checkpoint that is known from elsewhere is ahead of the log, forked, or none of it', async () => {
    const before = world;
    await record(CALLS);
    const ahead = await world.log.checkpoint();
    const fork = await openWorld(createMemoryLogStore(), 21);
    for (let i = 0; (await fork.store.head()).size < 20; i += 1) {
      await fork.log.append({ kind: 'system-event', name: `fork-${i}`, payloads: {} });
    }
    expect(codesOf(await ask({ against: [await fork.log.checkpoint()] }))).toEqual(['LOG_FORKED']);
    expect(codesOf(await ask({ against: ['nothing'] }))).toEqual(['ANCHOR_INVALID']);
    // A store that answers as it did before: its end was cut off.
    world = await openWorld(createMemoryLogStore(), 21);
    for (let i = 0; i < CALLS; i += 1) await record(i);
    expect(formatVerifierKey(world.signer.identity.key)).toBe(before.key);
    const cut = await ask({ against: [ahead] });
    expect([cut.completeness?.status, codesOf(cut)]).toEqual(['failed', ['LOG_TRUNCATED']]);
  });

  it('is refused under a key that has not signed the log', async () => {
    const other = await openWorld(createMemoryLogStore(), 22);
    await expect(ask({ key: other.key })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    await expect(ask({ key: 'nothing' })).rejects.toMatchObject({ code: 'FILTER_INVALID' });
  });

  it('is only asked for together with proofs', async () => {
    const { log, key } = world;
    await expect(log.query({ key })).rejects.toMatchObject({ code: 'FILTER_INVALID' });
    await expect(log.query({ against: [anchor], proofs: false })).rejects.toMatchObject({ code: 'FILTER_INVALID' });
    expect((await log.query({ proofs: false })).completeness).toBeUndefined();
  });
});

describe('a store that lies', () => {
  it('by leaving out calls is found out, whatever the filter', async () => {
    const [hidden] = (await world.log.query({ risk: 'critical' })).calls;
    lie('findCalls', (honest) => async (filter) => (await honest(filter)).filter((index) => index !== hidden?.index));
    for (const filter of [{ risk: 'critical' }, {}, { tool: 'read_file' }, { since: '1h' }, { limit: 4 }] as const) {
      const result = await ask(filter);
      expect([result.completeness?.status, codesOf(result)]).toEqual(['failed', ['CALLS_MISSING']]);
    }
  });

  it('by answering one call twice in the place of another is found out', async () => {
    const indexes = (await world.log.query({ risk: 'critical' })).calls.map(({ index }) => index);
    const [first = 0, second = 0] = indexes;
    lie(
      'findCalls',
      (honest) => async (filter) => (await honest(filter)).map((index) => (index === second ? first : index)),
    );
    await expect(ask({ risk: 'critical' })).rejects.toMatchObject({ code: 'ENTRY_CORRUPT' });
    await expect(ask({ risk: 'critical', tool: 'nothing' })).rejects.toMatchObject({ code: 'ENTRY_CORRUPT' });
  });

  it('by answering another call in its place is found out', async () => {
    const [hidden] = (await world.log.query({ risk: 'critical' })).calls;
    const [other] = (await world.log.query({ risk: 'safe' })).calls;
    lie(
      'findCalls',
      (honest) => async (filter) =>
        (await honest(filter)).map((index) => (index === hidden?.index ? (other?.index ?? 0) : index)),
    );
    await expect(ask({ risk: 'critical' })).rejects.toMatchObject({ code: 'ENTRY_CORRUPT' });
  });

  it('by hiding an outcome is found out', async () => {
    lie('entriesOfCalls', (honest) => async (calls) => {
      const found = await honest(calls);
      return new Map([...found].map(([key, indexes]) => [key, indexes.slice(0, 1)]));
    });
    await expect(ask({ risk: 'critical' })).rejects.toMatchObject({ code: 'ENTRY_CORRUPT' });
  });

  it('by showing a leaf that was never signed is found out', async () => {
    const honest = await world.log.query({ risk: 'critical' });
    const [call] = honest.calls;
    const at = call?.index ?? 0;
    const { leaf } = await world.log.entry(at);
    // Somebody who can compute hashes relabels the call and stores the hash of what he made of it.
    const forged = leaf.replace('"risk":"critical"', '"risk":"safe"');
    const leafHash = hashLeaf(sha256, Buffer.from(forged));
    const swap = <T extends { readonly index: number }>(row: T): T =>
      row.index === at ? { ...row, ...('leaf' in row ? { leaf: forged } : {}), leafHash } : row;
    lie('read', (read) => async (indexes) => {
      const { leaves, payloads } = await read(indexes);
      return { leaves: leaves.map(swap), payloads };
    });
    lie('leaves', (leaves) => async (range) => (await leaves(range)).map(swap));
    lie(
      'findCalls',
      (find) => async (filter) =>
        filter.risk?.includes('safe') === true ? [at] : (await find(filter)).filter((index) => index !== at),
    );
    for (const risk of ['safe', 'critical'] as const) {
      await expect(ask({ risk })).rejects.toMatchObject({ code: 'ENTRY_UNPROVEN' });
    }
    // And with the hash put into the tree as well, the root is another.
    lie('hashes', (hashes) => async (range) => (await hashes(range)).map(swap));
    const fresh = openFresh();
    await expect(fresh.query({ proofs: true, key: world.key, against: [anchor] })).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
  });
});

/** A reader that has seen nothing yet. */
function openFresh(): LogView {
  const { store, log, environment } = world;
  return new LogView({
    store,
    origin: log.origin,
    identityKey: log.identityKey,
    environment,
    isWriterAlive: () => false,
  });
}

describe('what was purged', () => {
  it('is told, and is not taken for hidden', async () => {
    world.environment.advance(40 * 86_400_000);
    for (let i = 0; i < 8; i += 1) await record(100 + i);
    const before = completenessOf(await ask()).levels;
    await world.log.purge({ olderThanDays: 30 });
    anchor = await world.log.checkpoint();
    const result = await ask();
    expect(completenessOf(result)).toMatchObject({ status: 'verified', findings: [] });
    for (const { level, expected, purged, returned, missing } of completenessOf(result).levels) {
      expect([expected, missing]).toEqual([before.find((one) => one.level === level)?.expected, 0]);
      expect(purged).toBeGreaterThan(0);
      expect(purged + returned).toBe(expected);
    }
    // Page by page the same, and within a limit of time.
    const pages: RiskCompleteness[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(completenessOf(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(joinCompleteness(pages)).toMatchObject({ status: 'verified', levels: completenessOf(result).levels });
    expect(completenessOf(await ask({ since: '1d' }))).toMatchObject({ status: 'verified' });
  });

  it('does not hide that more is gone than the purge removed', async () => {
    world.environment.advance(40 * 86_400_000);
    for (let i = 0; i < 8; i += 1) await record(100 + i);
    await world.log.purge({ olderThanDays: 30 });
    anchor = await world.log.checkpoint();
    const [hidden] = (await world.log.query({ risk: 'critical' })).calls;
    lie('findCalls', (honest) => async (filter) => (await honest(filter)).filter((index) => index !== hidden?.index));
    const result = await ask({ risk: 'critical' });
    expect(codesOf(result)).toEqual(['CALLS_MISSING']);
    expect(completenessOf(result).levels[0]?.missing).toBe(1);
  });
});
