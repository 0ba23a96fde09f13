/**
 * The patterns of the rules against catastrophic backtracking: each is analysed by a checker for regular expressions, and the
 * whole redactor takes no more than linear time on texts made to be slow.
 */

import { check } from 'recheck';
import { describe, expect, test } from 'vitest';
import { formRules } from '../../packages/audit/src/redact/form-rules.js';
import { placeRules } from '../../packages/audit/src/redact/place-rules.js';

const rules = [...formRules(), ...placeRules()];

/** The checker must be able to find what it is here for. */
test.each(['^(a+)+$', '^(?:a|a)*$', String.raw`\d*\d*x`])('the checker finds fault with %s', async (pattern) => {
  const { status } = await check(pattern, '', { timeout: 20_000 });
  expect(status).toBe('vulnerable');
});

describe('No pattern of a rule', () => {
  test('repeats what repeats, or repeats without a bound', () => {
    for (const { id, pattern } of rules) {
      // Within a class, `*` and `+` are signs like others.
      const bare = pattern.source.replace(/\\./g, '').replace(/\[(?:[^\]])*\]/g, 'c');
      expect([id, /[*+]|\{\d+,\}/.test(bare.replace(/\(\?[<!=:]+/g, '('))]).toEqual([id, false]);
    }
  });
});
