/**
 * Splits the rules of a policy file: what concerns risk goes to classification, what concerns verdicts to approval. A verdict that
 * depends on what arguments say rests on the mark of a risk rule, so that the log, which does not keep all arguments, shows
 * what it rested on. Pure.
 */

import type { PolicyMatch, PolicyRule, PolicyTier } from '@countersign/approval';
import type { RiskRule, RiskRuleMatch } from '@countersign/classification';
import { argumentConditions } from '@countersign/classification/policy-file';
import type { FileRule, PolicyFile } from './file-schema.js';

/** A rule in its parts. */
export interface SplitRule {
  readonly risk?: RiskRule;
  readonly verdict?: PolicyRule;
}

/** The parts of all rules of a file, in its order. */
export function splitFile(file: PolicyFile, tier: PolicyTier): readonly SplitRule[] {
  return (file.rules ?? []).map((rule) =>
    splitRule(rule, { tier, isShadow: file.shadow === true || rule.shadow === true }),
  );
}

/** The id under which a rule of a tier is known: rules of the user have their own. */
export function tierId(tier: PolicyTier, id: string): string {
  return tier === 'user' ? id : `${tier}.${id}`;
}

interface SplitContext {
  readonly tier: PolicyTier;
  readonly isShadow: boolean;
}

function splitRule(rule: FileRule, { tier, isShadow }: SplitContext): SplitRule {
  const id = tierId(tier, rule.id);
  const { level: _level, risk: _risk, ...conditions } = rule.match;
  const levels = rule.match.level ?? rule.match.risk;
  const match: RiskRuleMatch = { ...defined(conditions), ...(levels !== undefined && { level: levels }) };
  const asks = argumentConditions.some((name) => rule.match[name] !== undefined);
  const isRisk = rule.level !== undefined;
  const shadow = isShadow ? ({ shadow: true } as const) : {};
  const reason = rule.reason ?? `Rule ${id} of the policy matches.`;
  const risk: RiskRule = {
    id,
    match: isRisk ? match : withoutFinal(match),
    reason,
    ...(rule.level !== undefined && { level: rule.level }),
    ...(rule.override === true && { override: true }),
    ...(rule.verdict === 'allow' && { every: true }),
    ...shadow,
  };
  if (rule.verdict === undefined) return { risk };
  const isMarked = isRisk || asks;
  const verdict: PolicyRule = {
    id,
    match: { ...policyMatch(match, { isMarked, isRisk }), ...(isMarked && { mark: id }) },
    verdict: rule.verdict,
    ...(rule.reason !== undefined && { reason: rule.reason }),
    ...(rule.timeoutMs !== undefined && { timeoutMs: rule.timeoutMs }),
    ...(rule.approval !== undefined && { approval: rule.approval }),
    tier,
    ...shadow,
  };
  return isMarked ? { risk, verdict } : { verdict };
}

/** What the final classification decides is asked by the verdict's part. */
function withoutFinal({ level: _level, effect: _effect, ...match }: RiskRuleMatch): RiskRuleMatch {
  return match;
}

function policyMatch(
  { tool, server, actor, session, level, effect }: RiskRuleMatch,
  { isMarked, isRisk }: { readonly isMarked: boolean; readonly isRisk: boolean },
): PolicyMatch {
  const final = { ...(level !== undefined && { risk: level }), ...(effect !== undefined && { effect }) };
  if (isRisk) return {};
  if (isMarked) return final;
  return {
    ...(tool !== undefined && { tool }),
    ...(server !== undefined && { server }),
    ...(actor !== undefined && { actor }),
    ...(session !== undefined && { session }),
    ...final,
  };
}

/** The members that are there. */
function defined(conditions: Omit<FileRule['match'], 'level' | 'risk'>): Omit<RiskRuleMatch, 'level'> {
  const { argument, tool, server, effect, program, sql, path, actor, session } = conditions;
  return {
    ...(tool !== undefined && { tool }),
    ...(server !== undefined && { server }),
    ...(effect !== undefined && { effect }),
    ...(program !== undefined && { program }),
    ...(sql !== undefined && { sql }),
    ...(path !== undefined && { path }),
    ...(actor !== undefined && { actor }),
    ...(session !== undefined && { session }),
    ...(conditions.if !== undefined && { if: conditions.if }),
    ...(argument !== undefined && {
      argument: {
        pointer: argument.pointer,
        ...(argument.equals !== undefined && { equals: argument.equals }),
        ...(argument.prefix !== undefined && { prefix: argument.prefix }),
      },
    }),
  };
}
