/**
 * Arguments that cannot be bound to an approval, those that only look so, and classifiers that fail.
 */

import { describe, expect, it } from 'vitest';
import { APPROVE, createWorld, DELETE, ofKind, READ, refusalOf } from './gate-world.js';

class Session {
  readonly id = 1;
}

describe('arguments that cannot be bound', () => {
  const deep = (): unknown => {
    let value: unknown = 'bottom';
    for (let level = 0; level < 70; level += 1) value = { value };
    return value;
  };
  const cases: readonly (readonly [string, () => unknown])[] = [
    ['a function', () => ({ fn: () => 1 })],
    ['a class instance', () => ({ session: new Session() })],
    ['a Proxy', () => new Proxy({}, {})],
    ['an accessor', () => Object.defineProperty({}, 'x', { get: () => 1, enumerable: true })],
    ['more than 10 MiB', () => 'x'.repeat(10 * 1024 * 1024)],
    ['a symbol', () => ({ [Symbol('s')]: 1, v: Symbol('v') })],
  ];
  const unread: readonly (readonly [string, () => unknown])[] = [
    ['more than 64 levels', deep],
    ['more than 100,000 values', () => Array.from({ length: 100_001 }, () => 1)],
  ];

  it.each([...cases, ...unread])('are refused: %s', async (_what, make) => {
    const world = await createWorld();
    expect(await refusalOf(world, { tool: READ, args: make() })).toMatchObject({ code: 'ARGUMENTS_NOT_BINDABLE' });
    const [refused] = await ofKind(world, 'tool-refused');
    expect(refused).toMatchObject({ bound: false, decisionBy: 'gate:ARGUMENTS_NOT_BINDABLE' });
    expect(refused?.argsDigest).toBeUndefined();
  });

  it.each(cases)('run as they are, one level riskier and unbound, where policy says so: %s', async (_what, make) => {
    const world = await createWorld({ policy: { unbindable: 'run' } });
    const args = make();
    expect(await world.gate.run({ tool: READ, args }, (open) => open.args)).toBe(args);
    const [call] = await ofKind(world, 'tool-call');
    expect(call).toMatchObject({ bound: false, risk: 'moderate', decision: 'not_required' });
    expect(call?.classification.signals).toContain('arguments.not-bindable');
    expect(call?.argsDigest).toBeUndefined();
  });

  it.each(unread)('are refused even there where they are more than the classifier reads: %s', async (_what, make) => {
    const world = await createWorld({ policy: { unbindable: 'run' } });
    expect(await refusalOf(world, { tool: READ, args: make() })).toMatchObject({ code: 'ARGUMENTS_NOT_BINDABLE' });
  });

  it('are never approved, even where policy lets them run', async () => {
    const world = await createWorld({ policy: { unbindable: 'run' } });
    const error = await refusalOf(world, { tool: DELETE, args: { fn: () => 1 } });
    expect(error).toMatchObject({ code: 'ARGUMENTS_NOT_BINDABLE' });
    expect(await ofKind(world, 'approval-requested')).toEqual([]);
    expect(await ofKind(world, 'tool-refused')).toMatchObject([{ risk: 'critical' }]);
  });

  it('do not include cycles, shared references and ten megabytes less a little', async () => {
    const world = await createWorld();
    const cycle: Record<string, unknown> = { text: 'x'.repeat(10_000_000) };
    cycle.self = cycle;
    const ran: unknown = await world.gate.run({ tool: READ, args: cycle }, (open) => open.args);
    expect(Reflect.get(Object(ran), 'self')).toBe(ran);
    const [call] = await ofKind(world, 'tool-call');
    expect(call).toMatchObject({ bound: true });
    expect(call?.values.args).toMatchObject({ $t: 'truncated', bytes: expect.any(Number) });
  });

  it('do not include lone surrogates, which reach approver and tool as they are', async () => {
    const world = await createWorld();
    const args = { 'na\ud800me': 'va\udc00lue' };
    expect(await world.gate.run({ tool: DELETE, args }, (open) => open.args)).toEqual(args);
  });

  it('of nine megabytes are approved and run whole, though what cannot be searched for secrets is not shown', async () => {
    const world = await createWorld({
      decide: (request) => {
        expect(request.redacted).toBe(true);
        return APPROVE;
      },
    });
    const args = { text: 'word '.repeat(1_800_000) };
    expect(await world.gate.run({ tool: DELETE, args }, (open) => open.args)).toEqual(args);
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ bound: true, decision: 'approved' }]);
  });

  it('of a megabyte and a half are shown whole and run whole after approval', async () => {
    const world = await createWorld({
      decide: (request) => {
        expect(String(Reflect.get(Object(request.args), 'text'))).toHaveLength(1_500_000);
        return APPROVE;
      },
    });
    const args = { text: 'word '.repeat(300_000) };
    expect(await world.gate.run({ tool: DELETE, args }, (open) => open.args)).toEqual(args);
  });
});

describe('a classifier', () => {
  it.each([
    [
      'throws',
      (): never => {
        throw new Error('bug');
      },
    ],
    // @ts-expect-error a classifier in plain JavaScript can answer anything
    ['answers nothing', (): never => undefined],
    // @ts-expect-error the same
    ['answers a level that does not exist', (): never => ({ level: 'harmless' })],
  ])('that %s has not said safe: the call needs approval', async (_what, classify) => {
    const world = await createWorld({ over: { classifier: { classify } } });
    expect(await world.gate.run({ tool: READ, args: {} }, () => 'ran')).toBe('ran');
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ risk: 'destructive', decision: 'approved' }]);
    expect(await ofKind(world, 'approval-requested')).toMatchObject([
      { classification: { signals: ['classifier.failed'] } },
    ]);
  });

  it('cannot change what runs or is recorded through the arguments that it reads', async () => {
    const real = await createWorld();
    const world = await createWorld({
      over: {
        classifier: {
          classify: (call) => {
            Reflect.set(Object(call.args), 'path', '/etc');
            return real.classifier.classify(call);
          },
        },
      },
    });
    expect(await world.gate.run({ tool: READ, args: { path: '/work/a' } }, (open) => open.args)).toEqual({
      path: '/work/a',
    });
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ values: { args: { path: '/work/a' } } }]);
  });
});
