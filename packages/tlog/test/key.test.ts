import {
  checkEnrolment,
  checkKeyName,
  createVerifierKey,
  formatVerifierKey,
  KEY_TYPES,
  MAX_KEY_NAME_BYTES,
  parseVerifierKey,
} from '@countersign/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  codeOf,
  createTestSigner,
  expectCode,
  flipBit,
  fromHex,
  sha256,
  toHex,
  verifyEd25519,
} from './helpers.js';

const EXAMPLE = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';

describe('verifier keys', () => {
  it('come apart and together as in the example of the specification', () => {
    const key = parseVerifierKey(EXAMPLE, sha256);
    expect(key).toMatchObject({ name: 'example.com/foo', id: 0x530d903a, type: KEY_TYPES.ed25519 });
    expect(toHex(key.publicKey)).toBe('e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4');
    expect(formatVerifierKey(key)).toBe(EXAMPLE);
    expect(createVerifierKey({ name: key.name, publicKey: key.publicKey, hasher: sha256 })).toEqual(key);
  });

  it('of a witness have another type and so another ID', () => {
    const { name, publicKey, id } = parseVerifierKey(EXAMPLE, sha256);
    const witness = createVerifierKey({ name, publicKey, type: KEY_TYPES.cosignature, hasher: sha256 });
    expect(witness.id).not.toBe(id);
    expect(parseVerifierKey(formatVerifierKey(witness), sha256)).toEqual(witness);
  });

  it('keep the leading zeros of their ID', () => {
    const publicKey = new Uint8Array(32);
    const names = Array.from({ length: 2000 }, (_, index) => `log${index}`);
    const keys = names.map((name) => createVerifierKey({ name, publicKey, hasher: sha256 }));
    const small = keys.filter(({ id }) => id < 2 ** 24);
    expect(small.length).toBeGreaterThan(0);
    for (const key of small) expect(parseVerifierKey(formatVerifierKey(key), sha256)).toEqual(key);
  });

  it('are refused when any one character of them is changed', () => {
    for (let position = 0; position < EXAMPLE.length; position += 1) {
      const other = EXAMPLE.charAt(position) === 'b' ? 'c' : 'b';
      const changed = EXAMPLE.slice(0, position) + other + EXAMPLE.slice(position + 1);
      expect(codeOf(() => parseVerifierKey(changed, sha256))).toMatch(/^KEY_/);
    }
  });

  it('are refused in every other form', () => {
    const forms = [
      '',
      '+',
      '++',
      EXAMPLE.replace('+', ''),
      `${EXAMPLE}\n`,
      ` ${EXAMPLE}`,
      `${EXAMPLE}=`,
      EXAMPLE.slice(0, -4),
    ];
    for (const text of [...forms, EXAMPLE.replace('530d903a', '530D903A'), EXAMPLE.replace('example.com/foo', '')]) {
      expect(codeOf(() => parseVerifierKey(text, sha256))).toMatch(/^KEY_/);
    }
    expectCode(() => parseVerifierKey('example.com/foo+530d903a+AukyeRrm', sha256), 'KEY_TYPE_UNSUPPORTED');
  });

  it('are refused before they are decoded when they are longer than any can be', () => {
    expectCode(() => parseVerifierKey(`a+00000000+${'A'.repeat(988)}`, sha256), 'KEY_TYPE_UNSUPPORTED');
    expectCode(() => parseVerifierKey(`a+00000000+${'A'.repeat(992)}`, sha256), 'KEY_INVALID');
  });

  it('are refused when made from parts that cannot be', () => {
    const publicKey = new Uint8Array(32);
    expectCode(() => createVerifierKey({ name: 'a b', publicKey, hasher: sha256 }), 'KEY_NAME_INVALID');
    expectCode(() => createVerifierKey({ name: 'a', publicKey: new Uint8Array(33), hasher: sha256 }), 'KEY_INVALID');
  });

  it('come back from their text, and random text gives keys or a pinned code (seed 33)', () => {
    const parts = fc.tuple(fc.string({ unit: 'grapheme' }), fc.uint8Array({ minLength: 32, maxLength: 32 }));
    fc.assert(
      fc.property(parts, fc.string({ unit: 'binary' }), ([name, publicKey], noise) => {
        expect(codeOf(() => parseVerifierKey(noise, sha256))).toMatch(/^KEY_/);
        expect(codeOf(() => parseVerifierKey(`${noise}+00000000+AQ==`, sha256))).toMatch(/^KEY_/);
        if (!checkKeyName(name).ok) return;
        const key = createVerifierKey({ name, publicKey: new Uint8Array(publicKey), hasher: sha256 });
        expect(parseVerifierKey(formatVerifierKey(key), sha256)).toEqual(key);
      }),
      { seed: 33, numRuns: 300 },
    );
  });
});

describe('key names', () => {
  it('may be any text without white space, plus signs and control characters', () => {
    for (const name of ['a', 'example.com/log', 'caf\u00e9', '\u65e5\u672c', 'a'.repeat(MAX_KEY_NAME_BYTES)]) {
      expect(checkKeyName(name)).toEqual({ ok: true });
    }
  });

  it('are refused otherwise', () => {
    const spaces = [
      '\t',
      '\n',
      '\r',
      ' ',
      '\u0085',
      '\u00a0',
      '\u1680',
      '\u2003',
      '\u2028',
      '\u2029',
      '\u202f',
      '\u205f',
      '\u3000',
    ];
    const long = ['a'.repeat(MAX_KEY_NAME_BYTES + 1), '\u00e9'.repeat(MAX_KEY_NAME_BYTES / 2 + 1)];
    for (const name of ['', 'a+b', 'a\0', 'a\u001b', '\ud800', ...long, ...spaces.map((space) => `a${space}b`)]) {
      expect(checkKeyName(name)).toEqual({ ok: false, code: 'KEY_NAME_INVALID' });
    }
  });
});

describe('enrolment', () => {
  it('accepts ordinary public keys', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      expect(checkEnrolment(createTestSigner('log', seed).key.publicKey)).toEqual({ ok: true });
    }
    expect(checkEnrolment(parseVerifierKey(EXAMPLE, sha256).publicKey)).toEqual({ ok: true });
  });

  it('refuses each of the 14 encodings of points of low order, found by adding points', () => {
    const encodings = lowOrderEncodings();
    expect(encodings).toHaveLength(14);
    expect(encodings.filter(({ isCanonical }) => isCanonical)).toHaveLength(8);
    for (const { bytes } of encodings) expect(checkEnrolment(bytes)).toEqual({ ok: false, code: 'LOW_ORDER_POINT' });
  });

  it('refuses keys under which node:crypto accepts one signature for every message', () => {
    const identity = encodePoint(1n, false);
    const signature = new Uint8Array([...identity, ...new Uint8Array(32)]);
    for (const message of ['pay Alice 1', 'pay Mallory 1000000', '']) {
      expect(verifyEd25519(identity, bytesOf(message), signature)).toBe(true);
    }
    expect(checkEnrolment(identity)).toEqual({ ok: false, code: 'LOW_ORDER_POINT' });
  });

  it('refuses keys under which node:crypto accepts one signature for many messages', () => {
    const identity = encodePoint(1n, false);
    const signature = new Uint8Array([...identity, ...new Uint8Array(32)]);
    const messages = Array.from({ length: 200 }, (_, index) => bytesOf(`message ${index}`));
    for (const { bytes, isCanonical } of lowOrderEncodings()) {
      const accepted = messages.filter((message) => verifyEd25519(bytes, message, signature)).length;
      if (isCanonical) expect(accepted).toBeGreaterThan(5);
      expect(checkEnrolment(bytes).ok).toBe(false);
    }
  });

  it('refuses every y-coordinate that is not below the prime, with either sign', () => {
    for (let y = P; y < 2n ** 255n; y += 1n) {
      const expected = y <= P + 1n ? 'LOW_ORDER_POINT' : 'NON_CANONICAL_POINT';
      for (const sign of [false, true]) {
        expect(checkEnrolment(encodePoint(y, sign))).toEqual({ ok: false, code: expected });
      }
    }
  });

  it('refuses bytes that are no point on the curve', () => {
    expect(checkEnrolment(encodePoint(2n, false))).toEqual({ ok: false, code: 'NOT_ON_CURVE' });
    const bases = Array.from({ length: 20 }, (_, seed) => createTestSigner('log', seed).key.publicKey);
    const codes = bases.flatMap((key) => [8, 9, 10, 11].map((bit) => checkEnrolment(flipBit(key, bit))));
    for (const result of codes) if (!result.ok) expect(result.code).toBe('NOT_ON_CURVE');
    expect(codes.filter(({ ok }) => ok).length).toBeGreaterThan(20);
    expect(codes.filter(({ ok }) => !ok).length).toBeGreaterThan(20);
  });

  it('refuses keys of another length', () => {
    for (const length of [0, 31, 33, 64]) {
      expect(checkEnrolment(new Uint8Array(length))).toEqual({ ok: false, code: 'KEY_LENGTH_INVALID' });
    }
  });

  it('never throws on 32 random bytes (seed 25519)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect([undefined, 'NOT_ON_CURVE']).toContain(failureOf(new Uint8Array(bytes)));
      }),
      { seed: 25519, numRuns: 200 },
    );
  });
});

// The curve again, by the textbook and on its own: affine points, the complete addition law.

const P = 2n ** 255n - 19n;
const D = modulo(-121_665n * invert(121_666n));
/** The order of the large subgroup. */
const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** L times a point leaves only its part of low order: points are tried until one leaves a part of order 8. */
function lowOrderEncodings(): { readonly bytes: Uint8Array; readonly isCanonical: boolean }[] {
  const generator = findGeneratorOfOrderEight();
  const points: Point[] = [];
  for (let times = 0n; times < 8n; times += 1n) points.push(multiply(times, generator));
  const found = new Map<string, { bytes: Uint8Array; isCanonical: boolean }>();
  for (const { x, y } of points) {
    for (const encodedY of [y, y + P].filter((value) => value < 2n ** 255n)) {
      // Where x is 0 its sign means nothing, and decoders that do not check it accept both.
      for (const sign of x === 0n ? [false, true] : [x % 2n === 1n]) {
        const bytes = encodePoint(encodedY, sign);
        found.set(toHex(bytes), { bytes, isCanonical: encodedY < P && (x !== 0n || !sign) });
      }
    }
  }
  return [...found.values()];
}

function findGeneratorOfOrderEight(): Point {
  for (let y = 2n; y < 200n; y += 1n) {
    const x = squareRoot((y * y - 1n) * invert(D * y * y + 1n));
    if (x === undefined) continue;
    const part = multiply(L, { x, y });
    const timesFour = multiply(4n, part);
    if (timesFour.x === 0n && timesFour.y === P - 1n) return part;
  }
  throw new Error('No point of order 8 was found.');
}

function add(one: Point, two: Point): Point {
  const product = D * one.x * two.x * one.y * two.y;
  return {
    x: modulo((one.x * two.y + two.x * one.y) * invert(1n + product)),
    y: modulo((one.y * two.y + one.x * two.x) * invert(1n - product)),
  };
}

function multiply(times: bigint, point: Point): Point {
  let result: Point = { x: 0n, y: 1n };
  let doubled = point;
  for (let rest = times; rest > 0n; rest /= 2n) {
    if (rest % 2n === 1n) result = add(result, doubled);
    doubled = add(doubled, doubled);
  }
  return result;
}

function squareRoot(value: bigint): bigint | undefined {
  const candidate = power(value, (P + 3n) / 8n);
  const other = modulo(candidate * power(2n, (P - 1n) / 4n));
  return [candidate, other].find((root) => modulo(root * root) === modulo(value));
}

function invert(value: bigint): bigint {
  return power(value, P - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = modulo(base);
  for (let rest = exponent; rest > 0n; rest /= 2n) {
    if (rest % 2n === 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

function modulo(value: bigint): bigint {
  return ((value % P) + P) % P;
}

function encodePoint(y: bigint, sign: boolean): Uint8Array {
  const value = sign ? y + 2n ** 255n : y;
  return fromHex(value.toString(16).padStart(64, '0')).reverse();
}

function failureOf(publicKey: Uint8Array): string | undefined {
  const result = checkEnrolment(publicKey);
  return result.ok ? undefined : result.code;
}
