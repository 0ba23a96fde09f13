import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../src/glob.js';

const SEED = 4_711;

describe('matchesGlob', () => {
  it.each([
    ['delete_file', 'delete_file', true],
    ['delete_file', 'delete_files', false],
    ['delete_*', 'delete_', true],
    ['*_file', 'read_file', true],
    ['*_file', 'read_files', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '\u{1f600}', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*b*c', 'a-b-b-c-c', true],
    ['a.c', 'abc', false],
    ['A', 'a', false],
    ['fs/*', 'fs/deep/er', true],
  ])('answers %s against %s with %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  it(`agrees with a regular expression (seed ${SEED})`, () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesGlob(glob, name)).toBe(new RegExp(`^${source}$`).test(name));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});
