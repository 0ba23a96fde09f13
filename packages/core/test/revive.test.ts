import { describe, expect, it } from 'vitest';
import { type JsonValue, normalise, ReviveError, revive } from '../src/index.js';

const fault = (json: JsonValue): unknown => {
  try {
    return { revived: revive(json) };
  } catch (error) {
    return error instanceof ReviveError ? error.code : error;
  }
};

describe('revive', () => {
  it('gives an ordinary copy that shares nothing with the value', () => {
    const value = { list: [{ a: 1 }], bytes: new Uint8Array([1]), map: new Map([[1, { b: 2 }]]) };
    const copy = revive(normalise(value).json);
    expect(copy).toStrictEqual(value);
    value.list.push({ a: 2 });
    value.bytes[0] = 9;
    value.map.set(2, { b: 3 });
    expect(copy).toStrictEqual({ list: [{ a: 1 }], bytes: new Uint8Array([1]), map: new Map([[1, { b: 2 }]]) });
    expect([copy, Reflect.get(Object(copy), 'list')].some((part) => Object.isFrozen(part))).toBe(false);
  });

  it('gives two copies that share nothing', () => {
    const { json } = normalise({ bytes: Buffer.from('a'), at: new Date(0) });
    const [first, second] = [Object(revive(json)), Object(revive(json))];
    expect(first.bytes).not.toBe(second.bytes);
    expect(first.bytes.buffer).not.toBe(second.bytes.buffer);
    expect(first.at).not.toBe(second.at);
  });

  it('gives bytes their exact type and memory of their own', () => {
    const pooled = Buffer.from('abc');
    const copy = revive(normalise(pooled).json);
    expect(Buffer.isBuffer(copy) && copy.buffer.byteLength).toBe(3);
    for (const value of [
      new Float32Array([1.5]),
      new BigInt64Array([-1n]),
      new DataView(new ArrayBuffer(2)),
      new SharedArrayBuffer(2),
    ]) {
      expect(Object.prototype.toString.call(revive(normalise(value).json))).toBe(Object.prototype.toString.call(value));
    }
  });

  it('never sets a prototype', () => {
    const copy = revive(normalise(JSON.parse('{"__proto__":{"admin":true}}')).json);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Reflect.get(Object(copy), 'admin')).toBeUndefined();
  });

  it('links references that point forward, back and to themselves', () => {
    const copy = Object(
      revive({
        a: { $t: 'ref', v: '/b' },
        b: { up: { $t: 'ref', v: '' }, 'x/y~': [] },
        c: { $t: 'ref', v: '/b/x~1y~0' },
      }),
    );
    expect(copy.a).toBe(copy.b);
    expect(copy.b.up).toBe(copy);
    expect(copy.c).toBe(copy.b['x/y~']);
  });

  it('does not recurse', () => {
    let json: JsonValue = 1;
    for (let i = 0; i < 100_000; i += 1) json = [json];
    expect(() => revive(json)).not.toThrow();
  });

  it.each<[string, JsonValue]>([
    ['an opaque value', { a: { $t: 'opaque', v: 'function' } }],
    ['an instance', { $t: 'instance', name: 'A', v: {} }],
    ['an error', { $t: 'error', name: 'E', v: {} }],
    ['a capped value', [{ $t: 'capped', v: 'bytes' }]],
    ['an object that was ended early', { a: 1, $trest: { $t: 'capped', v: 'nodes' } }],
    ['a Map that was ended early', { $t: 'map', v: [[1, 2], { $t: 'capped', v: 'nodes' }] }],
  ])('refuses %s as lossy', (_what, json) => {
    expect(fault(json)).toBe('REVIVE_LOSSY');
  });

  it.each<[string, JsonValue]>([
    ['an unknown tag', { $t: 'function', v: 'x' }],
    ['a tag that is no string', { $t: 1 }],
    ['another member', { $t: 'date', v: null, w: 1 }],
    ['an absent member', { $t: 'date' }],
    ['a date in another form', { $t: 'date', v: '1970-01-01' }],
    ['a date that is none', { $t: 'date', v: 'x' }],
    ['a finite number', { $t: 'number', v: '1' }],
    ['a BigInt with a sign too many', { $t: 'bigint', v: '-0' }],
    ['a BigInt in hexadecimal', { $t: 'bigint', v: '0x1' }],
    ['a BigInt of too many digits', { $t: 'bigint', v: '1'.repeat(10_002) }],
    ['a string that needs no tag', { $t: 'utf16', v: '0061' }],
    ['UTF-16 in capitals', { $t: 'utf16', v: 'D800' }],
    ['half a code unit', { $t: 'utf16', v: 'd8' }],
    ['bytes of an unknown type', { $t: 'bytes', type: 'Function', v: '' }],
    ['bytes that do not fit the type', { $t: 'bytes', type: 'Int16Array', v: 'AA==' }],
    ['bytes in another base64', { $t: 'bytes', type: 'Buffer', v: 'AA' }],
    ['a regular expression that does not compile', { $t: 'regexp', v: '(', flags: '', lastIndex: 0 }],
    ['unsorted flags', { $t: 'regexp', v: 'a', flags: 'ig', lastIndex: 0 }],
    ['a boxed object', { $t: 'boxed', v: {} }],
    ['a boxed list', { $t: 'boxed', v: [] }],
    ['a boxed undefined', { $t: 'boxed', v: { $t: 'undefined' } }],
    ['a Map that is no list', { $t: 'map', v: {} }],
    ['a Map of triples', { $t: 'map', v: [[1, 2, 3]] }],
    [
      'a Map with one key twice',
      {
        $t: 'map',
        v: [
          [1, 2],
          [1, 3],
        ],
      },
    ],
    ['a Set with one element twice', { $t: 'set', v: [{ $t: 'undefined' }, { $t: 'undefined' }] }],
    ['a hole outside an array', { a: { $t: 'hole', v: 1 } }],
    ['a hole as a key', { $t: 'map', v: [[{ $t: 'hole', v: 1 }, 1]] }],
    ['no holes', [{ $t: 'hole', v: 0 }]],
    [
      'too many holes',
      [
        { $t: 'hole', v: 60_000 },
        { $t: 'hole', v: 60_000 },
      ],
    ],
    ['a reference to nothing', [{ $t: 'ref', v: '/1' }]],
    ['a reference to a primitive', [1, { $t: 'ref', v: '/0' }]],
    [
      'a reference to a reference',
      [
        { $t: 'ref', v: '/1' },
        { $t: 'ref', v: '' },
      ],
    ],
    ['a reference to itself', { $t: 'ref', v: '' }],
    ['a reference to an inherited property', [{ $t: 'ref', v: '/constructor' }]],
    ['a reference that is no pointer', [{ $t: 'ref', v: 'a' }]],
    ['a name that is not escaped', { $tag: 1 }],
    ['a name that needs no hexadecimal', { '$tk:0061': 1 }],
  ])('refuses %s', (_what, json) => {
    expect(fault(json)).toBe('TAGGED_FORM_INVALID');
  });
});
