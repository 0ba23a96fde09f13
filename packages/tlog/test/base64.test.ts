import { decodeBase64, encodeBase64 } from '@countersign/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, codeOf, expectCode } from './helpers.js';

describe('base64', () => {
  it('gives the values of RFC 4648 section 10', () => {
    const values = {
      '': '',
      f: 'Zg==',
      fo: 'Zm8=',
      foo: 'Zm9v',
      foob: 'Zm9vYg==',
      fooba: 'Zm9vYmE=',
      foobar: 'Zm9vYmFy',
    };
    for (const [plain, encoded] of Object.entries(values)) {
      expect(encodeBase64(bytesOf(plain))).toBe(encoded);
      expect(decodeBase64(encoded)).toEqual(bytesOf(plain));
    }
  });

  it('agrees with the encoder of Node and comes back, for any bytes (seed 4648)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(new Uint8Array(bytes));
      }),
      { seed: 4648, numRuns: 300 },
    );
  });

  it('refuses other alphabets, white space, broken padding and unused bits', () => {
    const texts = [
      'Zg',
      'Zg=',
      'Zg===',
      'Z===',
      '====',
      '=',
      'Zg==\n',
      ' Zg==',
      'Zm 9',
      'Zm-_',
      'Zm9v====',
      'Zg==Zg==',
    ];
    for (const text of [...texts, 'Zh==', 'Zm9=', 'Z\u00e9==', '\u{1F600}==', 'Zm9v\0\0\0\0', 'Z=g=']) {
      expectCode(() => decodeBase64(text), 'BASE64_INVALID');
    }
  });

  it('accepts no second text for the same bytes (seed 64)', () => {
    const letters = fc.constantFrom(...'ABab01+/=-_ \n');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 12 }), (units) => {
        const text = units.join('');
        if (codeOf(() => decodeBase64(text)) === undefined) expect(encodeBase64(decodeBase64(text))).toBe(text);
      }),
      { seed: 64, numRuns: 2000 },
    );
  });
});
