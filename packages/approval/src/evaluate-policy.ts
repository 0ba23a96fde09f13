/**
 * The policy's verdict on one classified call, and the digest by which the log refers to a policy. Pure.
 */

import { createHash } from 'node:crypto';
import {
  type Classification,
  canonicalBytes,
  type Effect,
  encodeBase64,
  type JsonObject,
  matchesGlob,
  type RiskLevel,
  type ToolCall,
} from '@countersign/core';
import { toJson } from './json-schema.js';
import { POLICY_TIERS, type Policy, type PolicyRule, type PolicyTier } from './policy.js';
import { type ApprovalTerms, joinTerms } from './terms.js';
import { type PolicyVerdict, type ShadowVerdict, VERDICTS, type Verdict } from './verdict.js';

/** What of a classification a policy is asked about. */
export interface PolicySubject extends Pick<Classification, 'level' | 'effects'> {
  /** The ids `rule.<id>` among them are the marks of risk rules. */
  readonly signals?: readonly { readonly id: string }[];
}

/**
 * The verdict on a call. First the hard floor: what touches Countersign's own files, keys or commands is denied, whatever the
 * policy says. Then the tiers: each answers by the most restrictive of its rules that match, or else by its default for the
 * level, or not at all; of their answers the most restrictive counts, and that of a project only where it restricts. Where none
 * answers, the policy's default of the level decides. A rule that matches may be more lenient than the default of its own tier,
 * and never than another rule that matches, or than another tier.
 */
export function evaluatePolicy(
  policy: Policy,
  call: Pick<ToolCall, 'tool' | 'context'>,
  classification: PolicySubject,
): PolicyVerdict {
  const { level, effects } = classification;
  if (effects.includes('guard.tamper')) {
    return {
      verdict: 'deny',
      rule: 'floor:guard',
      reason: 'The call touches the files, keys or commands of Countersign itself, and no policy can allow that.',
      timeoutMs: policy.timeoutMs,
    };
  }
  const matching = policy.rules.filter((candidate) => matchesPolicyRule(candidate, call, classification));
  const active = matching.filter((rule) => rule.shadow !== true);
  const decided = decide(policy, active, level);
  const terms = decided.verdict === 'require-approval' ? joinTerms(termsOf(policy, active, level)) : undefined;
  const shadows = shadowsOf(policy, matching, level);
  return {
    ...decided,
    ...(terms !== undefined && { terms }),
    ...(shadows.length > 0 && { shadows }),
  };
}

/** All terms that concern a call: of each tier its rules, and then what it says of the level. A project stands last: it adds, and changes nothing. */
function termsOf(policy: Policy, active: readonly PolicyRule[], level: RiskLevel): readonly ApprovalTerms[] {
  return [...POLICY_TIERS.slice(0, 2), undefined, ...POLICY_TIERS.slice(2)].flatMap((tier) => {
    const settings = tier === undefined ? policy : policy.tiers?.[tier];
    const isShadow = tier !== undefined && policy.tiers?.[tier]?.shadow === true;
    const ofLevel = isShadow ? undefined : settings?.approval?.[level];
    const rules = active.filter((rule) => rule.tier === tier).flatMap(({ approval }) => approval ?? []);
    return ofLevel === undefined ? rules : [...rules, ofLevel];
  });
}

/**
 * `SHA-256("countersign/policy/v1" || 00 || JCS({extra?, policy, ruleSet}))` in standard base64: what a request is bound to.
 * @param ruleSetVersion The version of the classifier's rules.
 * @param extra What else decides verdicts, such as risk rules; strict JSON.
 * @throws CanonicalJsonError when `extra` is not strict JSON.
 */
export function policyDigest(policy: Policy, ruleSetVersion: string, extra?: JsonObject): string {
  const statement = { policy: toJson(policy), ruleSet: ruleSetVersion, ...(extra !== undefined && { extra }) };
  return encodeBase64(createHash('sha256').update(POLICY_TAG).update(canonicalBytes(statement)).digest());
}

const POLICY_TAG = Buffer.from('countersign/policy/v1\0');

function decide(policy: Policy, matching: readonly PolicyRule[], level: RiskLevel): PolicyVerdict {
  const answer = (tier: PolicyTier | undefined) => answerOf(policy, { tier, matching, level });
  const ground =
    strictest([answer(undefined), answer('organisation'), answer('user')]) ?? defaultAnswer(policy, level, undefined);
  return strictest([ground, answer('project')]) ?? ground;
}

/** What one tier answers: the most restrictive of its rules, or else its default; undefined where it has neither. */
function answerOf(
  policy: Policy,
  {
    tier,
    matching,
    level,
  }: { readonly tier: PolicyTier | undefined; readonly matching: readonly PolicyRule[]; readonly level: RiskLevel },
): PolicyVerdict | undefined {
  const settings = tier === undefined ? undefined : policy.tiers?.[tier];
  const rule = strictest(matching.filter((candidate) => candidate.tier === tier));
  if (rule !== undefined) {
    return {
      verdict: rule.verdict,
      rule: rule.id,
      reason: rule.reason ?? `Rule ${rule.id} of the policy ${saysOf(rule.verdict)} this call.`,
      timeoutMs: rule.timeoutMs ?? settings?.timeoutMs ?? policy.timeoutMs,
    };
  }
  return settings?.shadow === true || settings?.defaults?.[level] === undefined
    ? undefined
    : defaultAnswer(policy, level, tier);
}

function defaultAnswer(policy: Policy, level: RiskLevel, tier: PolicyTier | undefined): PolicyVerdict {
  const settings = tier === undefined ? undefined : policy.tiers?.[tier];
  const verdict = settings?.defaults?.[level] ?? policy.defaults[level];
  return {
    verdict,
    rule: tier === undefined ? `default:${level}` : `default:${tier}:${level}`,
    reason: `The policy ${saysOf(verdict)} ${level} calls unless a rule says otherwise.`,
    timeoutMs: settings?.timeoutMs ?? policy.timeoutMs,
  };
}

function shadowsOf(policy: Policy, matching: readonly PolicyRule[], level: RiskLevel): readonly ShadowVerdict[] {
  const rules = matching.filter((rule) => rule.shadow === true);
  const defaults = POLICY_TIERS.flatMap((tier) => {
    const settings = policy.tiers?.[tier];
    const verdict = settings?.shadow === true ? settings.defaults?.[level] : undefined;
    // As without shadow, a rule of the tier comes before its default.
    if (verdict === undefined || matching.some((rule) => rule.tier === tier)) return [];
    return [{ rule: `default.${tier}.${level}`, verdict }];
  });
  return [...rules.map(({ id, verdict }) => ({ rule: id, verdict })), ...defaults];
}

/** The first of the most restrictive. */
function strictest<T extends { readonly verdict: Verdict }>(answers: readonly (T | undefined)[]): T | undefined {
  return answers.reduce<T | undefined>((worst, answer) => {
    if (answer === undefined) return worst;
    return worst !== undefined && rank(answer.verdict) <= rank(worst.verdict) ? worst : answer;
  }, undefined);
}

function rank(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** Whether all conditions of a rule hold. */
export function matchesPolicyRule(
  { match, verdict, shadow }: PolicyRule,
  { tool, context }: Pick<ToolCall, 'tool' | 'context'>,
  { level, effects, signals = [] }: PolicySubject,
): boolean {
  return (
    globMatches(match.tool, tool.name) &&
    globMatches(match.server, tool.server) &&
    globMatches(match.actor, context.actor?.id) &&
    globMatches(match.session, context.session) &&
    isAmong(match.risk, [level]) &&
    effectsMatch(match.effect, effects, verdict) &&
    (match.mark === undefined ||
      signals.some(({ id }) => id === `${shadow === true ? 'shadow' : 'rule'}.${match.mark}`))
  );
}

/** A rule that allows must name all that the call does; one that restricts, any of it. */
function effectsMatch(
  wanted: Effect | readonly Effect[] | undefined,
  found: readonly Effect[],
  verdict: Verdict,
): boolean {
  if (wanted === undefined || verdict !== 'allow') return isAmong(wanted, found);
  const list = [wanted].flat();
  return found.length > 0 && found.every((effect) => list.includes(effect));
}

function globMatches(globs: string | readonly string[] | undefined, text: string | undefined): boolean {
  if (globs === undefined) return true;
  return text !== undefined && [globs].flat().some((glob) => matchesGlob(glob, text));
}

function isAmong<T extends RiskLevel | Effect>(wanted: T | readonly T[] | undefined, found: readonly T[]): boolean {
  if (wanted === undefined) return true;
  const list = [wanted].flat();
  return found.some((one) => list.some((other) => other === one));
}

function saysOf(verdict: Verdict): string {
  switch (verdict) {
    case 'allow':
      return 'allows';
    case 'require-approval':
      return 'asks for approval of';
    case 'deny':
      return 'denies';
    default:
      return verdict satisfies never;
  }
}
