/**
 * The circumstances of calls, calls that a provider ran itself, and calls whose input the tool refuses.
 */

import { CallRefusedError } from '@countersign/audit';
import { type CallContext, ConfigError, runInSession } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { createWorld, ofKind, READ, rejectionOf, type World } from './gate-world.js';

async function contextOf(world: World, context?: CallContext): Promise<unknown> {
  await world.gate.run({ tool: READ, args: {}, ...(context === undefined ? {} : { context }) }, () => 1);
  const { session, run, step, plan, actor } = (await ofKind(world, 'tool-call')).at(-1) ?? {};
  return { session, run, step, plan, actor };
}

describe('the context of a call', () => {
  it('is what the call brings, over what its session says, over what the gate says', async () => {
    const actor = { kind: 'agent', id: 'default' } as const;
    const world = await createWorld({ over: { context: () => ({ session: 'gate', plan: 'gate-plan', actor }) } });
    expect(await contextOf(world)).toEqual({ session: 'gate', run: world.log.writer, plan: 'gate-plan', actor });
    await runInSession('outer', async () => {
      expect(await contextOf(world)).toMatchObject({ session: 'outer', plan: 'gate-plan' });
      await runInSession({ step: 'step-1', run: 'run-7' }, async () => {
        expect(await contextOf(world)).toMatchObject({ session: 'outer', step: 'step-1', run: 'run-7' });
        const own = { session: 'own', step: undefined };
        expect(await contextOf(world, Object(own))).toMatchObject({ session: 'own', step: 'step-1', run: 'run-7' });
      });
      expect(await contextOf(world)).toMatchObject({ session: 'outer', step: undefined, run: world.log.writer });
    });
  });

  it('keeps sessions apart that run at the same time', async () => {
    const world = await createWorld();
    await Promise.all(
      ['s1', 's2', 's3'].map((session) =>
        runInSession(session, () => world.gate.run({ tool: READ, args: {}, callId: session }, () => 1)),
      ),
    );
    for (const { call, session } of await ofKind(world, 'tool-call')) expect(session).toBe(call);
    for (const { call, session } of await ofKind(world, 'tool-result')) expect(session).toBe(call);
  });

  it('reaches calls inside a tool', async () => {
    const world = await createWorld();
    await runInSession('s1', () =>
      world.gate.run({ tool: READ, args: {}, callId: 'outer' }, () =>
        world.gate.run({ tool: READ, args: {}, callId: 'inner' }, () => 1),
      ),
    );
    expect((await world.entries()).map((entry) => [entry.kind, 'call' in entry ? entry.call : '']).slice(1)).toEqual([
      ['tool-call', 'outer'],
      ['tool-call', 'inner'],
      ['tool-result', 'inner'],
      ['tool-result', 'outer'],
    ]);
    expect((await ofKind(world, 'tool-call')).map(({ session }) => session)).toEqual(['s1', 's1']);
  });

  const long = 'é'.repeat(129);
  it.each([
    ['session', { context: { session: long } }, 'LIMIT_EXCEEDED'],
    ['run', { context: { run: long } }, 'LIMIT_EXCEEDED'],
    ['step', { context: { step: long } }, 'LIMIT_EXCEEDED'],
    ['plan', { context: { plan: long } }, 'LIMIT_EXCEEDED'],
    ['actor.id', { context: { actor: { kind: 'agent', id: long } } }, 'LIMIT_EXCEEDED'],
    ['actor.role', { context: { actor: { kind: 'agent', id: 'a', role: long } } }, 'LIMIT_EXCEEDED'],
    ['actor.keyId', { context: { actor: { kind: 'agent', id: 'a', keyId: long } } }, 'LIMIT_EXCEEDED'],
    ['actor.kind', { context: { actor: { kind: '', id: 'a' } } }, 'OPTION_INVALID'],
    ['actor.id', { context: { actor: { kind: 'agent' } } }, 'OPTION_INVALID'],
    ['callId', { callId: long }, 'LIMIT_EXCEEDED'],
    ['callId', { callId: '' }, 'OPTION_INVALID'],
    ['session', { context: { session: 'line\nbreak' } }, 'OPTION_INVALID'],
    ['tool.name', { tool: { name: long } }, 'LIMIT_EXCEEDED'],
    ['tool.server', { tool: { name: 'a', server: long } }, 'LIMIT_EXCEEDED'],
    ['tool', { tool: { name: 'a', description: 'half \ud800' } }, 'OPTION_INVALID'],
  ])('is checked at the boundary: %s', async (label, over, code) => {
    const world = await createWorld();
    let ran = false;
    const call = { tool: READ, args: {}, ...Object(over) };
    const error = await rejectionOf(world.gate.run(call, () => (ran = true)));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(new RegExp(`^${label}: `)) });
    expect(String(error)).not.toContain('éé');
    expect([ran, await world.kinds()]).toEqual([false, ['log-opened']]);
  });

  it('takes identifiers of exactly 256 bytes', async () => {
    const world = await createWorld();
    expect(await contextOf(world, { session: 'é'.repeat(128) })).toMatchObject({ session: 'é'.repeat(128) });
  });
});

describe('observe', () => {
  it('records a call that a provider ran itself, in one entry', async () => {
    const world = await createWorld();
    const call = { tool: READ, args: { q: 'x', token: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789' }, callId: 'web-1' };
    await world.gate.observe(call, { success: true, durationMs: 12.3456, result: { hits: 3n } });
    const [entry] = await ofKind(world, 'tool-call');
    expect(entry).toMatchObject({
      outcome: 'observed_only',
      success: true,
      durationUs: 12346,
      decision: 'not_required',
    });
    expect(entry?.values).toMatchObject({ result: { hits: { $t: 'bigint', v: '3' } } });
    expect(JSON.stringify(entry)).not.toContain('ghp_');
    expect(await world.calls()).toMatchObject([{ callId: 'web-1', outcome: 'observed_only', success: true }]);
  });

  it('records a failure with its error, whatever the duration is', async () => {
    const world = await createWorld();
    await world.gate.observe(
      { tool: READ, args: {} },
      { success: false, durationMs: Number.NaN, error: new Error('boom') },
    );
    const [entry] = await ofKind(world, 'tool-call');
    expect(entry).toMatchObject({ success: false, values: { error: { name: 'Error', message: 'boom' } } });
    expect(entry?.durationUs).toBeUndefined();
  });

  it('records what no policy would have allowed, because it has happened', async () => {
    const world = await createWorld({ policy: { defaults: { safe: 'deny' } } });
    await world.gate.observe({ tool: READ, args: { fn: () => 1 } }, { success: true });
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ outcome: 'observed_only', bound: false }]);
  });

  it('records each call once', async () => {
    const world = await createWorld();
    const call = { tool: READ, args: {}, callId: 'web-1' };
    await world.gate.observe(call, { success: true });
    await expect(world.gate.observe(call, { success: true })).rejects.toMatchObject({ code: 'CALL_ALREADY_BEGUN' });
  });
});

describe('invalid', () => {
  it('records a call whose input the tool refuses, and answers the error to throw', async () => {
    const world = await createWorld();
    const error = await world.gate.invalid({ tool: READ, args: { path: 5 }, callId: 'bad-1' });
    expect(error).toBeInstanceOf(CallRefusedError);
    expect(error).toMatchObject({ code: 'ARGUMENTS_INVALID', callId: 'bad-1' });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([
      { outcome: 'invalid_input', code: 'ARGUMENTS_INVALID', decision: 'not_required', values: { args: { path: 5 } } },
    ]);
    expect(await world.calls()).toMatchObject([{ callId: 'bad-1', outcome: 'invalid_input' }]);
  });
});
