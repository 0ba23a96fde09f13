/**
 * The classification that a call is judged by: the classifier's, unless it failed, and raised where the arguments could not
 * be read whole. Pure.
 */

import type { ShadowVerdict, Verdict } from '@countersign/approval';
import type { Classifier } from '@countersign/classification';
import {
  type CallContext,
  type Classification,
  isAtLeast,
  isRiskLevel,
  type JsonValue,
  RISK_LEVELS,
  type RiskLevel,
  type ToolDefinition,
} from '@countersign/core';

/** What is classified, and by whom. */
export interface RiskQuestion {
  readonly classifier: Classifier;
  readonly tool: ToolDefinition;
  /** The exact arguments, normalised. */
  readonly args: JsonValue;
  /** False where something of them could not be normalised without loss. */
  readonly bindable: boolean;
  /** Who calls, and in which session. */
  readonly context?: Pick<CallContext, 'actor' | 'session'>;
}

/** The classification of a call. Never throws: a classifier that fails has not said "safe". */
export function assessRisk({ classifier, tool, args, bindable, context = {} }: RiskQuestion): Classification {
  const classification = classifyClosed(classifier, { tool, args, context });
  return bindable ? classification : raiseUnbound(classification);
}

/** The classification with what rules in shadow would say of the call: signals that change nothing. */
export function withShadows(classification: Classification, shadows: readonly ShadowVerdict[] = []): Classification {
  if (shadows.length === 0) return classification;
  const known = new Map(classification.signals.map(({ id, text }) => [id, text]));
  const found = shadows.slice(0, MAX_SHADOWS).map(({ rule, verdict }) => ({
    id: `shadow.${rule}`,
    level: 'safe' as const,
    // A rule in shadow that also changes a level has said so already.
    text: withAnswer(known.get(`shadow.${rule}`), verdict),
  }));
  const isOther = ({ id }: { readonly id: string }) => !found.some((each) => each.id === id);
  return {
    ...classification,
    reasons: [...classification.reasons.filter(isOther), ...found],
    signals: [
      ...classification.signals.filter(isOther),
      ...found.map((each) => ({ ...each, effects: [], reversible: true, confidence: 1 }) as const),
    ],
  };
}

function withAnswer(said: string | undefined, verdict: Verdict): string {
  return said === undefined ? `In shadow: the rule would answer ${verdict}.` : `${said} It would answer ${verdict}.`;
}

/** Rules in shadow that are put on record with one call. */
const MAX_SHADOWS = 16;

function classifyClosed(classifier: Classifier, call: Parameters<Classifier['classify']>[0]): Classification {
  try {
    const classification = classifier.classify(call);
    return isRiskLevel(classification.level) ? classification : failedClassification;
  } catch {
    return failedClassification;
  }
}

const failedReason = {
  id: 'classifier.failed',
  level: 'destructive',
  text: 'The classifier failed on this call, so nothing is known about its risk.',
} as const;

const failedClassification: Classification = {
  level: 'destructive',
  score: 50,
  confidence: 0,
  reversible: 'unknown',
  effects: [],
  reasons: [failedReason],
  signals: [{ ...failedReason, effects: [], reversible: 'unknown', confidence: 0 }],
  targets: [],
  parser: { kind: 'none', ok: false, errors: ['CLASSIFIER_FAILED'] },
  ruleSetVersion: 'unknown',
};

/** Arguments that cannot be bound to an approval were not read whole: the risk is one level higher. */
function raiseUnbound(classification: Classification): Classification {
  const level: RiskLevel = RISK_LEVELS[RISK_LEVELS.indexOf(classification.level) + 1] ?? 'critical';
  const reason = {
    id: 'arguments.not-bindable',
    level,
    text: 'Parts of the arguments cannot be recorded exactly, so an approval cannot be bound to them.',
  };
  const isWorse = !isAtLeast(classification.level, level);
  return {
    ...classification,
    level,
    score: Math.max(classification.score, SCORE_FLOOR[level]),
    confidence: Math.min(classification.confidence, 0.5),
    reasons: isWorse ? [reason, ...classification.reasons] : [...classification.reasons, reason],
    signals: [...classification.signals, { ...reason, effects: [], reversible: 'unknown', confidence: 0.5 }],
  };
}

/** Where each level's band of scores begins (core, `Classification.score`). */
const SCORE_FLOOR: Readonly<Record<RiskLevel, number>> = { safe: 0, moderate: 25, destructive: 50, critical: 80 };
