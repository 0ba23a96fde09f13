/** Tiers: the most restrictive answer counts, a project only restricts, shadows change nothing. */

import type { Effect, RiskLevel } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createPolicy,
  evaluatePolicy,
  POLICY_TIERS,
  type PolicyInput,
  type PolicyRule,
  VERDICTS,
  type Verdict,
} from '../src/index.js';

const rule = (id: string, verdict: Verdict, more: Partial<PolicyRule> = {}): PolicyRule => ({
  id,
  match: { tool: '*' },
  verdict,
  reason: 'Because.',
  ...more,
});

function verdictOf(
  input: Omit<PolicyInput, 'version'>,
  {
    level = 'moderate',
    effects = [],
    signals = [],
  }: { level?: RiskLevel; effects?: readonly Effect[]; signals?: readonly string[] } = {},
) {
  const call = { tool: { name: 'x' }, context: {} };
  return evaluatePolicy(createPolicy({ version: 1, ...input }), call, {
    level,
    effects,
    signals: signals.map((id) => ({ id })),
  });
}

describe('tiers', () => {
  test('answer together, the most restrictive first', () => {
    const rules = [
      rule('u', 'allow', { tier: 'user' }),
      rule('organisation.o', 'require-approval', { tier: 'organisation' }),
    ];
    expect(verdictOf({ rules })).toMatchObject({ verdict: 'require-approval', rule: 'organisation.o' });
    expect(verdictOf({ rules: rules.toReversed() })).toMatchObject({
      verdict: 'require-approval',
      rule: 'organisation.o',
    });
  });

  test('relax the defaults of the program, and not those of another tier', () => {
    const allow = rule('u', 'allow', { tier: 'user' });
    expect(verdictOf({ rules: [allow] }, { level: 'destructive' })).toMatchObject({ verdict: 'allow', rule: 'u' });
    const tiers = { organisation: { defaults: { destructive: 'deny' } } } as const;
    expect(verdictOf({ rules: [allow], tiers }, { level: 'destructive' })).toMatchObject({
      verdict: 'deny',
      rule: 'default:organisation:destructive',
    });
    expect(verdictOf({ rules: [allow], tiers }, { level: 'moderate' })).toMatchObject({ verdict: 'allow', rule: 'u' });
  });

  test('leave a level without a default to the others', () => {
    const tiers = { user: { defaults: { moderate: 'require-approval' }, timeoutMs: 5_000 } } as const;
    expect(verdictOf({ tiers })).toMatchObject({
      verdict: 'require-approval',
      rule: 'default:user:moderate',
      timeoutMs: 5_000,
    });
    expect(verdictOf({ tiers }, { level: 'safe' })).toMatchObject({
      verdict: 'allow',
      rule: 'default:safe',
      timeoutMs: 600_000,
    });
  });

  test('of a project only restrict', () => {
    const tiers = { project: { defaults: { destructive: 'allow', moderate: 'deny' } } } as const;
    expect(verdictOf({ tiers }, { level: 'destructive' })).toMatchObject({
      verdict: 'require-approval',
      rule: 'default:destructive',
    });
    expect(verdictOf({ tiers })).toMatchObject({ verdict: 'deny', rule: 'default:project:moderate' });
    expect(() => createPolicy({ version: 1, rules: [rule('p', 'allow', { tier: 'project' })] })).toThrow(
      /a project may only restrict/,
    );
  });

  test('never lower the floor of the guard', () => {
    const rules = POLICY_TIERS.slice(0, 2).map((tier) => rule(`r-${tier}`, 'allow', { tier }));
    expect(verdictOf({ rules }, { level: 'critical', effects: ['guard.tamper'] })).toMatchObject({
      verdict: 'deny',
      rule: 'floor:guard',
    });
  });

  test('are never more lenient for a rule that is added, but for one that allows', () => {
    const tier = fc.constantFrom(...POLICY_TIERS);
    const some = fc
      .record({ tier, verdict: fc.constantFrom(...VERDICTS) })
      .filter((each) => each.tier !== 'project' || each.verdict !== 'allow');
    const rank = (verdict: Verdict) => VERDICTS.indexOf(verdict);
    const build = (list: readonly { tier: PolicyRule['tier']; verdict: Verdict }[]) =>
      verdictOf(
        {
          rules: list.map(({ tier: of, verdict }, at) => rule(`r${at}`, verdict, of === undefined ? {} : { tier: of })),
        },
        { level: 'destructive' },
      ).verdict;
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), some, (before, added) => {
        const [was, is] = [rank(build(before)), rank(build([...before, added]))];
        expect(is).toBeGreaterThanOrEqual(Math.min(was, rank(added.verdict)));
        if (added.verdict !== 'allow') expect(is).toBeGreaterThanOrEqual(rank(added.verdict));
        if (before.length > 0 && before.some(({ tier: of }) => of === added.tier))
          expect(is).toBeGreaterThanOrEqual(was);
      }),
    );
  });
});

describe('a mark', () => {
  test('must be among the signals of the call', () => {
    const rules = [rule('m', 'deny', { match: { mark: 'm' } })];
    expect(verdictOf({ rules }, { signals: ['rule.m'] }).verdict).toBe('deny');
    expect(verdictOf({ rules }, { signals: ['rule.other', 'shadow.m', 'm'] }).verdict).toBe('allow');
    expect(verdictOf({ rules }).verdict).toBe('allow');
  });
});

describe('a rule that allows', () => {
  test('must name every effect of the call', () => {
    const rules = [rule('a', 'allow', { match: { effect: ['fs.write', 'exec'] } })];
    expect(verdictOf({ rules }, { level: 'destructive', effects: ['fs.write'] }).rule).toBe('a');
    expect(verdictOf({ rules }, { level: 'destructive', effects: ['fs.write', 'data.delete'] }).rule).toBe(
      'default:destructive',
    );
    expect(verdictOf({ rules }, { level: 'destructive', effects: [] }).rule).toBe('default:destructive');
  });
});

describe('shadow', () => {
  test('rules and defaults change nothing, and say what they would answer', () => {
    const rules = [
      rule('s', 'deny', { tier: 'user', shadow: true }),
      rule('m', 'deny', { tier: 'user', shadow: true, match: { mark: 'm' } }),
    ];
    const tiers = { organisation: { shadow: true, defaults: { moderate: 'require-approval' } } } as const;
    expect(verdictOf({ rules, tiers }, { signals: ['shadow.m'] })).toMatchObject({
      verdict: 'allow',
      rule: 'default:moderate',
      shadows: [
        { rule: 's', verdict: 'deny' },
        { rule: 'm', verdict: 'deny' },
        { rule: 'default.organisation.moderate', verdict: 'require-approval' },
      ],
    });
    expect(verdictOf({ rules: [], tiers: {} })).not.toHaveProperty('shadows');
  });
});
