/**
 * `withAudit` over tool objects: the same object to everybody, but for its tool methods.
 */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TOOL_METHODS } from '../src/wrap/audited.js';
import { readDefinition } from '../src/wrap/tool-definition.js';
import { createWorld, ofKind } from './gate-world.js';

describe('a wrapped tool object', () => {
  it.each(TOOL_METHODS)('has its function under %s', async (method) => {
    const { withAudit, ...world } = await createWorld();
    const target: object = { name: 'read_x', [method]: (args: object) => ({ got: args }) };
    const wrapped: object = withAudit(target);
    expect(await Reflect.apply(Reflect.get(wrapped, method), wrapped, [{ q: 1 }])).toEqual({ got: { q: 1 } });
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ tool: 'read_x', values: { args: { q: 1 } } }]);
    expect(Reflect.get(target, method)).not.toBe(Reflect.get(wrapped, method));
  });

  it('is recorded under every tool method that it has, and once where one calls another', async () => {
    const { withAudit, ...world } = await createWorld();
    const tool = withAudit({
      name: 'read_x',
      func: async (args: object) => args,
      async invoke(args: object) {
        return this.func(args);
      },
    });
    expect(await tool.invoke({ a: 1 })).toEqual({ a: 1 });
    expect(await ofKind(world, 'tool-call')).toHaveLength(1);
    expect(await tool.func({ a: 2 })).toEqual({ a: 2 });
    expect(await ofKind(world, 'tool-call')).toHaveLength(2);
  });

  it('spreads with its wrapped method, and keeps everything else as it was', async () => {
    const { withAudit, ...world } = await createWorld();
    const tag = Symbol('tag');
    const schema = { type: 'object' };
    const target = { description: 'Reads.', inputSchema: schema, [tag]: 7, execute: async () => 'ran' };
    const wrapped = withAudit(target, { name: 'read_x' });
    const spread = { ...wrapped };
    expect(await spread.execute()).toBe('ran');
    expect(await ofKind(world, 'tool-call')).toHaveLength(1);
    expect([spread.description, spread.inputSchema, spread[tag]]).toEqual(['Reads.', schema, 7]);
    expect(spread.inputSchema).toBe(schema);
    expect(Reflect.ownKeys(wrapped)).toEqual(Reflect.ownKeys(target));
    expect(Object.getOwnPropertyDescriptor(wrapped, 'execute')?.enumerable).toBe(true);
  });

  it('keeps its state in one place, whether the tool or its user changes it', async () => {
    const { withAudit } = await createWorld();
    const target = {
      name: 'read_x',
      count: 0,
      async execute() {
        this.count += 1;
        return this.count;
      },
    };
    const wrapped = withAudit(target);
    expect([await wrapped.execute(), wrapped.count, target.count]).toEqual([1, 1, 1]);
    wrapped.count = 10;
    expect([await wrapped.execute(), target.count]).toEqual([11, 11]);
  });

  it('keeps accessors, non-enumerable and inherited members, and stays frozen or closed', async () => {
    const { withAudit } = await createWorld();
    let reads = 0;
    const target = Object.defineProperty(
      {
        name: 'read_x',
        get lazy() {
          reads += 1;
          return 'value';
        },
        execute: () => 'ran',
      },
      'hidden',
      { value: 1, enumerable: false },
    );
    const before = reads;
    const wrapped = withAudit(target);
    expect(reads).toBe(before);
    expect(wrapped.lazy).toBe('value');
    expect(Object.keys(wrapped)).not.toContain('hidden');
    expect(Reflect.get(wrapped, 'hidden')).toBe(1);
    const frozen = withAudit(Object.freeze({ name: 'read_y', execute: () => 'ran' }));
    expect([Object.isFrozen(frozen), await frozen.execute()]).toEqual([true, 'ran']);
    expect(Object.isExtensible(withAudit(Object.preventExtensions({ name: 'read_z', execute: () => 1 })))).toBe(false);
  });

  it('may have its method from an accessor', async () => {
    const { withAudit, ...world } = await createWorld();
    const wrapped = withAudit({
      name: 'read_x',
      get execute() {
        return async () => 'ran';
      },
    });
    expect(await wrapped.execute()).toBe('ran');
    expect(await ofKind(world, 'tool-call')).toHaveLength(1);
  });

  it.each([1, 'text', null, {}])('is refused where its method is no function: %j', async (execute) => {
    const { withAudit } = await createWorld();
    expect(() => withAudit({ name: 'read_x', execute }, { kind: 'tool' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('a wrapped instance of a class', () => {
  class Base {
    readonly name: string = 'read_counter';
    description = 'Reads a counter.';
    #count = 0;
    label = 'first';
    readonly listeners: string[] = [];
    get count() {
      return this.#count;
    }
    set count(value: number) {
      this.#count = value;
    }
    async invoke({ by }: { by: number }) {
      this.#count += by;
      return this.#count;
    }
    peek() {
      return this.#count;
    }
  }
  class Derived extends Base {
    execute = async () => this.peek();
  }

  it('works with private fields, getters and setters, and is still of its class', async () => {
    const { withAudit, ...world } = await createWorld();
    const target = new Base();
    const wrapped = withAudit(target);
    expect(wrapped).toBeInstanceOf(Base);
    expect(await wrapped.invoke({ by: 2 })).toBe(2);
    wrapped.count = 40;
    expect([wrapped.count, wrapped.peek(), target.count]).toEqual([40, 40, 40]);
    wrapped.label = 'second';
    expect(target.label).toBe('second');
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ tool: 'read_counter', values: { args: { by: 2 } } }]);
    expect([wrapped.peek, wrapped.constructor]).toEqual([wrapped.peek, Base]);
    expect(wrapped.peek.name).toBe('peek');
    expect(Object.keys(wrapped)).toEqual(Object.keys(target));
    expect('peek' in wrapped).toBe(true);
  });

  it('cannot have its method replaced, deleted or redefined behind the gate', async () => {
    const { withAudit, ...world } = await createWorld();
    const wrapped = withAudit(new Base());
    expect(Reflect.set(wrapped, 'invoke', async () => 'unrecorded')).toBe(false);
    expect(Reflect.deleteProperty(wrapped, 'invoke')).toBe(false);
    expect(Reflect.defineProperty(wrapped, 'invoke', { value: () => 'unrecorded' })).toBe(false);
    expect(() => Object.freeze(wrapped)).toThrow(TypeError);
    expect(await wrapped.invoke({ by: 1 })).toBe(1);
    expect(await ofKind(world, 'tool-call')).toHaveLength(1);
  });

  it('wraps own and inherited tool methods alike, and spreads with the own one', async () => {
    const { withAudit, ...world } = await createWorld();
    const wrapped = withAudit(new Derived());
    await wrapped.invoke({ by: 1 });
    const spread: unknown = { ...wrapped };
    expect(await Reflect.get(Object(spread), 'execute')()).toBe(1);
    expect(await ofKind(world, 'tool-call')).toHaveLength(2);
  });

  it('may be frozen', async () => {
    const { withAudit, ...world } = await createWorld();
    const wrapped = withAudit(Object.freeze(new Derived()));
    expect(await wrapped.execute()).toBe(0);
    expect(await ofKind(world, 'tool-call')).toHaveLength(1);
  });
});

describe('the values of a framework', () => {
  it('pass through by identity behind the arguments, and are not recorded', async () => {
    const { withAudit, ...world } = await createWorld();
    const options = { toolCallId: 'x', messages: [() => 1], self: undefined };
    const got: unknown[] = [];
    const wrapped = withAudit({
      name: 'read_x',
      execute: async (...values: unknown[]) => {
        got.push(...values);
      },
    });
    await wrapped.execute({ q: 1 }, options, 'third');
    expect(got[0]).toEqual({ q: 1 });
    expect(got[1]).toBe(options);
    expect(got[2]).toBe('third');
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ values: { args: { q: 1 } }, bound: true }]);
    await wrapped.execute();
    expect(got).toHaveLength(3);
  });

  it.each([
    ['itself', (signal: AbortSignal): unknown => signal],
    ['as abortSignal', (signal: AbortSignal): unknown => ({ abortSignal: signal })],
    ['as signal', (signal: AbortSignal): unknown => ({ signal })],
  ])('hold the abort signal: %s', async (_where, make) => {
    const { withAudit } = await createWorld();
    const wrapped = withAudit({ name: 'read_x', execute: async (_args: object, _options: unknown) => 'ran' });
    await expect(wrapped.execute({}, make(AbortSignal.abort()))).rejects.toMatchObject({ code: 'CALL_ABORTED' });
    expect(await wrapped.execute({}, make(new AbortController().signal))).toBe('ran');
  });
});

describe('the definition of a tool', () => {
  const json = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
  const wanted = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };

  it.each<readonly [string, object]>([
    ['a zod schema as inputSchema', { inputSchema: z.object({ path: z.string() }) }],
    ['a zod schema as parameters', { parameters: z.object({ path: z.string() }) }],
    ['a zod schema as schema', { schema: z.object({ path: z.string() }) }],
    ['JSON Schema', { inputSchema: json }],
    ['JSON Schema as input_schema', { input_schema: json }],
    [
      'a wrapper around JSON Schema',
      { inputSchema: { [Symbol('kind')]: true, jsonSchema: json, validate: () => true } },
    ],
  ])('has the schema of its input: %s', (_what, target) => {
    expect(readDefinition({ name: 'read_x', ...target }, 'x', {}).inputSchema).toMatchObject(wanted);
  });

  it.each<readonly [string, unknown]>([
    [
      'a schema with a transform that has no JSON form',
      z.object({ when: z.date(), big: z.bigint(), fn: z.function() }),
    ],
    ['a promise of a schema', { jsonSchema: Promise.resolve(json) }],
    ['an instance', new (class Schema {})()],
    ['a text', 'object'],
    ['a function', () => json],
  ])('can be read whatever stands in the place of a schema: %s', (_what, inputSchema) => {
    const { inputSchema: read, ...definition } = readDefinition({ name: 'read_x', inputSchema }, 'x', {});
    expect(definition).toEqual({ name: 'read_x' });
    expect(read === undefined || typeof read === 'object').toBe(true);
  });

  it('is what the caller says, over what the tool says of itself, over its key', () => {
    const target = { name: 'own', title: 'Own', description: 'Own.', annotations: { readOnlyHint: true, extra: 1 } };
    expect(readDefinition(target, 'key', {})).toEqual({
      name: 'own',
      title: 'Own',
      description: 'Own.',
      annotations: { readOnlyHint: true },
    });
    const said = {
      name: 'said',
      title: 'Said',
      description: 'Said.',
      annotations: { destructiveHint: true },
      server: 'mcp',
    };
    expect(readDefinition(target, 'key', said)).toEqual(said);
    expect(readDefinition({ name: 5, description: 'half \ud800', annotations: 'none' }, 'key', {})).toEqual({
      name: 'key',
    });
  });

  it('is frozen, so that nobody changes it while a call waits', () => {
    const definition = readDefinition({ name: 'x', annotations: { readOnlyHint: true } }, 'x', {});
    expect([Object.isFrozen(definition), Object.isFrozen(definition.annotations)]).toEqual([true, true]);
  });
});
