/**
 * Applies risk rules to the classification of a call. Pure.
 */

import { type Classification, compareRisk, maxRisk, type Signal } from '@countersign/core';
import { joinSignals } from './join.js';
import type { RiskRule, RiskRules } from './rule.js';
import { matchesRule, type RuleSubject } from './rule-match.js';
import { signal } from './signal.js';

/** What the rules make of a classification. */
export function applyRules(rules: RiskRules, subject: RuleSubject): Classification {
  const { classified } = subject;
  const all = rules.filter((rule) => matchesRule(rule, subject));
  if (all.length === 0) return classified;
  const shadows = all.filter((rule) => rule.shadow === true);
  const matching = all.filter((rule) => rule.shadow !== true);
  const levelled = applyLevels(matching, classified);
  const marks = matching.filter((rule) => !isOverride(rule)).map(markSignal);
  return withMarks(levelled, [...marks, ...shadows.map(shadowSignal)]);
}

/** Rules that raise, or else rules that lower, but not below what any other rule says and never a hard floor. */
function applyLevels(matching: readonly RiskRule[], classified: Classification): Classification {
  const restricting = matching.filter((rule) => !isOverride(rule)).flatMap(levelOf);
  const raising = matching.filter((rule) => rule.level !== undefined && compareRisk(rule.level, classified.level) >= 0);
  if (raising.length > 0) return rejoin(classified, [...classified.signals, ...raising.map(ruleSignal)]);
  const lowering = matching.filter(isOverride);
  if (lowering.length === 0 || isFloor(classified)) return classified;
  const level = maxRisk(...lowering.flatMap(levelOf), ...restricting);
  if (compareRisk(level, classified.level) >= 0) return classified;
  const kept = classified.signals.map((found) => (compareRisk(found.level, level) > 0 ? { ...found, level } : found));
  return rejoin(classified, [...kept, ...lowering.map((rule) => ruleSignal({ ...rule, level }))]);
}

/** Critical findings, and whatever touches the guard itself, are never lowered. */
function isFloor(classified: Classification): boolean {
  return (
    classified.level === 'critical' ||
    classified.signals.some((found) => found.level === 'critical' || found.effects.includes('guard.tamper'))
  );
}

function isOverride(rule: RiskRule): boolean {
  return rule.override === true;
}

function levelOf(rule: RiskRule): readonly NonNullable<RiskRule['level']>[] {
  return rule.level === undefined ? [] : [rule.level];
}

function rejoin(classified: Classification, signals: readonly Signal[]): Classification {
  return { ...joinSignals(signals, []), parser: classified.parser };
}

function ruleSignal(rule: RiskRule): Signal {
  return signal(`rule.${rule.id}`, rule.level ?? 'safe', rule.reason, {
    confidence: 1,
    reversible: rule.level === 'safe' ? true : 'unknown',
  });
}

/** Says that a rule matched, which changes nothing by itself: a policy may ask for it. */
function markSignal(rule: RiskRule): Signal {
  return signal(`rule.${rule.id}`, 'safe', rule.reason, { confidence: 1, reversible: true });
}

/** Says what a rule in shadow would have done. */
function shadowSignal(rule: RiskRule): Signal {
  const would = rule.level === undefined ? 'matches this call' : `would make this call ${rule.level}`;
  return signal(`shadow.${rule.id}`, 'safe', `In shadow: the rule ${would}. ${rule.reason}`, {
    confidence: 1,
    reversible: true,
  });
}

/** Adds signals that change nothing else; one that is there already with the same id stays as it is. */
function withMarks(classified: Classification, marks: readonly Signal[]): Classification {
  const known = new Set(classified.signals.map(({ id }) => id));
  const added = marks.filter(({ id }) => !known.has(id));
  if (added.length === 0) return classified;
  const reasons = added.map(({ id, level, text }) => ({ id, level, text }));
  return {
    ...classified,
    signals: [...classified.signals, ...added],
    reasons: [...classified.reasons, ...reasons],
  };
}
