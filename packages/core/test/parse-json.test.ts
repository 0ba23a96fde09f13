import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, JsonParseError, type ParseJsonLimits, parseCanonicalJson, parseJson } from '../src/index.js';
import { SEED } from './zoo.js';

const vectors = process.env.COUNTERSIGN_VECTORS;
if (vectors === undefined) console.log('COUNTERSIGN_VECTORS is not set: JSONTestSuite was not there and was not run');

const fault = (text: string | Uint8Array, limits?: ParseJsonLimits): unknown => {
  try {
    return { accepted: parseJson(text, limits) };
  } catch (error) {
    return error instanceof JsonParseError ? [error.code, error.offset] : error;
  }
};

describe('parseJson', () => {
  it('reads every kind of value', () => {
    const text = ' {"a" : [1, -0.5e+3 ,true,false,null], "b\\n\\u00e9\\ud83d\\ude00/": "\\/", "": {}}\r\n';
    expect(parseJson(text)).toEqual({ a: [1, -500, true, false, null], 'b\né😀/': '/', '': {} });
  });

  it('reads UTF-8', () => {
    expect(parseJson(Buffer.from('["é😀"]'))).toEqual(['é😀']);
  });

  it('reads __proto__ as a member and leaves the prototype alone', () => {
    const value = parseJson('{"__proto__":{"polluted":1}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
  });

  it('keeps minus zero, which canonical JSON then prints as 0', () => {
    expect(parseJson('-0')).toBe(-0);
  });

  it('takes the nearest double for a number that has more digits, and 0 for one that is too small', () => {
    expect(parseJson('[9007199254740993,1e-400]')).toEqual([9007199254740992, 0]);
  });

  it.each<[string, string | Uint8Array, string, number]>([
    ['nothing', '', 'JSON_SYNTAX', 0],
    ['two values', '1 2', 'JSON_SYNTAX', 2],
    ['a trailing comma', '[1,]', 'JSON_SYNTAX', 3],
    ['a leading zero', '01', 'JSON_SYNTAX', 1],
    ['a raw tab in a string', '"a\tb"', 'JSON_SYNTAX', 2],
    ['an open string', '"abc', 'JSON_SYNTAX', 4],
    ['an unknown escape', '"\\x"', 'JSON_SYNTAX', 1],
    ['another kind of space', '\u00a01', 'JSON_SYNTAX', 0],
    ['NaN', 'NaN', 'JSON_SYNTAX', 0],
    ['a duplicate name', '{"a":1,"a":1}', 'JSON_DUPLICATE_NAME', 7],
    ['a duplicate name behind an escape', '{"a":1,"\\u0061":1}', 'JSON_DUPLICATE_NAME', 7],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', 'JSON_DUPLICATE_NAME', 15],
    ['an escaped half of a surrogate pair', '["\\ud800"]', 'JSON_LONE_SURROGATE', 1],
    ['a raw half of a surrogate pair', '["\udc00"]', 'JSON_LONE_SURROGATE', 1],
    ['half of a surrogate pair in a name', '{"\\udc00":1}', 'JSON_LONE_SURROGATE', 1],
    ['a number that overflows', '[1e400]', 'JSON_NUMBER_OVERFLOW', 1],
    ['a byte order mark', '\ufeff1', 'JSON_BOM', 0],
    ['a byte order mark in bytes', Buffer.from('\ufeff1'), 'JSON_BOM', 0],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0x61, 0xff, 0x22]), 'JSON_INVALID_UTF8', 2],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'JSON_INVALID_UTF8', 1],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'JSON_INVALID_UTF8', 1],
  ])('refuses %s', (_what, text, code, offset) => {
    expect(fault(text)).toEqual([code, offset]);
  });

  it('says where the fault is and not what stands there', () => {
    expect(() => parseJson('{"secret":hunter2}')).toThrow(/^expected a value, found something else, at offset 10$/);
    expect(() => parseJson('{"secret":1,"secret":2}')).toThrow(
      /^found a member name for the second time, at offset 12$/,
    );
  });

  it('stops at its limits', () => {
    expect(fault('['.repeat(256) + ']'.repeat(256))).toHaveProperty('accepted');
    expect(fault('['.repeat(257))).toEqual(['JSON_TOO_DEEP', 256]);
    expect(fault('[[]]', { maxDepth: 1 })).toEqual(['JSON_TOO_DEEP', 1]);
    expect(fault('["é"]', { maxBytes: 6 })).toHaveProperty('accepted');
    expect(fault('["é"]', { maxBytes: 5 })).toEqual(['JSON_TOO_LARGE', 0]);
    for (const limits of [{ maxDepth: 1001 }, { maxDepth: Number.NaN }, { maxBytes: Number.NaN }, { maxBytes: -1 }]) {
      expect(() => parseJson('1', limits)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
  });
});

describe(`parseJson, properties (seed ${SEED})`, () => {
  it('agrees with JSON.parse on what JSON.stringify writes', () => {
    const property = fc.property(
      fc.jsonValue({ stringUnit: 'binary' }),
      fc.constantFrom('', '  ', '\t'),
      (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(text)).toStrictEqual(JSON.parse(text));
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });

  it('accepts nothing that JSON.parse refuses, and reads the rest as it does', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'u',
      'd800',
      '0',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '\n',
      '"a"',
      '\u0000',
      'é',
    );
    const property = fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      const found = fault(text);
      if (!Array.isArray(found)) expect(found).toStrictEqual({ accepted: JSON.parse(text) });
    });
    fc.assert(property, { seed: SEED, numRuns: 5000 });
  });
});

describe('parseCanonicalJson', () => {
  it('takes what canonicalJson writes', () => {
    const text = canonicalJson({ b: [1e30, 'é'], a: null });
    expect(parseCanonicalJson(text)).toEqual({ a: null, b: [1e30, 'é'] });
    expect(parseCanonicalJson(Buffer.from(text))).toEqual({ a: null, b: [1e30, 'é'] });
  });

  it.each([
    ['white space', '{"a": 1}', 5],
    ['another order', '{"b":1,"a":2}', 2],
    ['another number', '[1.0]', 2],
    ['minus zero', '[-0]', 1],
    ['an escape without need', '"\\u0061"', 1],
    ['precision that a double lacks', '9007199254740993', 15],
  ])('refuses %s', (_what, text, offset) => {
    expect(() => parseCanonicalJson(text)).toThrow(expect.objectContaining({ code: 'JSON_NOT_CANONICAL', offset }));
  });

  it('looks at the size before anything else', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    expect(() => parseCanonicalJson(bytes, { maxBytes: 2 })).toThrow(
      expect.objectContaining({ code: 'JSON_TOO_LARGE' }),
    );
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseCanonicalJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      expect.objectContaining({ code: 'JSON_INVALID_UTF8' }),
    );
  });
});

describe.skipIf(vectors === undefined)('parseJson and JSONTestSuite', () => {
  const folder = join(vectors ?? '', 'json/test_parsing');
  const names = vectors === undefined ? [] : readdirSync(folder).sort();
  const codeOf = (name: string): string => {
    const found = fault(readFileSync(join(folder, name)));
    return Array.isArray(found) ? String(found[0]) : 'accepted';
  };

  it('accepts every text that must be accepted, but for duplicate names', () => {
    const refused = names.filter((name) => name.startsWith('y_') && codeOf(name) !== 'accepted');
    expect(refused).toEqual(['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json']);
    expect(refused.map(codeOf)).toEqual(['JSON_DUPLICATE_NAME', 'JSON_DUPLICATE_NAME']);
  });

  it('refuses every text that must be refused', () => {
    expect(names.filter((name) => name.startsWith('n_')).length).toBeGreaterThan(180);
    expect(names.filter((name) => name.startsWith('n_') && codeOf(name) === 'accepted')).toEqual([]);
  });

  it('states what it does where the suite leaves the choice', () => {
    expect(
      Object.fromEntries(
        names.filter((name) => name.startsWith('i_')).map((name) => [name.slice(2, -5), codeOf(name)]),
      ),
    ).toMatchInlineSnapshot(`
      {
        "number_double_huge_neg_exp": "accepted",
        "number_huge_exp": "JSON_NUMBER_OVERFLOW",
        "number_neg_int_huge_exp": "JSON_NUMBER_OVERFLOW",
        "number_pos_double_huge_exp": "JSON_NUMBER_OVERFLOW",
        "number_real_neg_overflow": "JSON_NUMBER_OVERFLOW",
        "number_real_pos_overflow": "JSON_NUMBER_OVERFLOW",
        "number_real_underflow": "accepted",
        "number_too_big_neg_int": "accepted",
        "number_too_big_pos_int": "accepted",
        "number_very_big_negative_int": "accepted",
        "object_key_lone_2nd_surrogate": "JSON_LONE_SURROGATE",
        "string_1st_surrogate_but_2nd_missing": "JSON_LONE_SURROGATE",
        "string_1st_valid_surrogate_2nd_invalid": "JSON_LONE_SURROGATE",
        "string_UTF-16LE_with_BOM": "JSON_INVALID_UTF8",
        "string_UTF-8_invalid_sequence": "JSON_INVALID_UTF8",
        "string_UTF8_surrogate_U+D800": "JSON_INVALID_UTF8",
        "string_incomplete_surrogate_and_escape_valid": "JSON_LONE_SURROGATE",
        "string_incomplete_surrogate_pair": "JSON_LONE_SURROGATE",
        "string_incomplete_surrogates_escape_valid": "JSON_LONE_SURROGATE",
        "string_invalid_lonely_surrogate": "JSON_LONE_SURROGATE",
        "string_invalid_surrogate": "JSON_LONE_SURROGATE",
        "string_invalid_utf-8": "JSON_INVALID_UTF8",
        "string_inverted_surrogates_U+1D11E": "JSON_LONE_SURROGATE",
        "string_iso_latin_1": "JSON_INVALID_UTF8",
        "string_lone_second_surrogate": "JSON_LONE_SURROGATE",
        "string_lone_utf8_continuation_byte": "JSON_INVALID_UTF8",
        "string_not_in_unicode_range": "JSON_INVALID_UTF8",
        "string_overlong_sequence_2_bytes": "JSON_INVALID_UTF8",
        "string_overlong_sequence_6_bytes": "JSON_INVALID_UTF8",
        "string_overlong_sequence_6_bytes_null": "JSON_INVALID_UTF8",
        "string_truncated-utf-8": "JSON_INVALID_UTF8",
        "string_utf16BE_no_BOM": "JSON_INVALID_UTF8",
        "string_utf16LE_no_BOM": "JSON_INVALID_UTF8",
        "structure_500_nested_arrays": "JSON_TOO_DEEP",
        "structure_UTF-8_BOM_empty_object": "JSON_BOM",
      }
    `);
  });
});
