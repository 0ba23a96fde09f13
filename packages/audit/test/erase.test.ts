/**
 * Holds, and the erasure of single payloads with all their copies.
 */

import { createId } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { createMemoryLogStore } from '../src/memory-store.js';
import { sampleClassification } from '../src/testing/sample-call.js';
import { verifyLog } from '../src/verify/index.js';
import { payloadsOf, readAll, requestOf } from './support.js';
import { ANN, approvalOf, callOf, finishCall, openWorld, type World } from './verify-world.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const SECRET = 'the-number-of-anns-passport';
const act = { reason: 'asked for by the person', by: ANN } as const;

async function codes({ store, key }: World): Promise<readonly string[]> {
  const { findings } = await verifyLog(store, { key });
  return findings.map(({ code }) => code).filter((code) => code !== 'NO_ANCHOR' && code !== 'APPROVER_NOT_ENROLLED');
}

/** A call that was asked about, approved and run; the indexes of its entries. */
async function approvedCall(world: World, args: string | readonly string[] = SECRET) {
  const call = callOf(world, createId(world.environment), { level: 'critical', args: { text: args } });
  const request = requestOf(world, { ...call, classification: sampleClassification({ level: 'critical' }) });
  await world.log.journal.record({ kind: 'requested', request });
  const asked = (await world.store.head()).size - 1;
  await world.log.journal.record({ kind: 'decided', decision: approvalOf(request, { reason: 'fine' }) });
  const { index } = await world.log.begin({ ...call, decision: 'approved', decisionBy: ANN.id, requestId: request.id });
  await finishCall(world, call, index);
  return { call, request, asked, index };
}

/** Everything that a store in memory holds, as one text. */
async function contentOf({ store }: World): Promise<string> {
  const payloads = await store.payloads({ from: 0, to: 10_000 });
  const rows = [await store.requestRows({ limit: 1000 }), await store.grantRows({ limit: 1000 })];
  return payloads.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n') + JSON.stringify(rows);
}

describe('an erasure', () => {
  it('takes a payload with its salt, its copies and the value in the row, and the log still verifies', async () => {
    const world = await openWorld();
    const { asked, index } = await approvedCall(world);
    await world.log.append({ kind: 'system-event', name: 'after' });
    expect(await contentOf(world)).toContain(SECRET);
    const { erased } = await world.log.erase({ index, payload: 'args', ...act });
    expect(erased[0]).toEqual({ index, payload: 'args' });
    expect(erased).toEqual(
      expect.arrayContaining([
        { index, payload: 'argsSalt' },
        { index: asked, payload: 'args' },
      ]),
    );
    expect(await contentOf(world)).not.toContain(SECRET);
    expect(Object.keys(await payloadsOf(world.store, index))).toEqual(['reasons']);
    expect(await codes(world)).toEqual([]);
    const entries = (await readAll(world.store)).filter(({ kind }) => kind === 'payload-erased');
    expect(entries).toMatchObject(erased.map(({ index: target, payload }) => ({ target, name: payload, by: ANN })));
    expect(await payloadsOf(world.store, entries[0]?.index ?? -1)).toEqual({ reason: act.reason });
  });

  it('takes a value out of the row that the log holds a preview of', async () => {
    const world = await openWorld();
    const long = Array.from({ length: 3000 }, (_, i) => `${SECRET} ${i} ${'x'.repeat(40)}`);
    const { index } = await approvedCall(world, long);
    await world.log.append({ kind: 'system-event', name: 'after' });
    expect(await codes(world)).toEqual([]);
    await world.log.erase({ index, payload: 'args', ...act });
    expect(await contentOf(world)).not.toContain(SECRET);
    expect(await codes(world)).toEqual([]);
  });

  it('leaves the rows such that others go on with them', async () => {
    const world = await openWorld();
    const { request, index } = await approvedCall(world);
    await world.log.append({ kind: 'system-event', name: 'after' });
    await world.log.erase({ index, payload: 'args', ...act });
    const decision = approvalOf(request, { decision: 'rejected' });
    await expect(world.log.journal.record({ kind: 'decided', decision })).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    });
  });

  it('is refused for what is not there, is still needed, or carries verification', async () => {
    const world = await openWorld();
    const { index } = await approvedCall(world);
    const open = callOf(world, 'open', { level: 'safe' });
    const begun = await world.log.begin({ ...open, decision: 'not_required', decisionBy: open.verdict.rule });
    const erase = (at: number, payload: string) => world.log.erase({ index: at, payload, ...act });
    await expect(erase(10_000, 'args')).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND' });
    await expect(erase(index, 'nothing')).rejects.toMatchObject({ code: 'PAYLOAD_NOT_FOUND' });
    await expect(erase(begun.index, 'args')).rejects.toMatchObject({ code: 'PAYLOAD_NEEDED' });
    await expect(erase(1, 'policy')).rejects.toMatchObject({ code: 'PAYLOAD_NEEDED' });
    await erase(index, 'args');
    await expect(erase(index, 'args')).rejects.toMatchObject({ code: 'PAYLOAD_NOT_FOUND' });
    for (const over of [{ reason: ' ' }, { by: { kind: '', id: 'x' } }, { index: -1 }, { payload: '' }]) {
      await expect(world.log.erase({ index, payload: 'reasons', ...act, ...over })).rejects.toThrow();
    }
  });

  it('of what a hold covers is refused, until the hold is released', async () => {
    const world = await openWorld();
    const { index } = await approvedCall(world);
    const { hold } = await world.log.hold({ session: 'session-1', ...act });
    await expect(world.log.erase({ index, payload: 'args', ...act })).rejects.toMatchObject({ code: 'HELD' });
    await world.log.release({ hold, ...act });
    expect((await world.log.erase({ index, payload: 'args', ...act })).erased.length).toBeGreaterThan(1);
    expect(await codes(world)).toEqual([]);
  });

  it('that was not carried out is resumed, once', async () => {
    const world = await openWorld();
    const { index } = await approvedCall(world);
    await world.log.append({ kind: 'system-event', name: 'after' });
    const restore = await eraseAndPutBack(world, index + 1);
    expect(await codes(world)).toEqual(['PURGE_INCOMPLETE']);
    expect(await world.log.resumeRemovals()).toEqual({ purge: false, erasure: true, forgetting: false });
    restore();
    expect(await world.log.resumeRemovals()).toEqual({ purge: false, erasure: false, forgetting: false });
    expect(await codes(world)).toEqual([]);
  });

  it('whose payload is put back is found, once another one followed', async () => {
    const world = await openWorld();
    const { index } = await approvedCall(world);
    await world.log.append({ kind: 'system-event', name: 'after' });
    await eraseAndPutBack(world, index + 1);
    await world.log.erase({ index, payload: 'reasons', ...act });
    expect(await codes(world)).toEqual(['PURGED_CONTENT_PRESENT']);
  });
});

/** Erases the result in an entry, and lets the store answer it all the same, until the answer is called. */
async function eraseAndPutBack(world: World, index: number): Promise<() => void> {
  const before = await world.store.payloads({ from: index, to: index + 1 });
  await world.log.erase({ index, payload: 'result', ...act });
  const payloads = world.store.payloads.bind(world.store);
  world.store.payloads = async (range) => [
    ...(await payloads(range)),
    ...(range.from <= index && range.to > index ? before : []),
  ];
  return () => {
    world.store.payloads = payloads;
  };
}

describe('payloads that a purge takes from approvals', () => {
  it('leave their rows too, and nothing that is open is touched', async () => {
    const world = await openWorld(createMemoryLogStore());
    await approvedCall(world);
    const waiting = callOf(world, 'waits', { level: 'critical', args: { text: 'stays' } });
    await world.log.journal.record({ kind: 'requested', request: requestOf(world, waiting) });
    world.environment.advance(2 * DAY_MS);
    await world.log.append({ kind: 'system-event', name: 'young' });
    await world.log.purge({ payloadsOlderThanDays: 1 });
    const content = await contentOf(world);
    expect(content).not.toContain(SECRET);
    expect(content).toContain('stays');
    expect(await codes(world)).toEqual([]);
    expect(await world.log.purge({ payloadsOlderThanDays: 1 })).toMatchObject({ statements: 0 });
  });
});

describe('holds', () => {
  it('are listed with who placed them and why, and end when they are released', async () => {
    const world = await openWorld();
    const first = await world.log.hold({ session: 's', reason: 'a case', by: ANN });
    await world.log.hold({ from: 2, to: 9, reason: 'another', by: ANN });
    await world.log.hold({ everything: true, reason: 'all of it', by: ANN });
    expect(await world.log.holds()).toMatchObject([
      { id: first.hold, session: 's', reason: 'a case', by: ANN, index: first.index },
      { from: 2, to: 9 },
      { reason: 'all of it' },
    ]);
    await world.log.release({ hold: first.hold, reason: 'closed', by: ANN });
    expect((await world.log.holds()).length).toBe(2);
    const again = { hold: first.hold, reason: 'closed', by: ANN } as const;
    await expect(world.log.release(again)).rejects.toMatchObject({ code: 'HOLD_NOT_FOUND' });
  });

  it('must say what they hold, by whom and why', async () => {
    const { log } = await openWorld();
    const bad = [
      { ...act },
      { ...act, from: 3, to: 3 },
      { ...act, from: -1 },
      { ...act, session: 's', everything: true as const },
      { session: 's', reason: '', by: ANN },
    ];
    for (const input of bad) await expect(log.hold(input)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
