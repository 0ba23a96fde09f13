import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdentifier, decodeBase64, encodeBase64, formatTime, parseTime } from '../src/index.js';
import { SEED } from './zoo.js';

const code = (value: string): object => expect.objectContaining({ code: value });

describe('base64', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('encodes and decodes %j of RFC 4648, section 10', (text, base64) => {
    expect(encodeBase64(Buffer.from(text))).toBe(base64);
    expect(Buffer.from(decodeBase64(base64)).toString()).toBe(text);
  });

  it.each([
    ['no padding', 'Zg'],
    ['half the padding', 'Zg='],
    ['too much padding', 'Zm9v===='],
    ['unused bits', 'Zh=='],
    ['the URL alphabet', '-_-_'],
    ['white space', 'Zm9v\n'],
    ['another character', 'Zm9!'],
    ['text after the padding', 'Zg==Zg=='],
  ])('refuses %s', (_what, text) => {
    expect(() => decodeBase64(text)).toThrow(code('BASE64_INVALID'));
  });

  it('encodes a view without the rest of its buffer', () => {
    expect(encodeBase64(Buffer.from('xfoox').subarray(1, 4))).toBe('Zm9v');
  });

  it(`brings bytes back, and accepts one text for each (seed ${SEED})`, () => {
    const property = fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      let decoded: Uint8Array | undefined;
      try {
        decoded = decodeBase64(text);
      } catch {
        return;
      }
      expect(encodeBase64(decoded)).toBe(text);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});

describe('times as text', () => {
  it('have microseconds and a fixed width', () => {
    expect(formatTime(Date.UTC(2026, 10, 21, 6, 11) * 1000 + 123_456)).toBe('2026-11-21T06:11:00.123456Z');
    expect(formatTime(0)).toBe('1970-01-01T00:00:00.000000Z');
    expect(formatTime(Number.MAX_SAFE_INTEGER)).toBe('2255-06-05T23:47:34.740991Z');
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('are not made of %d', (us) => {
    expect(() => formatTime(us)).toThrow(code('TIME_INVALID'));
  });

  it.each([
    '2026-11-21T06:11:00Z',
    '2026-11-21T06:11:00.123Z',
    '2026-11-21T06:11:00.1234567Z',
    '2026-11-21t06:11:00.123456z',
    '2026-11-21T06:11:00.123456+00:00',
    ' 2026-11-21T06:11:00.123456Z',
    '2026-02-30T06:11:00.123456Z',
    '2026-11-21T24:00:00.000000Z',
    '2026-11-21T23:59:60.000000Z',
    '1969-12-31T23:59:59.999999Z',
    '2256-01-01T00:00:00.000000Z',
  ])('are refused when they read %s', (text) => {
    expect(() => parseTime(text)).toThrow(code('TIME_INVALID'));
  });

  it('takes a text exactly where the time that it seems to be has that text', () => {
    const two = (number: number): string => String(number).padStart(2, '0');
    for (const year of ['1969', '1970', '1999', '2000', '2024', '2026', '2100', '2255', '9999']) {
      for (let month = 0; month <= 13; month += 1) {
        for (const day of [0, 1, 28, 29, 30, 31, 32]) {
          for (const clock of ['00:00:00', '23:59:59', '24:00:00', '24:00:01', '23:60:00', '23:59:60']) {
            const text = `${year}-${two(month)}-${two(day)}T${clock}.000001Z`;
            const us = Date.parse(`${text.slice(0, 19)}Z`) * 1000 + 1;
            const isTime = Number.isSafeInteger(us) && us >= 0 && formatTime(us) === text;
            if (isTime) expect(parseTime(text)).toBe(us);
            else expect(() => parseTime(text)).toThrow(code('TIME_INVALID'));
          }
        }
      }
    }
  });

  it(`come back as they were, and sort as the times do (seed ${SEED})`, () => {
    const us = fc.maxSafeNat();
    const property = fc.property(us, us, (a, b) => {
      expect(parseTime(formatTime(a))).toBe(a);
      expect(formatTime(a) < formatTime(b)).toBe(a < b);
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });
});

describe('checkIdentifier', () => {
  it.each(['a', 'é😀', 'x'.repeat(256), 'é'.repeat(128), 'a b', '-'])('takes %j', (value) => {
    expect(() => checkIdentifier('session', value)).not.toThrow();
  });

  it.each<[unknown, string]>([
    ['', 'OPTION_INVALID'],
    ['a\0b', 'OPTION_INVALID'],
    ['a\nb', 'OPTION_INVALID'],
    ['\u007f', 'OPTION_INVALID'],
    ['\u0085', 'OPTION_INVALID'],
    ['\ud800', 'OPTION_INVALID'],
    [1, 'OPTION_INVALID'],
    [undefined, 'OPTION_INVALID'],
    ['x'.repeat(257), 'LIMIT_EXCEEDED'],
    ['é'.repeat(129), 'LIMIT_EXCEEDED'],
  ])('refuses %j with %s', (value, expected) => {
    expect(() => checkIdentifier('session', value)).toThrow(code(expected));
  });

  it('names the label and not the value', () => {
    expect(() => checkIdentifier('session', 'hunter2\n')).toThrow(/^session: found a control character$/);
  });
});
