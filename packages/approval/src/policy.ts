/**
 * The approval part of the policy: which calls run, which wait for a person, which are refused. Pure.
 */

import { ConfigError, EFFECTS, type Effect, MAX_GLOB_LENGTH, RISK_LEVELS, type RiskLevel } from '@countersign/core';
import { z } from 'zod';
import { type ApprovalTerms, termsSchema } from './terms.js';
import { VERDICTS, type Verdict } from './verdict.js';
import { describeIssues } from './zod-issues.js';

/** Which calls a rule is about: all conditions that are there must hold; a list holds when any of its members does. */
export interface PolicyMatch {
  /** Globs over the tool's name (`*` any text, `?` one character). */
  readonly tool?: string | readonly string[];
  /** Globs over the tool's server; a tool without a server does not match. */
  readonly server?: string | readonly string[];
  readonly risk?: RiskLevel | readonly RiskLevel[];
  /** Any of the call's effects; for a rule that allows, all of them. */
  readonly effect?: Effect | readonly Effect[];
  /** Globs over the id of the calling actor; a call without an actor does not match. */
  readonly actor?: string | readonly string[];
  /** Globs over the session; a call without a session does not match. */
  readonly session?: string | readonly string[];
  /** Id of a risk rule that must have matched the call: what arguments say is asked there. */
  readonly mark?: string;
}

/** Terms of approvals by the risk level of the call. */
export type TermsByLevel = Partial<Readonly<Record<RiskLevel, ApprovalTerms>>>;

/** Where rules come from, from the least to the most specific. A project may only restrict. */
export const POLICY_TIERS = ['organisation', 'user', 'project'] as const;

/** One of the tiers. */
export type PolicyTier = (typeof POLICY_TIERS)[number];

/** What one tier says beside its rules. */
export interface TierSettings {
  /** Verdicts where no rule of the tier matches; a level without one is left to the other tiers. */
  readonly defaults?: Partial<Readonly<Record<RiskLevel, Verdict>>>;
  readonly timeoutMs?: number;
  /** The terms of approvals by risk level, which rules may add to. */
  readonly approval?: TermsByLevel;
  /** The defaults and terms change nothing; what they would say is on record with each call. */
  readonly shadow?: true;
}

/** One rule. Of all rules of a tier that match a call, the most restrictive decides, and of equals the first. */
export interface PolicyRule {
  /** Stands in the log: 1 to 128 of `A-Z a-z 0-9 . _ -`. */
  readonly id: string;
  readonly match: PolicyMatch;
  readonly verdict: Verdict;
  /** One plain sentence; needed where the rule allows calls that may be critical. */
  readonly reason?: string;
  /** How long a request under this rule may wait, in milliseconds: 1 second to 7 days. */
  readonly timeoutMs?: number;
  /** The terms of approvals under this rule, which asks for them. */
  readonly approval?: ApprovalTerms;
  /** Absent where the policy has no tiers. */
  readonly tier?: PolicyTier;
  /** The rule changes nothing; what it would say is on record with each call. */
  readonly shadow?: true;
}

/** A checked policy with its defaults filled in. */
export interface Policy {
  readonly version: 1;
  /** The verdict by risk level where no rule matches, and no tier has a default of its own. */
  readonly defaults: Readonly<Record<RiskLevel, Verdict>>;
  readonly tiers?: Partial<Readonly<Record<PolicyTier, TierSettings>>>;
  readonly rules: readonly PolicyRule[];
  /** How long a request may wait, in milliseconds: 1 second to 7 days; 10 minutes by default. */
  readonly timeoutMs: number;
  /** The terms of approvals by risk level, which rules may add to. */
  readonly approval?: TermsByLevel;
  /** What becomes of a call whose arguments cannot be bound to an approval. */
  readonly unbindable: 'refuse' | 'run';
}

/** A policy as it is written: what is left out takes its default. */
export interface PolicyInput {
  readonly version: 1;
  /** Without an entry: safe and moderate run, destructive and critical wait. `critical` cannot be allowed here, only by a rule with a reason. */
  readonly defaults?: Partial<Readonly<Record<RiskLevel, Verdict>>>;
  readonly tiers?: Partial<Readonly<Record<PolicyTier, TierSettings>>>;
  readonly rules?: readonly PolicyRule[];
  readonly timeoutMs?: number;
  readonly approval?: TermsByLevel;
  readonly unbindable?: 'refuse' | 'run';
}

/** The bounds and the default of the time that a request may wait, in milliseconds. */
export const POLICY_TIMEOUT_MS = { min: 1_000, default: 600_000, max: 7 * 24 * 60 * 60 * 1_000 } as const;

/**
 * Checks a policy and fills in its defaults; without an input, the policy of defaults.
 * @throws ConfigError CONFIG_INVALID naming every place, what was expected, and the type of what was found.
 */
export function createPolicy(input?: unknown): Policy {
  const given = input ?? { version: 1 };
  const parsed = policySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError('CONFIG_INVALID', `policy: ${describeIssues(parsed.error, given)}`, {
    hint: 'Correct the policy at the place named; docs/approvals.md lists its members.',
  });
}

/** The most rules in a policy. */
const MAX_POLICY_RULES = 1_000;

/** Rule ids that would read like something else in the log's `decisionBy`. */
const RESERVED_RULE_IDS: readonly string[] = ['similar_match', 'timeout', 'aborted'];

const glob = z.string().min(1).max(MAX_GLOB_LENGTH);
const timeoutMs = z.number().int().min(POLICY_TIMEOUT_MS.min).max(POLICY_TIMEOUT_MS.max);
const risk = z.enum(RISK_LEVELS);
const effect = z.enum(EFFECTS);
const verdict = z.enum(VERDICTS);

function oneOrMore<T extends z.ZodType>(one: T) {
  return z.union([one, z.array(one).min(1).max(100).readonly()]);
}

const terms = termsSchema(timeoutMs);
const termsByLevel = z.strictObject({
  safe: terms.exactOptional(),
  moderate: terms.exactOptional(),
  destructive: terms.exactOptional(),
  critical: terms.exactOptional(),
});

const matchSchema = z.strictObject({
  tool: oneOrMore(glob).exactOptional(),
  server: oneOrMore(glob).exactOptional(),
  risk: oneOrMore(risk).exactOptional(),
  effect: oneOrMore(effect).exactOptional(),
  actor: oneOrMore(glob).exactOptional(),
  session: oneOrMore(glob).exactOptional(),
  mark: z.string().min(1).max(256).exactOptional(),
});

const ruleSchema = z
  .strictObject({
    id: z.string().refine((id) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id) && !RESERVED_RULE_IDS.includes(id), {
      message: 'expected 1 to 128 of A-Z a-z 0-9 . _ - and no reserved name',
    }),
    match: matchSchema,
    verdict,
    reason: z.string().min(1).max(1_000).exactOptional(),
    timeoutMs: timeoutMs.exactOptional(),
    approval: terms.exactOptional(),
    tier: z.enum(POLICY_TIERS).exactOptional(),
    shadow: z.literal(true).exactOptional(),
  })
  .refine((rule) => rule.approval === undefined || rule.verdict === 'require-approval', {
    path: ['approval'],
    message: 'expected the verdict require-approval beside it',
  })
  .refine((rule) => rule.tier !== 'project' || rule.verdict !== 'allow', {
    path: ['verdict'],
    message: 'expected require-approval or deny: a project may only restrict',
  })
  .refine((rule) => rule.verdict !== 'allow' || rule.reason !== undefined || !mayBeCritical(rule.match), {
    path: ['reason'],
    message:
      'expected a reason, because this rule allows calls that may be critical (or name other levels in match.risk)',
  });

const notAllowed = {
  message: 'expected require-approval or deny; only a rule with a reason may allow critical calls',
};

const tierSchema = z.strictObject({
  defaults: z
    .strictObject({
      safe: verdict.exactOptional(),
      moderate: verdict.exactOptional(),
      destructive: verdict.exactOptional(),
      critical: verdict.refine((value) => value !== 'allow', notAllowed).exactOptional(),
    })
    .exactOptional(),
  timeoutMs: timeoutMs.exactOptional(),
  approval: termsByLevel.exactOptional(),
  shadow: z.literal(true).exactOptional(),
});

const policySchema = z.strictObject({
  version: z.literal(1),
  defaults: z
    .strictObject({
      safe: verdict.default('allow'),
      moderate: verdict.default('allow'),
      destructive: verdict.default('require-approval'),
      critical: verdict.default('require-approval').refine((value) => value !== 'allow', notAllowed),
    })
    .prefault({}),
  tiers: z
    .strictObject({
      organisation: tierSchema.exactOptional(),
      user: tierSchema.exactOptional(),
      project: tierSchema.exactOptional(),
    })
    .exactOptional(),
  rules: z
    .array(ruleSchema)
    .max(MAX_POLICY_RULES)
    .refine((rules) => new Set(rules.map((rule) => rule.id)).size === rules.length, {
      message: 'expected every id once, found one twice',
    })
    .readonly()
    .default([]),
  timeoutMs: timeoutMs.default(POLICY_TIMEOUT_MS.default),
  approval: termsByLevel.exactOptional(),
  unbindable: z.enum(['refuse', 'run']).default('refuse'),
});

function mayBeCritical(match: PolicyMatch): boolean {
  return match.risk === undefined || [match.risk].flat().includes('critical');
}
