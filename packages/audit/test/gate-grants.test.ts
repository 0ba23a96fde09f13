/**
 * Remembered approvals: which calls a grant answers, and which ask a person again.
 */

import type { GrantScope } from '@countersign/approval';
import { describe, expect, it } from 'vitest';
import { APPROVE, createWorld, DELETE, ofKind, type World, type WorldOptions } from './gate-world.js';

/** A world in which Ada approves, and remembers the first request with `scope`. */
async function rememberingWorld(scope: GrantScope, options: WorldOptions = {}): Promise<World & { asked: string[] }> {
  const asked: string[] = [];
  const world = await createWorld({
    ...options,
    decide: ({ callId }) => {
      asked.push(callId);
      return asked.length === 1 ? { ...APPROVE, remember: scope } : APPROVE;
    },
  });
  return { ...world, asked };
}

const IN_S1 = { session: 's1' };

function remove(world: World, callId: string, over: { path?: string; session?: string; tool?: typeof DELETE } = {}) {
  const { path = `/work/${callId}`, session = 's1', tool = DELETE } = over;
  return world.gate.run({ tool, args: { path }, callId, context: { session } }, () => callId);
}

describe('approve similar', () => {
  it('answers the next similar call without a person, and the log says by which grant', async () => {
    const world = await rememberingWorld({});
    expect([await remove(world, 'a'), await remove(world, 'b')]).toEqual(['a', 'b']);
    expect(world.asked).toEqual(['a']);
    const [first, second] = await ofKind(world, 'tool-call');
    const [grant] = await world.approvals.grants();
    expect(first).toMatchObject({ decision: 'approved', decisionBy: 'ada' });
    expect(second).toMatchObject({ decision: 'auto', decisionBy: 'similar_match', grant: grant?.id });
    expect(await ofKind(world, 'grant-used')).toMatchObject([{ grant: grant?.id, call: 'b', use: 1 }]);
    expect((await world.calls()).map(({ approvedBy }) => approvedBy)).toContain('similar_match');
  });

  it.each([
    ['another session', { session: 's2' }],
    ['a path outside the folder', { path: '/etc/passwd' }],
    ['a changed definition of the tool', { tool: { ...DELETE, description: 'Deletes a file. Now with folders.' } }],
    ['another tool', { tool: { ...DELETE, name: 'delete_files' } }],
  ])('asks again for %s', async (_what, over) => {
    const world = await rememberingWorld({});
    await remove(world, 'a');
    // Widening is the type's doing: the definitions differ in text alone.
    await remove(world, 'b', Object(over));
    expect(world.asked).toEqual(['a', 'b']);
  });

  it('asks again for a call at a higher risk or for another reason', async () => {
    const world = await rememberingWorld({ arguments: [] }, { policy: { defaults: { moderate: 'require-approval' } } });
    const tool = { name: 'run_shell', description: 'Runs a command.' };
    const run = (callId: string, command: string) =>
      world.gate.run({ tool, args: { command }, callId, context: IN_S1 }, () => callId);
    await run('a', 'mkdir build');
    await run('b', 'mkdir out');
    expect(world.asked).toEqual(['a']);
    await run('c', 'rm -rf /');
    await run('d', 'git push --force origin main');
    expect(world.asked).toEqual(['a', 'c', 'd']);
  });

  it('asks again when its uses have run out', async () => {
    const world = await rememberingWorld({ uses: 2 });
    for (const callId of ['a', 'b', 'c', 'd']) await remove(world, callId);
    expect(world.asked).toEqual(['a', 'd']);
    expect(await ofKind(world, 'grant-used')).toHaveLength(2);
  });

  it('asks again when its time is over', async () => {
    const world = await rememberingWorld({ expiresInMs: 60_000 });
    await remove(world, 'a');
    world.environment.advance(60_000);
    await remove(world, 'b');
    expect(world.asked).toEqual(['a', 'b']);
  });

  it('asks again after the grant was revoked', async () => {
    const world = await rememberingWorld({});
    await remove(world, 'a');
    const [grant] = await world.approvals.grants();
    await world.approvals.revoke(grant?.id ?? '', { by: { kind: 'person', id: 'ada' }, reason: 'Enough.' });
    await remove(world, 'b');
    expect(world.asked).toEqual(['a', 'b']);
  });

  it('is never more uses than were granted, however many calls begin at once: a person is asked for the others', async () => {
    const world = await rememberingWorld({ uses: 3 });
    await remove(world, 'a');
    const together = ['b', 'c', 'd', 'e', 'f'];
    expect(await Promise.all(together.map((callId) => remove(world, callId)))).toEqual(together);
    expect(await ofKind(world, 'grant-used')).toHaveLength(3);
    const decisions = (await ofKind(world, 'tool-call')).map(({ decisionBy }) => decisionBy);
    expect(decisions.toSorted()).toEqual(['ada', 'ada', 'ada', 'similar_match', 'similar_match', 'similar_match']);
    expect(world.asked).toHaveLength(3);
    expect(await ofKind(world, 'tool-refused')).toEqual([]);
  });

  it('that ran out for calls at once lets a person reject the others', async () => {
    const asked: string[] = [];
    const world = await createWorld({
      decide: ({ callId }) => {
        asked.push(callId);
        return asked.length === 1 ? { ...APPROVE, remember: { uses: 1 } } : { ...APPROVE, decision: 'rejected' };
      },
    });
    await remove(world, 'a');
    const results = await Promise.allSettled(['b', 'c'].map((callId) => remove(world, callId)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))).toMatchObject([
      { code: 'APPROVAL_REJECTED' },
    ]);
    expect(await ofKind(world, 'tool-refused')).toHaveLength(1);
  });

  it('is not for critical calls', async () => {
    const world = await rememberingWorld({ session: 'any' }, { policy: { timeoutMs: 1000 } });
    const tool = { name: 'run_shell', description: 'Runs a command.' };
    const running = world.gate.run({ tool, args: { command: 'rm -rf /' }, callId: 'a', context: IN_S1 }, () => 'ran');
    const settled = running.catch((error: unknown) => error);
    for (let tick = 0; tick < 30; tick += 1) await new Promise(setImmediate);
    world.environment.advance(1000);
    expect(await settled).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(world.failures).toMatchObject([{ code: 'GRANT_NOT_ALLOWED' }]);
    expect(await world.approvals.grants()).toEqual([]);
  });

  it('matches the exact arguments, so that a secret in them is compared and not its marker', async () => {
    const world = await rememberingWorld({
      arguments: [{ pointer: '/password', kind: 'equals', value: 'first-password-1' }],
    });
    const run = (callId: string, password: string) =>
      world.gate.run({ tool: DELETE, args: { password }, callId, context: IN_S1 }, () => callId);
    await run('a', 'first-password-1');
    await run('b', 'first-password-1');
    await run('c', 'other-password-2');
    expect(world.asked).toEqual(['a', 'c']);
  });
});
