import { createId } from '@countersign/core';
import { edgeRoot, encodeBase64 } from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import type { CallSubject } from '../src/call-record.js';
import type { EntryOf } from '../src/entry/kinds.js';
import { sha256 } from '../src/keys/private-key.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { MAX_KEPT, MAX_REMOVED, type PurgeableEntry, planPurge } from '../src/retention/purge-plan.js';
import { createFaultyStore } from '../src/testing/faulty-store.js';
import { sampleCall, sampleClassification } from '../src/testing/sample-call.js';
import { createTestLog, type TestLog, type TestLogOptions } from '../src/testing/test-log.js';
import { TreeReader } from '../src/tree-reader.js';
import { digestOf, expectSound, payloadsOf, readAll } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const ann = { kind: 'person', id: 'ann' } as const;
const allowed = { decision: 'not_required', decisionBy: 'default:safe' } as const;

/** Indexes whose text is gone. */
async function goneFrom({ store }: Pick<TestLog, 'store'>): Promise<readonly number[]> {
  const leaves = await store.leaves({ from: 0, limit: 10_000 });
  return leaves.filter(({ leaf }) => leaf === undefined).map(({ index }) => index);
}

async function statements({ store }: Pick<TestLog, 'store'>): Promise<readonly EntryOf<'entries-purged'>[]> {
  return (await readAll(store)).flatMap((entry) => (entry.kind === 'entries-purged' ? [entry] : []));
}

async function runCall({ log }: TestLog, callId: string): Promise<void> {
  const { index: begun } = await log.begin({ ...sampleCall(log.origin, { callId }), ...allowed });
  await log.finish({ callId, run: 'run-1', tool: 'read_file', begun, outcome: 'ok', durationUs: 5, result: 1 });
}

async function ask({ log, environment }: TestLog, callId: string, expiresInMs = 60_000) {
  const classification = sampleClassification({ level: 'destructive' });
  const call: CallSubject = sampleCall(log.origin, { callId, classification });
  const argsDigest = digestOf(log.origin, call);
  const id = createId(environment);
  const described = { tool: call.tool.name, toolDigest: call.toolDigest, policy: call.policy, ruleSet: 'rules-1' };
  const request = {
    ...described,
    ...{ id, callId, run: 'run-1', argsDigest, args: call.args, redacted: false, risk: 'destructive' as const },
    ...{
      confidencePercent: 90,
      reversible: false,
      effects: [],
      signals: ['tool.read'],
      reasons: [],
      rule: 'default:destructive',
    },
    expiresAtUs: environment.nowUs() + expiresInMs * 1000,
  };
  await log.journal.record({ kind: 'requested', request });
  const grant = {
    ...described,
    ...{ id: createId(environment), requestId: id, maxRisk: 'destructive' as const, signals: ['tool.read'] },
    ...{ arguments: [], uses: 5, issuedBy: ann, expiresAtUs: environment.nowUs() + 50 * DAY_MS * 1000 },
  };
  return { call: { ...call, argsDigest }, id, grant };
}

describe('a purge', () => {
  it('removes what is old, says so first, and leaves a log that still verifies', async () => {
    const world = await createTestLog();
    await runCall(world, 'old');
    await world.log.append({ kind: 'system-event', name: 'old', payloads: { details: 1 } });
    world.environment.advance(31 * DAY_MS);
    await runCall(world, 'young');
    const result = await world.log.purge({ olderThanDays: 30, by: ann, reason: 'tidy' });
    expect(result).toEqual({ entries: 3, payloads: 5, statements: 1 });
    expect(await goneFrom(world)).toEqual([1, 2, 3]);
    const [statement] = await statements(world);
    const root = encodeBase64(edgeRoot(sha256, await new TreeReader(world.store).edgeAt(4)));
    expect(statement).toMatchObject({
      what: 'entries',
      from: 1,
      to: 4,
      kept: [],
      removed: 3,
      root,
      by: ann,
      policy: 'older-than-days:30',
    });
    expect(await payloadsOf(world.store, statement?.index ?? -1)).toEqual({ reason: 'tidy' });
    await expectSound(world.store, world.signer);
    await runCall(world, 'old');
  });

  it('says nothing when nothing is old enough', async () => {
    const world = await createTestLog();
    await runCall(world, 'a');
    world.environment.advance(30 * DAY_MS);
    expect(await world.log.purge({ olderThanDays: 30 })).toEqual({ entries: 0, payloads: 0, statements: 0 });
    expect((await world.store.head()).size).toBe(3);
  });

  it('never removes the newest entry, nor its own statements', async () => {
    const world = await createTestLog();
    for (const name of ['a', 'b', 'c']) await world.log.append({ kind: 'system-event', name });
    world.environment.advance(DAY_MS);
    expect(await world.log.purge({ olderThanDays: 0 })).toMatchObject({ entries: 2 });
    expect(await goneFrom(world)).toEqual([1, 2]);
    world.environment.advance(DAY_MS);
    expect(await world.log.purge({ olderThanDays: 0 })).toMatchObject({ entries: 1 });
    expect(await goneFrom(world)).toEqual([1, 2, 3]);
    world.environment.advance(DAY_MS);
    expect(await world.log.purge({ olderThanDays: 0 })).toMatchObject({ entries: 0 });
    await expectSound(world.store, world.signer);
  });

  it('keeps what belongs to the newest entry', async () => {
    const world = await createTestLog();
    const { id } = await ask(world, 'call');
    await world.log.journal.record({ kind: 'expired', requestId: id, cause: 'aborted' });
    world.environment.advance(DAY_MS);
    expect(await world.log.purge({ olderThanDays: 0 })).toMatchObject({ entries: 0 });
  });

  it('keeps control entries and names them', async () => {
    const world = await createTestLog();
    await world.log.append({ kind: 'system-event', name: 'a' });
    await world.log.append({ kind: 'config-changed', config: Buffer.alloc(32).toString('base64') });
    await world.log.append({ kind: 'system-event', name: 'b' });
    world.environment.advance(DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    await world.log.purge({ olderThanDays: 0.5 });
    expect(await goneFrom(world)).toEqual([1, 3]);
    expect(await statements(world)).toMatchObject([{ from: 1, to: 4, kept: [2], removed: 2 }]);
  });

  it('keeps a call without a result, and one whose result is young', async () => {
    const world = await createTestLog();
    await world.log.begin({ ...sampleCall(world.log.origin, { callId: 'dangling' }), ...allowed });
    const { index: begun } = await world.log.begin({ ...sampleCall(world.log.origin, { callId: 'slow' }), ...allowed });
    await world.log.observe({ ...sampleCall(world.log.origin, { callId: 'seen' }), success: true });
    world.environment.advance(2 * DAY_MS);
    const finish = { callId: 'slow', run: 'run-1', tool: 'read_file', begun, outcome: 'ok', durationUs: 1 } as const;
    await world.log.finish(finish);
    await world.log.append({ kind: 'system-event', name: 'young' });
    await world.log.purge({ olderThanDays: 1 });
    expect(await goneFrom(world)).toEqual([3]);
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    await world.log.purge({ olderThanDays: 1 });
    expect(await goneFrom(world)).toEqual([2, 3, 4, 5]);
  });

  it('keeps open requests, and removes the rows of those that are over with their entries', async () => {
    const world = await createTestLog();
    const waiting = await ask(world, 'waiting');
    const expired = await ask(world, 'expired');
    await world.log.journal.record({ kind: 'expired', requestId: expired.id, cause: 'aborted' });
    const used = await ask(world, 'used');
    const decision = { requestId: used.id, decision: 'approved', approver: ann, attestation: 'server' } as const;
    await world.log.journal.record({ kind: 'decided', decision });
    const { index: begun } = await world.log.begin({
      ...used.call,
      decision: 'approved',
      decisionBy: 'ann',
      requestId: used.id,
    });
    await world.log.finish({ callId: 'used', run: 'run-1', tool: 'read_file', begun, outcome: 'ok', durationUs: 1 });
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    await world.log.purge({ olderThanDays: 1 });
    expect(await goneFrom(world)).toEqual([2, 3, 4, 5, 6, 7]);
    expect((await world.store.requestRows({ limit: 10 })).map(({ request }) => request.id)).toEqual([waiting.id]);
    await expectSound(world.store, world.signer);
  });

  it('keeps a live grant with all that hangs on it, until it is over', async () => {
    const world = await createTestLog();
    const { id, grant, call } = await ask(world, 'first');
    const decision = {
      requestId: id,
      decision: 'approved',
      approver: ann,
      attestation: 'server',
      grantId: grant.id,
    } as const;
    await world.log.journal.record({ kind: 'decided', decision, grant });
    const { index: first } = await world.log.begin({ ...call, decision: 'approved', decisionBy: 'ann', requestId: id });
    await world.log.finish({
      callId: 'first',
      run: 'run-1',
      tool: 'read_file',
      begun: first,
      outcome: 'ok',
      durationUs: 1,
    });
    const similar = { decision: 'auto', decisionBy: 'similar_match', grantId: grant.id } as const;
    const { index: begun } = await world.log.begin({ ...call, callId: 'second', ...similar });
    await world.log.finish({ callId: 'second', run: 'run-1', tool: 'read_file', begun, outcome: 'ok', durationUs: 1 });
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    expect(await world.log.purge({ olderThanDays: 1 })).toMatchObject({ entries: 0 });
    world.environment.advance(50 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'younger' });
    expect(await world.log.purge({ olderThanDays: 1 })).toMatchObject({ entries: 9 });
    expect([await world.store.grantRows({ limit: 9 }), await world.store.requestRows({ limit: 9 })]).toEqual([[], []]);
    await expectSound(world.store, world.signer);
  });

  it('keeps what is held, by session or by range, until the hold is released', async () => {
    const world = await createTestLog();
    for (const session of ['s1', 's2']) {
      for (const name of ['a', 'b']) await world.log.append({ kind: 'system-event', name, session });
    }
    const [bySession, byRange] = [createId(world.environment), createId(world.environment)];
    await world.log.append({ kind: 'hold-placed', hold: bySession, session: 's1', by: ann });
    await world.log.append({ kind: 'hold-placed', hold: byRange, from: 4, to: 5, by: ann });
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    await world.log.purge({ olderThanDays: 1 });
    expect(await goneFrom(world)).toEqual([3]);
    await world.log.append({ kind: 'hold-released', hold: bySession, by: ann });
    await world.log.purge({ olderThanDays: 1 });
    expect(await goneFrom(world)).toEqual([1, 2, 3]);
    await world.log.append({ kind: 'hold-released', hold: byRange, by: ann });
    await world.log.purge({ olderThanDays: 1 });
    expect(await goneFrom(world)).toEqual([1, 2, 3, 4]);
  });

  it('keeps all of a call of which anything is held', async () => {
    const world = await createTestLog();
    await runCall(world, 'held');
    await world.log.append({ kind: 'hold-placed', hold: createId(world.environment), from: 2, to: 3, by: ann });
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    expect(await world.log.purge({ olderThanDays: 1 })).toMatchObject({ entries: 0 });
  });

  it('goes on after it was interrupted, with every removal stated', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const options: TestLogOptions = { store };
    const world = { ...(await createTestLog(options)), store: inner };
    const names = Array.from({ length: MAX_REMOVED + 10 }, (_, i) => `event-${i}`);
    await Promise.all(names.map((name) => world.log.append({ kind: 'system-event', name })));
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    for (const fault of ['after-commit', 'before-commit'] as const) {
      store.fail(fault);
      await expect(world.log.purge({ olderThanDays: 1 })).rejects.toMatchObject({ code: 'STORE_IO' });
    }
    expect(await world.log.purge({ olderThanDays: 1 })).toMatchObject({ entries: 10, statements: 1 });
    const stated = (await statements(world)).reduce((sum, { removed }) => sum + removed, 0);
    expect([(await goneFrom(world)).length, stated]).toEqual([names.length, names.length]);
    await expectSound(inner, world.signer);
  });

  it('refuses an age that is none', async () => {
    const { log } = await createTestLog();
    for (const olderThanDays of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(log.purge({ olderThanDays })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    }
  });
});

describe('statements', () => {
  const entry = (index: number, goes: boolean) => ({ index, goes, kind: 'system-event', timeUs: 1, payloads: [] });
  const shape = (entries: readonly PurgeableEntry[]) =>
    planPurge(entries).map(({ from, to, kept, removed }) => [from, to, kept, removed.map(({ index }) => index)]);

  it('cover what goes, in ranges that do not overlap and name what stays', () => {
    const entries = [1, 2, 3, 7, 8, 9].map((index) => entry(index, index !== 2 && index !== 9));
    expect(shape(entries)).toEqual([[1, 9, [2], [1, 3, 7, 8]]]);
  });

  it('are split where more stays, or more goes, than one can name', () => {
    const stays = Array.from({ length: MAX_KEPT + 1 }, (_, i) => entry(i + 1, false));
    const split = planPurge([entry(0, true), ...stays, entry(MAX_KEPT + 2, true)]);
    expect(split.map(({ from, to, kept }) => [from, to, kept.length])).toEqual([
      [0, 1, 0],
      [MAX_KEPT + 2, MAX_KEPT + 3, 0],
    ]);
    const many = planPurge(Array.from({ length: MAX_REMOVED + 1 }, (_, i) => entry(i, true)));
    expect(many.map(({ from, to }) => [from, to])).toEqual([
      [0, MAX_REMOVED],
      [MAX_REMOVED, MAX_REMOVED + 1],
    ]);
  });
});
