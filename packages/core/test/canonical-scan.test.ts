/** The quick look at canonical JSON against the parser that defines it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, isCertainlyCanonical, parseCanonicalJson } from '../src/index.js';
import { SEED } from './zoo.js';

const isCanonical = (bytes: Uint8Array): boolean => {
  try {
    parseCanonicalJson(bytes);
    return true;
  } catch {
    return false;
  }
};

const value = fc.jsonValue({ maxDepth: 4 });

/** One change of canonical bytes: a byte replaced, dropped, repeated or put in. */
const change = fc.record({
  how: fc.constantFrom('replace', 'drop', 'repeat', 'insert'),
  at: fc.nat(),
  byte: fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:0123456789+-.eE \\/utfn\n')), fc.nat(255)),
});

function changed(bytes: Uint8Array, { how, at, byte }: { how: string; at: number; byte: number }): Uint8Array {
  const place = at % bytes.length;
  const kept = how === 'repeat' ? [...bytes.slice(place, place + 1), ...bytes.slice(place)] : [...bytes.slice(place)];
  const rest = how === 'replace' || how === 'drop' ? kept.slice(1) : kept;
  const put = how === 'replace' || how === 'insert' ? [byte] : [];
  return Uint8Array.from([...bytes.slice(0, place), ...put, ...rest]);
}

describe('isCertainlyCanonical', () => {
  it(`takes nothing that the parser refuses, however canonical bytes are changed (seed ${SEED})`, () => {
    let accepted = 0;
    fc.assert(
      fc.property(value, fc.array(change, { maxLength: 3 }), (json, changes) => {
        const bytes = changes.reduce(changed, canonicalBytes(JSON.parse(JSON.stringify(json))));
        const answer = isCertainlyCanonical(bytes);
        if (answer) expect(isCanonical(bytes)).toBe(true);
        accepted += answer ? 1 : 0;
      }),
      { seed: SEED, numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(4000);
  });

  it.each([
    '{}',
    '[]',
    '{"a":[1,-1,0.5,1e+30,"\\n\\u00e9"],"b":{"":null}}',
    '"é–😀"',
    '{"a":1,"a b":2,"ab":3}',
    'true',
    '-12',
  ])('takes %s', (text) => {
    const bytes = canonicalBytes(JSON.parse(text));
    expect(isCertainlyCanonical(bytes)).toBe(true);
  });

  it.each([
    '',
    ' {}',
    '{} ',
    '{"b":1,"a":2}',
    '{"a":1,"a":2}',
    '{"a":1,}',
    '[1,]',
    '[01]',
    '[-0]',
    '[1.0]',
    '[1e2]',
    '[9007199254740993]',
    '["\\u0041"]',
    '["\\/"]',
    '["a\nb"]',
    '{"a" :1}',
    'nul',
    'truefalse',
    '1e999',
    '{"ab":1,"a":2}',
    '[1}',
    '{"a":1]',
    '\ufeff1',
  ])('does not take %j', (text) => {
    expect(isCertainlyCanonical(Buffer.from(text))).toBe(false);
    expect(isCanonical(Buffer.from(text))).toBe(false);
  });

  it('leaves bytes that are no UTF-8, and nesting that is too deep, to the parser', () => {
    expect(isCertainlyCanonical(Uint8Array.of(0x22, 0xff, 0x22))).toBe(false);
    expect(isCertainlyCanonical(Buffer.from('['.repeat(256) + ']'.repeat(256)))).toBe(true);
    expect(isCertainlyCanonical(Buffer.from('['.repeat(257) + ']'.repeat(257)))).toBe(false);
  });
});
