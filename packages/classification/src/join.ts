/**
 * Joins signals into one classification: the worst level wins, and nothing that is added lowers anything. Pure.
 */

import {
  type Classification,
  compareRisk,
  EFFECTS,
  maxRisk,
  type Reason,
  type RiskLevel,
  type Signal,
} from '@countersign/core';
import type { Analysis } from './signal.js';

/** Changes whenever a rule or a table changes an answer. */
export const RULE_SET_VERSION = '2026.11.6';

/** Reasons shown at most; the signals keep all of them. */
const MAX_REASONS = 50;

/** Joins what was found. With no signal at all the answer is moderate: nothing was proven. */
export function joinSignals(found: readonly Signal[], analyses: readonly Analysis[]): Classification {
  const signals = found.length < 2 ? found : distinct(found).toSorted(compareSignals);
  const level = signals.length === 0 ? 'moderate' : maxRisk(...signals.map((each) => each.level));
  const effects = new Set(signals.flatMap((each) => each.effects));
  return {
    level,
    score: scoreOf(level, signals),
    confidence: signals.reduce((lowest, each) => Math.min(lowest, each.confidence), signals.length === 0 ? 0.1 : 1),
    reversible: joinReversible(signals),
    effects: EFFECTS.filter((effect) => effects.has(effect)),
    reasons: reasonsOf(signals),
    signals,
    targets: [...new Set(signals.flatMap((each) => each.targets ?? []))],
    parser: {
      kind: [...new Set(analyses.map((each) => each.kind))].join('+') || 'none',
      ok: analyses.every((each) => each.ok),
      errors: [...new Set(analyses.flatMap((each) => each.errors))],
    },
    ruleSetVersion: RULE_SET_VERSION,
  };
}

/** The score of a level by itself: the bottom of its band. */
const BANDS: Readonly<Record<RiskLevel, { readonly base: number; readonly width: number }>> = {
  safe: { base: 0, width: 24 },
  moderate: { base: 25, width: 24 },
  destructive: { base: 50, width: 29 },
  critical: { base: 80, width: 20 },
};

function scoreOf(level: RiskLevel, signals: readonly Signal[]): number {
  const { base, width } = BANDS[level];
  const atLevel = new Set(signals.filter((each) => each.level === level).map((each) => each.id)).size;
  const effects = new Set(signals.flatMap((each) => each.effects)).size;
  const irreversible = signals.some((each) => each.level === level && each.reversible === false) ? 4 : 0;
  // Plain reading alone stays at the bottom of its band.
  const weight = level === 'safe' ? effects : 3 * atLevel + 2 * effects + irreversible;
  return base + Math.min(width, weight);
}

function joinReversible(signals: readonly Signal[]): boolean | 'unknown' {
  if (signals.some((each) => each.reversible === false)) {
    return false;
  }
  return signals.length > 0 && signals.every((each) => each.reversible === true) ? true : 'unknown';
}

function reasonsOf(signals: readonly Signal[]): readonly Reason[] {
  if (signals.length === 0) {
    return [{ id: 'call.unread', level: 'moderate', text: 'Nothing is known about this call.' }];
  }
  return signals.slice(0, MAX_REASONS).map(({ id, level, text, at, alternative }) => ({
    id,
    level,
    text,
    ...(at === undefined ? {} : { at }),
    ...(alternative === undefined ? {} : { alternative }),
  }));
}

function distinct(signals: readonly Signal[]): readonly Signal[] {
  const seen = new Map<string, Signal>();
  for (const each of signals) {
    const key = `${each.id}\n${each.level}\n${each.at?.pointer}\n${each.at?.start}\n${each.at?.end}\n${each.targets?.join('\n')}`;
    if (!seen.has(key)) {
      seen.set(key, each);
    }
  }
  return [...seen.values()];
}

/** Worst first; then by id and place, so that the order of the arguments changes nothing. */
function compareSignals(a: Signal, b: Signal): number {
  return (
    compareRisk(b.level, a.level) ||
    compareText(a.id, b.id) ||
    compareText(a.at?.pointer ?? '', b.at?.pointer ?? '') ||
    (a.at?.start ?? 0) - (b.at?.start ?? 0)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
