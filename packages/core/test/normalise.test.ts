import { isDeepStrictEqual } from 'node:util';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { canonicalBytes, canonicalJson, type JsonValue, normalise, parseCanonicalJson, revive } from '../src/index.js';
import { alarm, BEASTS, bark } from './beasts.js';
import { anyMaker, losslessValue, SEED } from './zoo.js';

const json = (value: unknown): JsonValue => normalise(value).json;
const kinds = (value: unknown): string[] => normalise(value).losses.map(({ kind }) => kind);

describe(`normalise, properties (seed ${SEED})`, () => {
  it('answers strict JSON for any value, and counts its bytes', () => {
    const property = fc.property(anyMaker, (make) => {
      const value = make();
      const runsBefore = alarm.runs;
      const result = normalise(value);
      expect(alarm.runs).toBe(runsBefore);
      expect(result.bytes).toBe(canonicalBytes(result.json).length);
      expect(result.bindable).toBe(result.lossTotal === 0);
      expect(result.losses.length).toBe(Math.min(result.lossTotal, 100));
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });

  it('keeps within lowered limits for any value', () => {
    const limits = fc.record({ maxDepth: fc.nat(4), maxNodes: fc.nat(12), maxBytes: fc.nat(300) });
    const property = fc.property(anyMaker, limits, (make, options) => {
      const result = normalise(make(), options);
      expect(result.nodes).toBeLessThanOrEqual(options.maxNodes);
      expect(result.bytes).toBe(canonicalBytes(result.json).length);
      expect(result.bytes).toBeLessThanOrEqual(options.maxBytes + 8192);
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });

  it('brings a lossless value back through its canonical bytes, equal and with the same sharing', () => {
    const property = fc.property(losslessValue, (value) => {
      const result = normalise(value);
      expect(result.losses).toEqual([]);
      const back = revive(parseCanonicalJson(canonicalBytes(result.json)));
      expect(isDeepStrictEqual(back, value)).toBe(true);
      // Normalising the copy finds the same references in the same places.
      expect(sortedForm(back)).toBe(sortedForm(value));
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });

  it('gives different bytes to values that differ', () => {
    const property = fc.property(losslessValue, losslessValue, (a, b) => {
      if (!isDeepStrictEqual(a, b)) expect(canonicalJson(json(a))).not.toBe(canonicalJson(json(b)));
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });

  it('never changes the value', () => {
    const property = fc.property(losslessValue, (value) => {
      const before = structuredClone(value);
      normalise(value);
      expect(isDeepStrictEqual(structuredClone(value), before)).toBe(true);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  /** References depend on the order of names, which canonical JSON sorts; two rounds bring both sides to one order. */
  function sortedForm(value: unknown): string {
    return canonicalJson(json(revive(parseCanonicalJson(canonicalJson(json(value))))));
  }
});

describe('normalise and values that are hostile, lossy or rare', () => {
  it('runs no code of any of them, at the root and as a member', () => {
    for (const make of BEASTS) {
      const value = [make(), { list: [make(), new Map([[make(), make()]])] }];
      const runsBefore = alarm.runs;
      expect(() => canonicalJson(json(value[0])), make.toString()).not.toThrow();
      expect(() => canonicalJson(json(value)), make.toString()).not.toThrow();
      expect(alarm.runs, make.toString()).toBe(runsBefore);
    }
  });

  it('runs no code even where running it would not throw', () => {
    let runs = 0;
    const count = (): number => {
      runs += 1;
      return 1;
    };
    const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, count]));
    const original = Error.prepareStackTrace;
    Error.prepareStackTrace = count;
    try {
      normalise([
        new Proxy({}, traps),
        Object.create(new Proxy({}, traps)),
        {
          get a() {
            return count();
          },
          toJSON: count,
        },
        new Error('x'),
      ]);
    } finally {
      Error.prepareStackTrace = original;
    }
    expect(runs).toBe(0);
  });

  it('catches what the sandbox of another context throws, which it cannot tell from an ordinary object', () => {
    let isArmed = false;
    const trap = (name: keyof typeof Reflect) => ({
      [name]: (...input: never[]): unknown => (isArmed ? bark() : Reflect.apply(Object(Reflect[name]), Reflect, input)),
    });
    const traps = Object.assign({}, trap('ownKeys'), trap('getOwnPropertyDescriptor'), trap('get'), trap('has'));
    const global: unknown = vm.runInContext('this', vm.createContext(new Proxy({ a: 1 }, traps)));
    isArmed = true;
    expect(json([global, 1])).toEqual([{ $t: 'opaque', v: 'unreadable' }, 1]);
  });

  it('does not see a getter that stands on a prototype by the name of a member', () => {
    Object.defineProperty(Object.prototype, 'planted', { set: bark, get: bark, configurable: true });
    try {
      expect(revive(json({ planted: 1 }))).toEqual(
        Object.defineProperty({}, 'planted', { value: 1, enumerable: true }),
      );
    } finally {
      Reflect.deleteProperty(Object.prototype, 'planted');
    }
  });

  it.each([
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
      '{"a":{"$t":"opaque","v":"accessor"}}',
      ['accessor'],
    ],
    ['a Proxy', [new Proxy({}, {})], '[{"$t":"opaque","v":"proxy"}]', ['proxy']],
    ['a function', { run: () => 1 }, '{"run":{"$t":"opaque","v":"function"}}', ['function']],
    ['a symbol', Symbol('x'), '{"$t":"opaque","v":"symbol"}', ['symbol']],
    ['a property named by a symbol', { [Symbol('x')]: 1 }, '{}', ['property']],
    ['a property of an array', Object.assign([1], { extra: 1 }), '[1]', ['property']],
    [
      'a hidden element of an array',
      Object.defineProperty([1], 0, { enumerable: false }),
      '[{"$t":"hole","v":1}]',
      ['property'],
    ],
    [
      'a property of a Date',
      Object.assign(new Date(0), { extra: 1 }),
      '{"$t":"date","v":"1970-01-01T00:00:00.000Z"}',
      ['property'],
    ],
    [
      'an instance',
      new (class Point {
        x = 1;
      })(),
      '{"$t":"instance","name":"Point","v":{"x":1}}',
      ['instance'],
    ],
    [
      'a subclass of Array',
      new (class Rows extends Array {})(),
      '{"$t":"instance","name":"Rows","v":[]}',
      ['instance'],
    ],
    [
      'an error',
      new RangeError('far', { cause: 1 }),
      '{"$t":"error","name":"RangeError","v":{"cause":1,"message":"far"}}',
      ['error'],
    ],
    [
      'an aborted wait',
      new DOMException('stopped', 'AbortError'),
      '{"$t":"error","name":"AbortError","v":{"message":"stopped"}}',
      ['error'],
    ],
    ['a Promise', Promise.resolve(), '{"$t":"opaque","v":"promise"}', ['opaque']],
    [
      'a resizable buffer',
      vm.runInThisContext('new ArrayBuffer(1, { maxByteLength: 2 })'),
      '{"$t":"instance","name":"ArrayBuffer","v":{"$t":"bytes","type":"ArrayBuffer","v":"AA=="}}',
      ['instance'],
    ],
  ])('marks the loss of %s', (_what, value, text, losses) => {
    expect(canonicalJson(json(value))).toBe(text);
    expect(kinds(value)).toEqual(losses);
    expect(normalise(value).bindable).toBe(false);
  });

  it('points to a loss within the normalised JSON', () => {
    const value = { 'a/b': new Map([['k', [Symbol('x')]]]) };
    expect(normalise(value).losses).toEqual([{ pointer: '/a~1b/v/0/1/0', kind: 'symbol' }]);
  });

  it('takes plain values of another realm for plain values', () => {
    const value: unknown = vm.runInNewContext(
      '({ a: [1, { b: new Map([[1, new Date(0)]]) }, new Uint8Array(1), /x/, Object(1)] })',
    );
    const result = normalise(value);
    expect(result.losses).toEqual([]);
    expect(revive(result.json)).toStrictEqual({
      a: [1, { b: new Map([[1, new Date(0)]]) }, new Uint8Array(1), /x/, Object(1)],
    });
  });

  it('is not taken in by a prototype that plays Object.prototype', () => {
    const impostor = Object.create(null);
    impostor.constructor = Object;
    expect(kinds(Object.create(impostor))).toEqual(['instance']);
  });
});

describe('normalise and its limits', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i += 1) value = [value];
    return value;
  };

  it('follows 64 levels and no more', () => {
    expect(normalise(nested(64)).bindable).toBe(true);
    expect(kinds(nested(65))).toEqual(['depth']);
    expect(kinds(nested(100_000))).toEqual(['depth']);
  });

  it('writes what the deepest Map gives within the depth of canonical JSON', () => {
    let value: unknown = 1;
    for (let i = 0; i < 64; i += 1) value = new Map([[1, value]]);
    const result = normalise(value);
    expect(result.bindable).toBe(true);
    expect(revive(parseCanonicalJson(canonicalBytes(result.json)))).toStrictEqual(value);
  });

  it('visits 100,000 values and no more', () => {
    expect(normalise(new Array(99_999).fill(1)).bindable).toBe(true);
    const over = normalise(new Array(100_000).fill(1));
    expect(over.losses).toEqual([{ pointer: '', kind: 'nodes' }]);
    expect(over.nodes).toBe(100_000);
  });

  it('counts each hole of a sparse array', () => {
    expect(normalise(new Array(99_999)).bindable).toBe(true);
    expect(kinds(new Array(100_000))).toEqual(['nodes']);
  });

  it('reads sparse arrays no further than there are nodes left, however many of them there are', () => {
    const sparse = (): unknown[] => Object.assign([], { length: 4_294_967_295 });
    const result = normalise(Array.from({ length: 5000 }, sparse));
    expect(result.json).toEqual([[{ $t: 'capped', v: 'nodes' }], { $t: 'capped', v: 'nodes' }]);
    expect(result.nodes).toBe(100_000);
  });

  it('writes 10 MiB and no more', () => {
    const limit = 10 * 1024 * 1024;
    expect(normalise('x'.repeat(limit - 2))).toMatchObject({ bindable: true, bytes: limit });
    expect(kinds('x'.repeat(limit - 1))).toEqual(['bytes']);
    expect(kinds('é'.repeat(limit / 2))).toEqual(['bytes']);
    expect(kinds({ ['k'.repeat(limit)]: 1 })).toEqual(['bytes']);
    expect(kinds(new Uint8Array(limit))).toEqual(['bytes']);
  });

  it('goes on after a string that is too long', () => {
    expect(canonicalJson(normalise(['x'.repeat(200), 1], { maxBytes: 100 }).json)).toBe(
      '[{"$t":"capped","v":"bytes"},1]',
    );
  });

  it('ends an object early under a name of its own', () => {
    expect(canonicalJson(normalise({ a: 1, b: 2, c: 3 }, { maxNodes: 2 }).json)).toBe(
      '{"$trest":{"$t":"capped","v":"nodes"},"a":1}',
    );
  });

  it('ends a Map early between a key and its value', () => {
    const text = canonicalJson(normalise(new Map([[1, 2]]), { maxNodes: 2 }).json);
    expect(text).toBe('{"$t":"map","v":[[1,{"$t":"capped","v":"nodes"}]]}');
  });

  it('does not raise a limit, and does not mind one that makes no sense', () => {
    expect(normalise(new Array(100_000).fill(1), { maxNodes: 1e9 }).bindable).toBe(false);
    expect(normalise([1], { maxNodes: Number.NaN, maxBytes: -1, maxDepth: Number.NaN }).bindable).toBe(true);
  });

  it('keeps the first 100 losses and the number of all', () => {
    const result = normalise(new Array(1000).fill(Symbol('x')));
    expect(result.losses).toHaveLength(100);
    expect(result.lossTotal).toBe(1000);
  });

  it('measures one long string that stands in many places a bounded number of times', () => {
    const long = 'é'.repeat(1_000_000);
    const result = normalise(new Array(90_000).fill(long), { maxBytes: 1_500_000 });
    expect(result.nodes).toBeLessThan(10);
    expect(result.bindable).toBe(false);
  });

  it('escapes a long name once for all the losses below it', () => {
    let value: unknown = new Array(100).fill(Symbol('x'));
    for (let i = 0; i < 50; i += 1) value = { ['~/'.repeat(40_000)]: value };
    const escapes = vi.spyOn(String.prototype, 'replaceAll');
    try {
      expect(normalise(value).lossTotal).toBe(100);
      expect(escapes.mock.calls.length).toBeLessThanOrEqual(2 * 50);
    } finally {
      escapes.mockRestore();
    }
  });

  it('shortens the pointer of a loss to an ancestor', () => {
    const value = { a: { ['k'.repeat(2000)]: Symbol('x') } };
    expect(normalise(value).losses).toEqual([{ pointer: '/a', kind: 'symbol' }]);
  });
});

describe('the tagged forms', () => {
  it.each<[string, unknown, string]>([
    ['undefined', { a: undefined }, '{"a":{"$t":"undefined"}}'],
    ['minus zero', -0, '{"$t":"number","v":"-0"}'],
    ['NaN', Number.NaN, '{"$t":"number","v":"NaN"}'],
    ['a BigInt', -5n, '{"$t":"bigint","v":"-5"}'],
    ['a lone surrogate', '\ud800a', '{"$t":"utf16","v":"d8000061"}'],
    ['a name with a lone surrogate', { '\ud800': 1 }, '{"$tk:d800":1}'],
    ['a date', new Date(0), '{"$t":"date","v":"1970-01-01T00:00:00.000Z"}'],
    ['an invalid date', new Date(Number.NaN), '{"$t":"date","v":null}'],
    ['a regular expression', /a\/b/gi, String.raw`{"$t":"regexp","flags":"gi","lastIndex":0,"v":"a\\/b"}`],
    ['a boxed string', Object('a'), '{"$t":"boxed","v":"a"}'],
    ['a Buffer', Buffer.from('hi'), '{"$t":"bytes","type":"Buffer","v":"aGk="}'],
    ['a typed array', new Uint16Array([1]), '{"$t":"bytes","type":"Uint16Array","v":"AQA="}'],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{}, 2],
      ]),
      '{"$t":"map","v":[["a",1],[{},2]]}',
    ],
    ['a Set', new Set([2, 1]), '{"$t":"set","v":[2,1]}'],
    // biome-ignore lint/suspicious/noSparseArray: holes are what this case is about.
    ['holes', [, , 1, ,], '[{"$t":"hole","v":2},1,{"$t":"hole","v":1}]'],
    ['names that begin with $t', { $t: 1, $$t: 2, $x: 3, $tag: 4 }, '{"$$$t":2,"$$t":1,"$$tag":4,"$x":3}'],
    ['the name __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['a NUL', 'a\0b', String.raw`"a\u0000b"`],
    ['a null-prototype object', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])('write %s', (_what, value, text) => {
    expect(canonicalJson(json(value))).toBe(text);
    expect(normalise(value).bindable).toBe(true);
  });

  it('write an object that stands elsewhere too as a reference to the first place', () => {
    const shared = { x: 1 };
    expect(canonicalJson(json({ b: shared, a: [shared] }))).toBe('{"a":[{"$t":"ref","v":"/b"}],"b":{"x":1}}');
  });

  it('write a value that contains itself', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(canonicalJson(json(value))).toBe('{"self":{"$t":"ref","v":""}}');
  });

  it('are deeply frozen', () => {
    const open: JsonValue[] = [json({ a: [new Map([[{}, new Set([1])]]), new Date(0)] })];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (typeof node !== 'object' || node === null) continue;
      expect(Object.isFrozen(node)).toBe(true);
      open.push(...Object.values(node));
    }
  });
});
