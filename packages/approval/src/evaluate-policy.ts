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
  type RiskLevel,
  type ToolCall,
} from '@countersign/core';
import { matchesGlob } from './glob.js';
import { toJson } from './json-schema.js';
import type { Policy, PolicyRule } from './policy.js';
import { type PolicyVerdict, VERDICTS, type Verdict } from './verdict.js';

/**
 * The verdict on a call. First the hard floor: what touches Countersign's own files, keys or commands is denied, whatever the
 * policy says. Then the rules: the most restrictive that matches. Then the default of the risk level.
 * A rule that matches may be more lenient than the default, and never than another rule that matches.
 */
export function evaluatePolicy(
  policy: Policy,
  call: Pick<ToolCall, 'tool' | 'context'>,
  classification: Pick<Classification, 'level' | 'effects'>,
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
  const rule = strictest(policy.rules.filter((candidate) => ruleMatches(candidate, call, classification)));
  if (rule === undefined) {
    const verdict = policy.defaults[level];
    return { verdict, rule: `default:${level}`, reason: defaultReason(level, verdict), timeoutMs: policy.timeoutMs };
  }
  return {
    verdict: rule.verdict,
    rule: rule.id,
    reason: rule.reason ?? `Rule ${rule.id} of the policy ${saysOf(rule.verdict)} this call.`,
    timeoutMs: rule.timeoutMs ?? policy.timeoutMs,
  };
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

/** The first of the most restrictive rules. */
function strictest(rules: readonly PolicyRule[]): PolicyRule | undefined {
  return rules.reduce<PolicyRule | undefined>(
    (worst, rule) => (worst !== undefined && rank(rule.verdict) <= rank(worst.verdict) ? worst : rule),
    undefined,
  );
}

function rank(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

function ruleMatches(
  { match }: PolicyRule,
  { tool, context }: Pick<ToolCall, 'tool' | 'context'>,
  { level, effects }: Pick<Classification, 'level' | 'effects'>,
): boolean {
  return (
    globMatches(match.tool, tool.name) &&
    globMatches(match.server, tool.server) &&
    globMatches(match.actor, context.actor?.id) &&
    globMatches(match.session, context.session) &&
    isAmong(match.risk, [level]) &&
    isAmong(match.effect, effects)
  );
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

function defaultReason(level: RiskLevel, verdict: Verdict): string {
  return `The policy ${saysOf(verdict)} ${level} calls unless a rule says otherwise.`;
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
