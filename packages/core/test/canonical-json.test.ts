import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CanonicalJsonError, canonicalBytes, canonicalJson, canonicalRecord, parseJson } from '../src/index.js';
import { hasLoneSurrogate } from '../src/unicode.js';
import { ES6_CHECK_SUMS, hashOfNumbers } from './es6-numbers.js';
import { anyName, SEED } from './zoo.js';

const vectors = process.env.COUNTERSIGN_VECTORS;
if (vectors === undefined)
  console.log('COUNTERSIGN_VECTORS is not set: the published RFC 8785 files were not there and were not run');

/** For what the type forbids and a program may pass all the same. */
const format = (value: unknown): string => Reflect.apply(canonicalJson, undefined, [value]);

const codeOf = (value: unknown): unknown => {
  try {
    return format(value);
  } catch (error) {
    return error instanceof CanonicalJsonError ? error.code : error;
  }
};

describe('canonicalJson and the examples of RFC 8785', () => {
  it('formats the example of section 3.2.2', () => {
    const value = parseJson(
      String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    );
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts the names of section 3.2.3 by UTF-16 code units', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.keys(parseJson(canonicalJson(value)) ?? {})).toEqual([
      '1',
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('prints the double %s of appendix B as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it.each(ES6_CHECK_SUMS.filter(({ lines }) => lines <= 100_000))(
    'prints the first $lines numbers of the published sequence',
    ({ lines, sha256 }) => {
      expect(hashOfNumbers(lines, canonicalJson)).toBe(sha256);
    },
  );
});

describe.skipIf(vectors === undefined)('canonicalJson and the published files', () => {
  const folder = join(vectors ?? '', 'jcs/testdata');
  const names = vectors === undefined ? ['skipped'] : readdirSync(join(folder, 'input'));

  it.each(names)('gives the published bytes for %s', (name) => {
    const bytes = canonicalBytes(parseJson(readFileSync(join(folder, 'input', name))));
    const hex = readFileSync(join(folder, 'outhex', name.replace(/\.json$/, '.txt')), 'utf8').replaceAll(/\s/g, '');
    expect(Buffer.from(bytes).toString('hex')).toBe(hex);
  });

  it('finds all six files', () => {
    expect(names).toHaveLength(6);
  });

  it.each(ES6_CHECK_SUMS.filter(({ lines }) => lines > 100_000))(
    'prints the first $lines numbers of the published sequence',
    ({ lines, sha256 }) => {
      expect(hashOfNumbers(lines, canonicalJson)).toBe(sha256);
    },
  );
});

describe('canonicalJson and what is not JSON', () => {
  const cyclic: unknown[] = [];
  cyclic.push([cyclic]);
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'JSON_TYPE_UNSUPPORTED'],
    ['a member that is undefined', { a: undefined }, 'JSON_TYPE_UNSUPPORTED'],
    ['a function', () => 1, 'JSON_TYPE_UNSUPPORTED'],
    ['a symbol', Symbol('x'), 'JSON_TYPE_UNSUPPORTED'],
    ['a BigInt', 1n, 'JSON_TYPE_UNSUPPORTED'],
    ['toJSON as a member', { toJSON: () => 1 }, 'JSON_TYPE_UNSUPPORTED'],
    ['NaN', Number.NaN, 'JSON_NUMBER_NOT_FINITE'],
    ['Infinity', [Number.POSITIVE_INFINITY], 'JSON_NUMBER_NOT_FINITE'],
    ['half of a surrogate pair', '\ud800', 'JSON_LONE_SURROGATE'],
    ['half of a surrogate pair in a name', { '\udc00': 1 }, 'JSON_LONE_SURROGATE'],
    ['a Date', new Date(0), 'JSON_NOT_PLAIN'],
    ['a Map', new Map(), 'JSON_NOT_PLAIN'],
    [
      'a Map that poses as a plain object',
      Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype),
      'JSON_NOT_PLAIN',
    ],
    ['bytes without a prototype', Object.setPrototypeOf(new Uint8Array(1), null), 'JSON_NOT_PLAIN'],
    ['a Buffer', Buffer.from('x'), 'JSON_NOT_PLAIN'],
    ['an instance', new (class Point {})(), 'JSON_NOT_PLAIN'],
    ['a subclass of Array', new (class Rows extends Array {})(), 'JSON_NOT_PLAIN'],
    ['a boxed string', Object('x'), 'JSON_NOT_PLAIN'],
    ['a Proxy', new Proxy({}, {}), 'JSON_NOT_PLAIN'],
    ['a Proxy of an array', new Proxy([], {}), 'JSON_NOT_PLAIN'],
    ['a sparse array', new Array(1), 'JSON_ARRAY_SPARSE'],
    ['an array with a further property', Object.assign([1], { a: 1 }), 'JSON_PROPERTY_UNSUPPORTED'],
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
      'JSON_PROPERTY_UNSUPPORTED',
    ],
    ['a getter in an array', Object.defineProperty([1], 0, { get: () => 1 }), 'JSON_PROPERTY_UNSUPPORTED'],
    ['a property named by a symbol', { [Symbol('x')]: 1 }, 'JSON_PROPERTY_UNSUPPORTED'],
    ['a value that contains itself', cyclic, 'JSON_CYCLE'],
    ['257 levels', deep(257), 'JSON_TOO_DEEP'],
  ])('refuses %s', (_what, value, code) => {
    expect(codeOf(value)).toBe(code);
  });

  it('takes 256 levels', () => {
    expect(format(deep(256))).toBe('['.repeat(256) + ']'.repeat(256));
  });

  it('takes plain values of another realm, null-prototype objects, and objects that stand in two places', () => {
    const shared = { b: 1 };
    expect(format([vm.runInNewContext('({ a: [1] })'), Object.create(null), shared, shared])).toBe(
      '[{"a":[1]},{},{"b":1},{"b":1}]',
    );
  });

  it('does not ask a toJSON that stands on a prototype', () => {
    Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'changed', configurable: true });
    try {
      expect(canonicalJson({ a: [1] })).toBe('{"a":[1]}');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'toJSON');
    }
  });

  it('writes __proto__ like any other name', () => {
    expect(canonicalJson(parseJson('{"__proto__":[1],"a":2}'))).toBe('{"__proto__":[1],"a":2}');
  });
});

describe(`canonicalJson, properties (seed ${SEED})`, () => {
  const value = fc.jsonValue({ stringUnit: 'binary' });

  it('answers the same text for the same value, whatever the order of its members', () => {
    const entries = fc.uniqueArray(
      fc.tuple(
        anyName.filter((name) => !hasLoneSurrogate(name)),
        value,
      ),
      { selector: ([name]) => name },
    );
    const property = fc.property(entries, (list) => {
      const text = canonicalJson(parseJson(format(Object.fromEntries(list.toReversed()))));
      expect(text).toBe(format(Object.fromEntries(list)));
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  it('answers a text that JSON.parse reads back as the value', () => {
    const property = fc.property(value, (json) => {
      expect(JSON.parse(format(json))).toEqual(JSON.parse(JSON.stringify(json)));
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});

/** The text, or the code of the refusal. */
function recordOf(value: object): unknown {
  try {
    return canonicalRecord(value);
  } catch (error) {
    return error instanceof CanonicalJsonError ? error.code : error;
  }
}

describe('canonicalRecord', () => {
  it('is canonicalJson of the record without the members that are undefined', () => {
    const member = fc.oneof(fc.jsonValue({ noUnicodeString: false }), fc.constant(undefined));
    const record = fc.dictionary(
      anyName,
      fc.oneof(member, fc.dictionary(anyName, member), fc.array(fc.dictionary(anyName, member))),
    );
    fc.assert(
      fc.property(record, (value) => {
        expect(recordOf(value)).toBe(codeOf(JSON.parse(JSON.stringify(value))));
      }),
      { seed: SEED },
    );
  });

  it('refuses what canonicalJson refuses, and undefined in lists', () => {
    for (const value of [{ a: [undefined] }, { a: Number.NaN }, { a: '\ud800' }, { a: new Map() }, { a: () => 1 }]) {
      expect(() => canonicalRecord(value)).toThrow(CanonicalJsonError);
    }
    expect(() => format({ a: undefined })).toThrow(CanonicalJsonError);
  });
});
