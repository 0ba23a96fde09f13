/**
 * A store that fails at each of its calls, one after the other, in each way: whatever was acknowledged is in the log, what was
 * refused did not run, no fault latches the log, and all goes on from one state.
 */

import { describe, expect, it } from 'vitest';
import { OutcomeNotRecordedError } from '../src/errors.js';
import { createFaultyStore, type Fault, type FaultyStore } from '../src/testing/faulty-store.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { APPROVE, createWorld, DELETE, READ, turns, type World } from './gate-world.js';
import { expectSound, readAll } from './support.js';

/** What a world says of itself: each line is something that the log must bear out. */
interface Story {
  readonly acknowledged: string[];
  readonly ran: string[];
  readonly failed: unknown[];
}

/** The operations of a log, one after the other; what fails is noted, and the next one follows. */
async function goThrough(world: World): Promise<Story> {
  const story: Story = { acknowledged: [], ran: [], failed: [] };
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    let isDone = false;
    const ended = act()
      .catch((error: unknown) => story.failed.push(error))
      .finally(() => {
        isDone = true;
      });
    // A decision that could not be recorded leaves its request waiting, for another try or for its time limit.
    for (await turns(); !isDone; await turns()) world.environment.advance(60_000);
    await ended;
  };
  const call = (callId: string, tool: typeof READ | typeof DELETE, path: string) =>
    attempt(async () => {
      const context = { session: 'session-1', run: 'run-1' };
      await world.gate.run({ callId, tool, args: { path }, context }, () => {
        story.ran.push(callId);
        return 'done';
      });
      story.acknowledged.push(callId);
    });
  await call('read', READ, '/work/a');
  await call('delete', DELETE, '/work/a');
  await call('delete under the grant', DELETE, '/work/b');
  await attempt(async () => {
    const { id } = await world.log.append({ kind: 'system-event', name: 'event' });
    story.acknowledged.push(id);
  });
  await attempt(async () => void (await world.log.query({})));
  await attempt(async () => void (await world.log.sessionSummary('session-1')));
  await attempt(async () => void (await world.log.stats()));
  world.environment.advance(86_400_000);
  await attempt(async () => void (await world.log.purge({ olderThanDays: 0.5 })));
  return story;
}

/** A world whose store can fail, with the approver's answer remembered once. */
async function faultyWorld(): Promise<{ readonly world: World; readonly store: FaultyStore }> {
  let store: FaultyStore | undefined;
  const remember = { arguments: [{ pointer: '/path', kind: 'under', value: '/work' }] } as const;
  const world = await createWorld({
    storeOver: (inner) => {
      store = createFaultyStore(inner);
      return store;
    },
    decide: () => ({ ...APPROVE, remember }),
  });
  if (store === undefined) throw new Error('The world took no store.');
  return { world, store };
}

/** Sees that the log bears the story out, and that it goes on. */
async function expectBorneOut(world: World, story: Story, label: string): Promise<void> {
  for (const error of story.failed)
    expect([label, error]).toEqual([label, expect.objectContaining({ code: expect.any(String) })]);
  const tools = await world.log.append({ kind: 'system-event', name: 'afterwards' });
  expect([label, tools.index >= 0]).toEqual([label, true]);
  await expectSound(world.store, world.signer);
  const entries = await readAll(world.store);
  const purged = entries.some(({ kind }) => kind === 'entries-purged');
  const begun = new Set(entries.flatMap((entry) => (entry.kind === 'tool-call' ? [entry.call] : [])));
  const ended = new Set(entries.flatMap((entry) => (entry.kind === 'tool-result' ? [entry.call] : [])));
  if (!purged) {
    // Nothing ran without its record, and what was answered has its outcome.
    for (const callId of story.ran) expect([label, callId, begun.has(callId)]).toEqual([label, callId, true]);
    const calls = story.acknowledged.filter((one) => story.ran.includes(one));
    for (const callId of calls) expect([label, callId, ended.has(callId)]).toEqual([label, callId, true]);
  }
  // A tool that ran and whose outcome is uncertain says so, and carries the result.
  const lost = story.ran.filter((callId) => !story.acknowledged.includes(callId)).length;
  const carried = story.failed.filter((error) => error instanceof OutcomeNotRecordedError);
  expect([label, carried.map((error) => error.outcome)]).toEqual([
    label,
    Array.from({ length: lost }, () => ({ ok: true, result: 'done' })),
  ]);
  const { integrity, findings } = await verifyLog(world.store, { key: world.log.identityKey });
  const errors = findings.filter(({ severity }) => severity === 'error');
  expect([label, integrity, errors]).toEqual([label, 'ok', []]);
}

describe('a store that fails at any of its calls', () => {
  it.each<Fault>(['before', 'before-commit', 'after-commit'])(
    '%s: loses nothing, runs nothing unrecorded, and goes on',
    { timeout: 300_000 },
    async (fault) => {
      const whole = await faultyWorld();
      const start = whole.store.calls;
      const { failed, acknowledged } = await goThrough(whole.world);
      expect(failed).toEqual([]);
      expect(acknowledged).toHaveLength(4);
      const count = whole.store.calls - start;
      const failures: number[] = [];
      for (let n = 0; n < count; n += 1) {
        const { world, store } = await faultyWorld();
        store.failAt(n, fault);
        const story = await goThrough(world);
        failures.push(story.failed.length);
        await expectBorneOut(world, story, `${fault} at call ${n}`);
      }
      console.log(
        `fault ${fault} at each of ${count} calls of the store: ${failures.filter((n) => n > 0).length} times an operation failed`,
      );
      expect(Math.max(...failures)).toBeGreaterThan(0);
    },
  );
});
