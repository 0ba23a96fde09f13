/**
 * What tools throw and answer: it reaches the caller as it is, and recording it never fails because of a value.
 */

import { CallRefusedError } from '@countersign/audit';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, DELETE, ofKind, READ, rejectionOf, type World } from './gate-world.js';
import { expectSound } from './support.js';
import { anyMaker, SEED } from './zoo.js';

async function recordedError(world: World): Promise<unknown> {
  return (await ofKind(world, 'tool-result')).at(-1)?.values.error;
}

/** Runs a tool that throws; answers what the caller caught. */
async function throwing(world: World, thrown: unknown): Promise<unknown> {
  return rejectionOf(
    world.gate.run({ tool: READ, args: {} }, () => {
      throw thrown;
    }),
  );
}

describe('what a tool throws', () => {
  const prepareStackTrace = Error.prepareStackTrace;
  afterEach(() => {
    Error.prepareStackTrace = prepareStackTrace;
  });

  class DatabaseError extends Error {
    override name = 'DatabaseError';
    code = 'SQLITE_BUSY';
    #secret = 'x';
    get secret() {
      return this.#secret;
    }
  }

  it.each<readonly [string, () => unknown, unknown]>([
    ['null', () => null, { thrown: null }],
    ['undefined', () => undefined, { thrown: { $t: 'undefined' } }],
    ['a string', () => 'disk full', { thrown: 'disk full' }],
    ['a number', () => -0, { thrown: { $t: 'number', v: '-0' } }],
    ['a symbol', () => Symbol('s'), { thrown: { $t: 'opaque', v: 'symbol' } }],
    ['a function', () => () => 1, { thrown: { $t: 'opaque', v: 'function' } }],
    ['an object', () => ({ status: 404 }), { thrown: { status: 404 } }],
    ['a Proxy', () => new Proxy(new Error('x'), {}), { thrown: { $t: 'opaque', v: 'proxy' } }],
    ['an error', () => new Error('boom'), { name: 'Error', message: 'boom', stack: expect.stringContaining('boom') }],
    ['an error without a message', () => new TypeError(), { name: 'TypeError', message: '' }],
    [
      'an error of a class',
      () => new DatabaseError('busy'),
      { name: 'DatabaseError', code: 'SQLITE_BUSY', message: 'busy' },
    ],
    [
      'an error of the platform',
      () => new DOMException('late', 'TimeoutError'),
      { name: 'TimeoutError', message: 'late' },
    ],
    [
      'an error with a cause',
      () => new Error('a', { cause: new Error('b') }),
      { message: 'a', cause: { message: 'b' } },
    ],
    ['an error with half a surrogate pair', () => new Error('a\ud800'), { message: 'a\ufffd' }],
  ])('reaches the caller unchanged and is on record: %s', async (_what, make, recorded) => {
    const world = await createWorld();
    const thrown = make();
    expect(Object.is(await throwing(world, thrown), thrown)).toBe(true);
    expect(await recordedError(world)).toMatchObject(Object(recorded));
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ outcome: 'tool_error', success: false }]);
    await expectSound(world.store, world.signer);
  });

  it('is never asked anything: getters, Proxies and hooks do not run', async () => {
    const world = await createWorld();
    let asked = 0;
    const trap = () => {
      asked += 1;
      throw new Error('asked');
    };
    const error = new Error('outer');
    for (const name of ['name', 'message', 'code', 'cause', 'errors', 'toJSON', 'extra']) {
      Object.defineProperty(error, name, { get: trap, enumerable: true });
    }
    const handler = { get: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap, ownKeys: trap, has: trap };
    Object.setPrototypeOf(error, new Proxy(Error.prototype, handler));
    // Caught here, because a promise asks what it is resolved with for its `then`.
    let caught: unknown;
    try {
      await world.gate.run({ tool: READ, args: {} }, () => {
        throw error;
      });
    } catch (thrown) {
      caught = thrown;
    }
    expect(Object.is(caught, error)).toBe(true);
    const outer = new Error('x', { cause: new Proxy({}, handler) });
    expect(Object.is(await throwing(world, outer), outer)).toBe(true);
    expect(asked).toBe(0);
    expect(await ofKind(world, 'tool-result')).toHaveLength(2);
  });

  it('is on record even where the program has replaced how stacks are made by something that throws', async () => {
    const world = await createWorld();
    Error.prepareStackTrace = () => {
      throw new Error('hook');
    };
    const error = new Error('boom');
    expect(Object.is(await throwing(world, error), error)).toBe(true);
    expect(await recordedError(world)).toMatchObject({ name: 'Error', message: 'boom' });
  });

  it('is described with its parts, as many as there is room for', async () => {
    const world = await createWorld();
    const parts = Array.from({ length: 100 }, (_, at) => new Error(`part ${at}`, { cause: `cause ${at}` }));
    const error = new AggregateError(parts, 'many');
    expect(await throwing(world, error)).toBe(error);
    const recorded = await recordedError(world);
    expect(recorded).toMatchObject({ name: 'AggregateError', message: 'many', moreErrors: expect.any(Number) });
    expect(JSON.stringify(recorded)).toContain('part 0');
  });

  it('may be its own cause, or a long chain of causes', async () => {
    const world = await createWorld();
    const circular = new Error('around');
    circular.cause = circular;
    expect(await throwing(world, circular)).toBe(circular);
    let chain = new Error('bottom');
    for (let level = 0; level < 10_000; level += 1) chain = new Error(`level ${level}`, { cause: chain });
    expect(await throwing(world, chain)).toBe(chain);
    await expectSound(world.store, world.signer);
  });

  it('may have a message of many megabytes', async () => {
    const world = await createWorld();
    const error = new Error('word '.repeat(3_000_000));
    expect(await throwing(world, error)).toBe(error);
    expect(await recordedError(world)).toMatchObject({ $t: 'truncated' });
  });

  it('loses its secrets on the way to the record', async () => {
    const world = await createWorld();
    const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
    await throwing(world, new Error(`401 for ${secret}`, { cause: { token: secret } }));
    expect(JSON.stringify(await recordedError(world))).not.toContain(secret);
  });

  it('may be a refusal of a call inside the tool, which is a failure of the outer tool and no refusal of it', async () => {
    const world = await createWorld({
      decide: () => ({ decision: 'rejected', approver: { kind: 'person', id: 'ada' } }),
    });
    const error = await rejectionOf(
      world.gate.run({ tool: READ, args: {}, callId: 'outer' }, () =>
        world.gate.run({ tool: DELETE, args: {}, callId: 'inner' }, () => 'ran'),
      ),
    );
    expect(error).toBeInstanceOf(CallRefusedError);
    expect(error).toMatchObject({ callId: 'inner' });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([{ call: 'inner' }]);
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ call: 'outer', outcome: 'tool_error' }]);
  });
});

describe('what a tool answers', () => {
  class Point {
    readonly x = 1;
  }
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;

  it.each<readonly [string, unknown, unknown, boolean]>([
    ['undefined', undefined, { $t: 'undefined' }, false],
    ['null', null, null, false],
    ['a Map', new Map([[1, 2n]]), { $t: 'map', v: [[1, { $t: 'bigint', v: '2' }]] }, false],
    ['a cycle', cycle, { self: { $t: 'ref', v: '' } }, false],
    ['a lone surrogate', '\ud800', { $t: 'utf16', v: 'd800' }, false],
    ['a function', Math.max, { $t: 'opaque', v: 'function' }, true],
    ['a class instance', new Point(), { $t: 'instance', name: 'Point', v: { x: 1 } }, true],
    ['a Proxy', new Proxy({}, {}), { $t: 'opaque', v: 'proxy' }, true],
    ['a string of 10 MiB', 'x'.repeat(10 * 1024 * 1024), { $t: 'capped', v: 'bytes' }, true],
    ['an error', new Error('answered'), { $t: 'error', name: 'Error', v: { message: 'answered' } }, true],
    ['bytes', Buffer.from('ab'), { $t: 'bytes', type: 'Buffer', v: 'YWI=' }, false],
  ])('reaches the caller unchanged and is on record: %s', async (_what, answer, recorded, lossy) => {
    const world = await createWorld();
    expect(Object.is(await world.gate.run({ tool: READ, args: {} }, () => answer), answer)).toBe(true);
    const [result] = await ofKind(world, 'tool-result');
    expect(result).toMatchObject({ outcome: 'ok', success: true });
    expect(result?.values.result).toEqual(recorded);
    expect(result?.lossy ?? false).toBe(lossy);
  });

  it('is recorded as it was when the tool answered', async () => {
    const world = await createWorld();
    const answer = { rows: [1] };
    const got = await world.gate.run({ tool: READ, args: {} }, () => answer);
    got.rows.push(2);
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ values: { result: { rows: [1] } } }]);
  });

  it(`never makes recording fail, whatever it is, as result or thrown (seed ${SEED})`, async () => {
    const world = await createWorld();
    await fc.assert(
      fc.asyncProperty(anyMaker, async (make) => {
        const value = make();
        // A value with a `then` is a promise to the language, and never reaches anybody as it is.
        if (hasThen(value)) return;
        expect(Object.is(await world.gate.run({ tool: READ, args: {} }, () => value), value)).toBe(true);
        expect(Object.is(await throwing(world, value), value)).toBe(true);
      }),
      { seed: SEED, numRuns: 150 },
    );
    await expectSound(world.store, world.signer);
  });
});

function hasThen(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  try {
    return 'then' in value;
  } catch {
    return true;
  }
}
