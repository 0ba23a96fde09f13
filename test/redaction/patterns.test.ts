/**
 * The form of the rules' patterns, so that none can backtrack without a bound: every repetition has one, and nothing long is
 * repeated within something long. `npm run check:patterns` has a checker for regular expressions analyse each.
 */

import { expect, test } from 'vitest';
import { formRules } from '../../packages/audit/src/redact/form-rules.js';
import { placeRules } from '../../packages/audit/src/redact/place-rules.js';
import { createRedactor } from '../../packages/audit/src/redact/redactor.js';

const rules = [...formRules(), ...placeRules()];

/** The pattern with its classes as one letter, its escapes as another, and its look-arounds as plain groups. */
function bare(pattern: RegExp): string {
  return pattern.source
    .replace(/\\./g, 'e')
    .replace(/\[[^\]]*\]/g, 'c')
    .replace(/\(\?(?:[:=!]|<[=!])/g, '(');
}

test.each(rules)('the pattern $id $starts repeats nothing without a bound', ({ pattern }) => {
  expect(bare(pattern)).not.toMatch(/[*+]|\{\d+,\}/);
});

test.each(rules)('the pattern $id $starts repeats no group of repetitions often', ({ pattern }) => {
  let text = bare(pattern);
  // From the inside out: a group becomes R where it holds a repetition of more than 8, and e where it does not.
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\(([^()]*)\)/g, (_whole, inner: string) => (isLong(inner) ? 'R' : 'e'));
    expect([...text.matchAll(/R\{\d+,(\d+)\}/g)].filter(([, most]) => Number(most) > 4)).toEqual([]);
  }
});

function isLong(inner: string): boolean {
  return inner.includes('R') || [...inner.matchAll(/\{(?:\d+,)?(\d+)\}/g)].some(([, most]) => Number(most) > 8);
}

test('a rule of the user that would never end hides the field, and no other', () => {
  const rule = { id: 'own', hints: ['hang'], pattern: /^(?:a|a)*$/ };
  const redactor = createRedactor({ key: new Uint8Array(32), rules: [rule] });
  const value = { slow: `${'a'.repeat(64)} hang`, quick: 'a hang', plain: 'b' };
  const { value: shown } = redactor.redact({ ...value, slow: `${'a'.repeat(64)}hang` });
  expect(shown).toEqual({ slow: '[redacted:redactor-failed:00000000]', quick: 'a hang', plain: 'b' });
});

test('many fields in which a rule takes too long are hidden without waiting for each', () => {
  const rule = { id: 'own', pattern: /^(?:a|a)*$/ };
  const redactor = createRedactor({ key: new Uint8Array(32), rules: [rule] });
  const many = Array.from({ length: 500 }, () => `${'a'.repeat(64)}!`);
  expect(new Set(Object.values(redactor.redact({ many }).value ?? {}).flat())).toEqual(
    new Set(['[redacted:redactor-failed:00000000]']),
  );
});
