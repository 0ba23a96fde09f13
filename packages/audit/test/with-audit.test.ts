/**
 * `withAudit` over functions and records: parameters, `this`, names, results, refusals.
 */

import { CallRefusedError } from '@countersign/audit';
import { ConfigError, normalise } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADA, createWorld, ofKind, rejectionOf, type World } from './gate-world.js';
import { expectSound } from './support.js';
import { anyMaker, losslessMaker, SEED } from './zoo.js';

async function recordedArgs(world: Pick<World, 'store'>): Promise<unknown> {
  return (await ofKind(world, 'tool-call')).at(-1)?.values.args;
}

const REJECT = { decision: 'rejected', approver: ADA, messageForModel: 'No.' } as const;

describe('a wrapped function', () => {
  it('answers what an approver answered in its place, and does not run', async () => {
    const { withAudit, ...world } = await createWorld({
      decide: () => ({ decision: 'rejected', approver: ADA, respondWith: { deleted: 0 } }),
    });
    const ran: string[] = [];
    const tools = withAudit({
      delete_file: async (path: string): Promise<object> => ({ deleted: ran.push(path) }),
      delete_all: async function* (path: string) {
        yield ran.push(path);
      },
    });
    expect(await tools.delete_file('/work/a')).toEqual({ deleted: 0 });
    const chunks: unknown[] = [];
    for await (const chunk of tools.delete_all('/work/a')) chunks.push(chunk);
    expect([chunks, ran]).toEqual([[{ deleted: 0 }], []]);
    await expectSound(world.store, world.signer);
  });

  it('answers a promise, also for a synchronous one, and keeps name, length and own properties', async () => {
    const { withAudit, ...world } = await createWorld();
    function readLines(path: string, count: number) {
      return `${path}:${count}`;
    }
    const own = Object.assign(readLines, { description: 'Reads lines.', [Symbol.for('tag')]: 1, returnDirect: true });
    const wrapped = withAudit(own);
    expect(wrapped('/work/a', 2)).toBeInstanceOf(Promise);
    expect(await wrapped('/work/a', 2)).toBe('/work/a:2');
    expect([wrapped.name, wrapped.length]).toEqual(['readLines', 2]);
    expect([wrapped.description, wrapped.returnDirect]).toEqual(['Reads lines.', true]);
    expect(Reflect.get(wrapped, Symbol.for('tag'))).toBe(1);
    expect(wrapped).not.toBe(readLines);
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ tool: 'readLines' }, { tool: 'readLines' }]);
  });

  it('keeps the rejection of an asynchronous one and the exception of a synchronous one', async () => {
    const { withAudit } = await createWorld();
    const boom = new Error('boom');
    const readSync = withAudit(
      (): number => {
        throw boom;
      },
      { name: 'read_sync' },
    );
    const readAsync = withAudit(async () => Promise.reject(boom), { name: 'read_async' });
    expect(await rejectionOf(readSync())).toBe(boom);
    expect(await rejectionOf(readAsync())).toBe(boom);
  });

  it.each<readonly [string, (...values: never[]) => unknown, readonly unknown[], unknown]>([
    [
      'names of parameters',
      (path: string, count: number) => [path, count],
      ['/work/a', 2],
      { path: '/work/a', count: 2 },
    ],
    ['fewer values than parameters', (path: string, count: number) => [path, count], ['/work/a'], { path: '/work/a' }],
    ['no values', () => 1, [], {}],
    ['one plain object', (options: object) => options, [{ path: '/work/a' }], { path: '/work/a' }],
    ['an object and another value', (a: object, b: number) => [a, b], [{ x: 1 }, 2], { a: { x: 1 }, b: 2 }],
    ['one list', (items: number[]) => items, [[1, 2]], { items: [1, 2] }],
    ['an undefined value', (a: unknown, b: unknown) => [a, b], [undefined, 1], { a: { $t: 'undefined' }, b: 1 }],
    ['a default', (path: string, count = 3) => [path, count], ['/work/a'], ['/work/a']],
    ['rest', (...paths: string[]) => paths, ['/work/a', '/work/b'], ['/work/a', '/work/b']],
    ['a pattern', ({ path }: { path: string }, n: number) => [path, n], [{ path: 'p' }, 1], [{ path: 'p' }, 1]],
    ['more values than parameters', (a: number) => a, [1, 2], [1, 2]],
    ['native code', Math.max, [1, 2], [1, 2]],
    ['a bound function', ((a: number) => a).bind(null), [1], [1]],
  ])('records its arguments by %s, and hands them on as they were', async (_what, fn, values, recorded) => {
    const { withAudit, ...world } = await createWorld();
    const loose = (...given: unknown[]): unknown => Reflect.apply(fn, undefined, given);
    const wrapped = withAudit(fn, { name: 'read_x' });
    expect(await Reflect.apply(wrapped, undefined, values)).toEqual(loose(...values));
    expect(await recordedArgs(world)).toEqual(recorded);
  });

  it('hands on as many values as it got', async () => {
    const { withAudit } = await createWorld();
    function count(...values: unknown[]) {
      return values.length;
    }
    const wrapped = withAudit(count, { name: 'read_count' });
    expect([
      await wrapped(),
      await Reflect.apply(wrapped, null, [undefined]),
      await Reflect.apply(wrapped, null, [1, 2]),
    ]).toEqual([0, 1, 2]);
  });

  it('keeps `this`', async () => {
    const { withAudit } = await createWorld();
    const reader = {
      root: '/work',
      readAt: withAudit(function readAt(this: { root: string }, path: string) {
        return `${this.root}/${path}`;
      }),
    };
    expect(await reader.readAt('a')).toBe('/work/a');
    expect(await reader.readAt.call({ root: '/other' }, 'a')).toBe('/other/a');
  });

  it('gets an approved edit by the names of its parameters, and nothing that is inherited', async () => {
    const world = await createWorld({
      decide: () => ({ decision: 'approved', approver: ADA, editedArgs: { path: '/work/b' } }),
    });
    const wrapped = world.withAudit(function deleteFile(path: string, hasOwn: unknown) {
      return [path, hasOwn];
    });
    expect(await wrapped('/work/a', 1)).toEqual(['/work/b', undefined]);
  });

  it('takes context, call id and signal from its values where it is told how', async () => {
    const { withAudit, ...world } = await createWorld();
    const controller = new AbortController();
    const wrapped = withAudit((options: { id: string }) => options.id, {
      name: 'read_x',
      context: (options) => ({
        callId: `call-${Reflect.get(Object(options), 'id')}`,
        session: 's9',
        signal: controller.signal,
      }),
    });
    expect(await wrapped({ id: '1' })).toBe('1');
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ call: 'call-1', session: 's9' }]);
    controller.abort();
    await expect(wrapped({ id: '2' })).rejects.toMatchObject({ code: 'CALL_ABORTED', callId: 'call-2' });
  });

  it.each([
    ['a nameless function', () => () => 1],
    ['a class', () => class Tool {}],
    ['a generator function', () => function* read() {}],
    ['nothing', () => null],
    ['a text', () => 'read'],
    ['a name of more than 256 bytes', () => Object.defineProperty(() => 1, 'name', { value: 'n'.repeat(257) })],
  ])('cannot be made of %s', async (_what, make) => {
    const { withAudit } = await createWorld();
    expect(() => Reflect.apply(withAudit, undefined, [make()])).toThrow(ConfigError);
  });

  it('that turns out to stream without having said so fails before any of it runs', async () => {
    const { withAudit } = await createWorld();
    let ran = false;
    const read = () =>
      (async function* () {
        ran = true;
        yield 1;
      })();
    const answer: unknown = withAudit(read)();
    expect(await rejectionOf(Promise.resolve(answer))).toMatchObject({
      code: 'OPTION_INVALID',
      hint: expect.stringContaining('streams'),
    });
    expect(ran).toBe(false);
  });
});

describe('a refused call', () => {
  it('throws, or answers a result for the model where it is asked to', async () => {
    const world = await createWorld({ decide: () => REJECT });
    function deleteFile(path: string) {
      return path;
    }
    const error = await rejectionOf(world.withAudit(deleteFile)('/work/a'));
    expect(error).toBeInstanceOf(CallRefusedError);
    const result: unknown = await world.withAudit(deleteFile, { onRefused: 'result' })('/work/a');
    expect(result).toEqual({ refused: true, code: 'APPROVAL_REJECTED', message: 'No.', callId: expect.any(String) });
  });

  it('inside a tool stays an error of that tool, also where refusals are results', async () => {
    const world = await createWorld({ decide: () => REJECT, onRefused: 'result' });
    const inner = world.withAudit(
      function deleteFile(path: string) {
        return path;
      },
      { onRefused: 'throw' },
    );
    const outer = world.withAudit(async function readAndReport(path: string) {
      await inner(path);
      return 'read';
    });
    expect(await rejectionOf(outer('/work/a'))).toMatchObject({ code: 'APPROVAL_REJECTED', tool: 'deleteFile' });
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ tool: 'readAndReport', outcome: 'tool_error' }]);
  });
});

describe('a record of tools', () => {
  it('keeps its keys and wraps every member under its key', async () => {
    const { withAudit, ...world } = await createWorld();
    const tools = withAudit({
      readFile: (path: string) => path,
      search: { description: 'Searches.', execute: async ({ q }: { q: string }) => q },
      stream: async function* () {
        yield 1;
      },
    });
    expect(Object.keys(tools)).toEqual(['readFile', 'search', 'stream']);
    expect([await tools.readFile('/work/a'), await tools.search.execute({ q: 'x' })]).toEqual(['/work/a', 'x']);
    for await (const chunk of tools.stream()) expect(chunk).toBe(1);
    expect((await ofKind(world, 'tool-call')).map(({ tool }) => tool)).toEqual(['readFile', 'search', 'stream']);
  });

  it('may be a list, frozen, without a prototype, or empty, and may have a key named __proto__', async () => {
    const { withAudit } = await createWorld();
    const list = withAudit([function readA() {}, { name: 'read_b', execute: () => 1 }] as const);
    expect([list.length, list[0].name, list[1].name]).toEqual([2, 'readA', 'read_b']);
    expect(Object.isFrozen(withAudit(Object.freeze({ readA: () => 1 })))).toBe(true);
    expect(Object.keys(withAudit(Object.assign(Object.create(null), { readA: () => 1 })))).toEqual(['readA']);
    expect(withAudit({})).toEqual({});
    const odd = withAudit(Object.fromEntries([['__proto__', () => 1]]));
    expect(Object.getOwnPropertyNames(odd)).toEqual(['__proto__']);
  });

  it.each<readonly [string, () => object]>([
    ['a member that is no tool', () => ({ readFile: () => 1, version: 3 })],
    ['an empty member', () => ({ readFile: () => 1, writeFile: undefined })],
    ['a member of several tools', () => ({ files: { read: () => 1 } })],
    ['a tool under a symbol', () => ({ readFile: () => 1, [Symbol('hidden')]: () => 2 })],
    ['a class', () => ({ Tool: class {} })],
    ['a list with a hole', () => Object.assign(new Array(2), { 1: () => 1 })],
    [
      'an instance of a class',
      () =>
        new (class Files {
          read() {}
        })(),
    ],
    ['an object that could be a tool or a record', () => ({ run: () => 1, stop: () => 2 })],
    ['a tool method beside a tool object', () => ({ call: () => 1, search: { execute: () => 2 } })],
    [
      'a tool method beside a tool object that has a telling name',
      () => ({ call: () => 1, schema: { execute: () => 2 } }),
    ],
  ])('is refused with %s, because something would stay unwrapped', async (_what, make) => {
    const { withAudit } = await createWorld();
    expect(() => withAudit(make())).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('is told from a tool by what the caller says', async () => {
    const { withAudit, ...world } = await createWorld();
    const both = { run: async (a: string, _b: string) => a, stop: async () => 'stopped' };
    const record = withAudit(both, { kind: 'record' });
    await record.run('x', 'y');
    await record.stop();
    expect(await ofKind(world, 'tool-call')).toMatchObject([
      { tool: 'run', values: { args: { a: 'x', _b: 'y' } } },
      { tool: 'stop' },
    ]);
    const tool = withAudit(both, { kind: 'tool', name: 'runner' });
    await tool.run('x', 'y');
    expect((await ofKind(world, 'tool-call')).at(-1)).toMatchObject({ tool: 'runner', values: { args: 'x' } });
    expect(() => withAudit({ read: () => 1 }, { name: 'one' })).toThrow(ConfigError);
  });
});

describe('any arguments', () => {
  it(`that can be carried run as they are and are recorded as normalised (seed ${SEED})`, async () => {
    const world = await createWorld();
    const read = world.withAudit((value: unknown) => value, { name: 'read_x', parameters: 'first' });
    await fc.assert(
      fc.asyncProperty(losslessMaker, async (make) => {
        const ran = await read(make());
        const { json } = normalise(make());
        expect(normalise(ran).json).toEqual(json);
        expect(await recordedArgs(world)).toEqual(world.redactor.redact(json).value);
      }),
      { seed: SEED, numRuns: 100 },
    );
    await expectSound(world.store, world.signer);
  });

  it(`at all run, or are refused by a documented error (seed ${SEED})`, async () => {
    const world = await createWorld();
    const read = world.withAudit((...values: unknown[]) => values.length, { name: 'read_x' });
    await fc.assert(
      fc.asyncProperty(fc.array(anyMaker, { maxLength: 3 }), async (makers) => {
        const outcome = await read(...makers.map((make) => make())).catch((error: unknown) => error);
        if (outcome !== makers.length) expect(outcome).toMatchObject({ code: 'ARGUMENTS_NOT_BINDABLE' });
      }),
      { seed: SEED, numRuns: 150 },
    );
    await expectSound(world.store, world.signer);
  });
});
