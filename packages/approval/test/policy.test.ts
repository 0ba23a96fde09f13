import { readFileSync } from 'node:fs';
import { createPolicy, evaluatePolicy, type PolicyRule, policyDigest } from '@countersign/approval';
import { ConfigError, type Effect, type RiskLevel } from '@countersign/core';
import { describe, expect, it } from 'vitest';

describe('policy defaults', () => {
  it.each([
    ['safe', 'allow'],
    ['moderate', 'allow'],
    ['destructive', 'require-approval'],
    ['critical', 'require-approval'],
  ] as const)('answer %s calls with %s', (level, verdict) => {
    expect(verdictOf([], { level })).toMatchObject({ verdict, rule: `default:${level}`, timeoutMs: 600_000 });
  });

  it('fill in what a policy leaves out, and keep a finished policy as it is', () => {
    const policy = createPolicy({ version: 1, defaults: { moderate: 'deny' } });
    expect(policy).toEqual({
      version: 1,
      defaults: { safe: 'allow', moderate: 'deny', destructive: 'require-approval', critical: 'require-approval' },
      rules: [],
      timeoutMs: 600_000,
      unbindable: 'refuse',
    });
    expect(createPolicy(policy)).toEqual(policy);
  });
});

describe('policy rules', () => {
  const allowTemp: PolicyRule = {
    id: 'allow-temp',
    match: { tool: 'delete_*', risk: ['safe', 'moderate', 'destructive'] },
    verdict: 'allow',
  };
  const askInterns: PolicyRule = {
    id: 'ask-interns',
    match: { actor: 'intern-?' },
    verdict: 'require-approval',
    timeoutMs: 5_000,
  };
  const denyMoney: PolicyRule = {
    id: 'deny-money',
    match: { effect: ['money', 'infra.change'] },
    verdict: 'deny',
    reason: 'No.',
  };

  it('relax a default where they match', () => {
    expect(verdictOf([allowTemp], { level: 'destructive' })).toMatchObject({ verdict: 'allow', rule: 'allow-temp' });
    expect(verdictOf([allowTemp], { level: 'critical' })).toMatchObject({ rule: 'default:critical' });
  });

  it('let the most restrictive of all that match decide, in any order', () => {
    const call = { level: 'destructive', actor: 'intern-7', effects: ['money'] } as const;
    for (const rules of [
      [allowTemp, askInterns, denyMoney],
      [denyMoney, askInterns, allowTemp],
    ]) {
      expect(verdictOf(rules, call)).toMatchObject({ verdict: 'deny', rule: 'deny-money', reason: 'No.' });
    }
    expect(verdictOf([allowTemp, askInterns], { level: 'safe', actor: 'intern-7' })).toMatchObject({
      verdict: 'require-approval',
      rule: 'ask-interns',
      timeoutMs: 5_000,
    });
  });

  it('of equally restrictive ones the first decides', () => {
    const second = { ...denyMoney, id: 'second', reason: 'Later.' };
    expect(verdictOf([denyMoney, second], { effects: ['money'] }).rule).toBe('deny-money');
  });

  it('match by every condition at once, and not where a condition has nothing to look at', () => {
    const match = {
      tool: ['x', 'delete_file'],
      server: 'fs-*',
      session: 's-1',
      risk: 'destructive',
      effect: 'fs.delete',
    } as const;
    const rule: PolicyRule = { id: 'narrow', match, verdict: 'deny' };
    const call = { level: 'destructive', effects: ['fs.delete'], server: 'fs-local', session: 's-1' } as const;
    expect(verdictOf([rule], call).rule).toBe('narrow');
    expect(verdictOf([rule], { ...call, session: 's-2' }).rule).toBe('default:destructive');
    expect(verdictOf([rule], { ...call, session: undefined }).rule).toBe('default:destructive');
    expect(verdictOf([rule], { ...call, server: undefined }).rule).toBe('default:destructive');
    expect(verdictOf([rule], { ...call, effects: ['fs.write'] }).rule).toBe('default:destructive');
    expect(verdictOf([rule], { ...call, level: 'critical' }).rule).toBe('default:critical');
    expect(verdictOf([{ ...rule, match: { actor: '*' } }], call).rule).toBe('default:destructive');
  });

  it('never lower the floor under Countersign itself', () => {
    const everything: PolicyRule = { id: 'everything', match: {}, verdict: 'allow', reason: 'A sandbox.' };
    expect(verdictOf([everything], { level: 'critical', effects: ['guard.tamper'] })).toMatchObject({
      verdict: 'deny',
      rule: 'floor:guard',
    });
    expect(verdictOf([everything], { level: 'critical' }).verdict).toBe('allow');
  });
});

describe('the documented policy', () => {
  it('is one', () => {
    const page = readFileSync(new URL('../../../docs/approvals.md', import.meta.url), 'utf8');
    const example = /```json\n([^`]+)```/.exec(page)?.[1] ?? '';
    expect(createPolicy(JSON.parse(example)).rules.map((rule) => rule.id)).toEqual(['temp-files', 'no-money']);
  });
});

describe('a bad policy', () => {
  const bad: [string, unknown, string[]][] = [
    ['a misspelt member', { version: 1, ruels: [] }, ['(root)', 'no other members', '"ruels"']],
    ['another version', { version: 2 }, ['version', 'expected one of 1', 'another number']],
    [
      'a verdict that is none',
      { version: 1, defaults: { safe: 'maybe' } },
      ['defaults.safe', '"allow"', 'another string'],
    ],
    ['no object', 'allow everything', ['(root)', 'expected object', 'found string']],
    ['a time limit out of bounds', { version: 1, timeoutMs: 10 }, ['timeoutMs', 'at least 1000']],
    [
      'a level that is none',
      ruleInput({ match: { risk: 'crit' } }),
      ['rules[0].match.risk', '"critical"', 'another string'],
    ],
    [
      'a list with a wrong member',
      ruleInput({ match: { tool: ['a', 7] } }),
      ['rules[0].match.tool[1]', 'found number'],
    ],
    ['a rule id with a colon', ruleInput({ id: 'floor:guard' }), ['rules[0].id']],
    ['a reserved rule id', ruleInput({ id: 'similar_match' }), ['rules[0].id', 'reserved']],
    ['critical allowed without a reason', ruleInput({ verdict: 'allow' }), ['rules[0].reason', 'expected a reason']],
    ['critical allowed by default', { version: 1, defaults: { critical: 'allow' } }, ['defaults.critical']],
    ['one id twice', { version: 1, rules: [rule({}), rule({})] }, ['rules', 'once']],
  ];
  it.each(bad)('is refused for %s', (_, input, parts) => {
    const message = messageOf(() => createPolicy(input));
    for (const part of parts) expect(message).toContain(part);
  });

  it('never repeats a value', () => {
    const secret = 'hunter2-hunter2';
    for (const input of [
      secret,
      { version: 1, timeoutMs: secret },
      ruleInput({ verdict: secret }),
      ruleInput({ id: `${secret} ${secret}` }),
      ruleInput({ match: { effect: secret } }),
      { version: 1, [`${secret} as a name`]: 1 },
    ]) {
      expect(messageOf(() => createPolicy(input))).not.toContain(secret);
    }
  });
});

describe('the policy digest', () => {
  it('is pinned, and differs with the policy, the rule set and what else decides', () => {
    const policy = createPolicy();
    const digest = policyDigest(policy, 'rules-1');
    // Worked out by hand: the tag, a zero byte, and the sorted JSON of policy and rule set.
    expect(digest).toBe('+bGHEgKt08khnPTvbJ/hKZscwP/qpKpvTjbaTbm/sxo=');
    expect(policyDigest(createPolicy({ version: 1 }), 'rules-1')).toBe(digest);
    const others = [
      policyDigest(createPolicy({ version: 1, timeoutMs: 5_000 }), 'rules-1'),
      policyDigest(policy, 'rules-2'),
      policyDigest(policy, 'rules-1', { risk: [] }),
    ];
    expect(new Set([digest, ...others]).size).toBe(4);
  });
});

interface CallSketch {
  readonly level?: RiskLevel;
  readonly effects?: readonly Effect[];
  readonly server?: string | undefined;
  readonly session?: string | undefined;
  readonly actor?: string;
}

function verdictOf(rules: readonly PolicyRule[], { level = 'safe', effects = [], server, session, actor }: CallSketch) {
  const call = {
    tool: { name: 'delete_file', ...(server !== undefined && { server }) },
    context: {
      ...(session !== undefined && { session }),
      ...(actor !== undefined && { actor: { kind: 'agent', id: actor } as const }),
    },
  };
  return evaluatePolicy(createPolicy({ version: 1, rules }), call, { level, effects });
}

function rule(over: object): object {
  return { id: 'one', match: {}, verdict: 'deny', ...over };
}

function ruleInput(over: object): object {
  return { version: 1, rules: [rule(over)] };
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  throw new Error('expected CONFIG_INVALID, found no error');
}
