/** Tables, words and escapes: what the command prints, piece by piece. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonDocument, jsonLine } from '../src/cli/format/json.js';
import { cutTo, displayWidth, formatTable } from '../src/cli/format/table.js';
import { visible } from '../src/cli/format/visible.js';
import { ageText, countText, durationText, sizeText } from '../src/cli/format/words.js';

const SEED = 20261121;

describe('formatTable', () => {
  const columns = [{ title: 'N', align: 'right' }, { title: 'Name', minWidth: 5 }, { title: 'State' }] as const;
  const row = (...texts: string[]) => texts.map((text) => ({ text }));

  test('stands in columns with two blanks between', () => {
    expect(formatTable(columns, [row('1', 'short', 'ok'), row('12', 'rather longer', 'bad')], 80)).toBe(
      [' N  Name           State', ' 1  short          ok', '12  rather longer  bad', ''].join('\n'),
    );
  });

  test('takes room from the widest column that may give way', () => {
    expect(formatTable(columns, [row('12', 'rather longer', 'bad')], 20)).toBe(
      [' N  Name       State', '12  rather l…  bad', ''].join('\n'),
    );
  });

  test(`never prints a line that is wider than asked for, whatever stands in the cells (seed ${SEED})`, () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', '漢', 'é', 'e\u0301', '😀', 'ﬀ'), maxLength: 60 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.integer({ min: 24, max: 90 }), (names, width) => {
        const table = formatTable(
          columns,
          names.map((name) => row('1', name, 'ok')),
          width,
        );
        for (const line of table.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

test('cutTo counts wide characters twice and keeps room for the ellipsis', () => {
  expect(cutTo('漢字漢字', 8)).toBe('漢字漢字');
  expect(cutTo('漢字漢字', 6)).toBe('漢字…');
  expect(cutTo('abcdef', 3)).toBe('ab…');
});

test('durations, ages, sizes and counts are words', () => {
  expect([undefined, 0.4216, 12.3456, 1500, 59_990, 123_000].map(durationText)).toEqual([
    '',
    '0.422 ms',
    '12.3 ms',
    '1.5 s',
    '60 s',
    '2 min 3 s',
  ]);
  expect([-5, 90_000, 600_000, 18_000_000, 864_000_000].map(ageText)).toEqual([
    '0 s',
    '90 s',
    '10 min',
    '5 h',
    '10 days',
  ]);
  expect([0, 1023, 1536, 5 * 1024 ** 3].map(sizeText)).toEqual(['0 B', '1020 B', '1.5 KiB', '5 GiB']);
  expect([countText(1, 'call'), countText(1234, 'call'), countText(2, 'entry', 'entries')]).toEqual([
    '1 call',
    '1,234 calls',
    '2 entries',
  ]);
});

test(`JSON keeps every value and holds nothing that a terminal acts on (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      for (const text of [jsonDocument(value), jsonLine(value)]) {
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(JSON.parse(JSON.stringify(value))));
        expect(text.replaceAll('\n', '')).toBe(visible(text.replaceAll('\n', '')));
      }
      expect(jsonLine(value).indexOf('\n')).toBe(jsonLine(value).length - 1);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
