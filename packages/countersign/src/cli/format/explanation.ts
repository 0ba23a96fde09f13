/**
 * What policies make of a call, in words. Pure.
 */

import type { JsonValue } from '@countersign/core';
import type { Explanation, MatchingRule, TierDefault } from '../../policy/explain-call.js';
import { classificationJson, formatClassification } from './classification.js';
import { fieldLines } from './fields.js';
import type { Palette } from './palette.js';
import { visible } from './visible.js';
import { durationText } from './words.js';

/** An explanation, and the arguments of its call. */
export interface Explained {
  readonly explanation: Explanation;
  readonly args: JsonValue;
}

/** The explanation as lines that end in a line feed: verdict, rules, then the signals. */
export function formatExplanation({ explanation, args }: Explained, palette: Palette): string {
  const { verdict, tier, rules, defaults, before, classification } = explanation;
  const head = fieldLines([
    ['Verdict', `${palette.strong(verdict.verdict)}, by ${visible(verdict.rule)} (${tier})`],
    ['Why', visible(verdict.reason)],
    ...(verdict.verdict === 'require-approval' ? [['Waits', durationText(verdict.timeoutMs)] as const] : []),
    ...(before.level === classification.level
      ? []
      : [['Level', `${before.level} before the rules, ${classification.level} after`] as const]),
    ...rules.map((rule, at) => [at === 0 ? 'Rules' : '', ruleText(rule)] as const),
    ...defaults.map((each, at) => [at === 0 ? 'Defaults' : '', defaultText(each)] as const),
  ]);
  return `${head}\n${formatClassification({ classification, args }, palette)}`;
}

/** An explanation for programs. */
export function explanationJson({ explanation, args }: Explained): object {
  const { before, classification, verdict, tier, rules, defaults } = explanation;
  return {
    verdict: verdict.verdict,
    rule: verdict.rule,
    tier,
    reason: verdict.reason,
    timeoutMs: verdict.timeoutMs,
    shadows: verdict.shadows ?? [],
    levelBeforeRules: before.level,
    rules,
    defaults,
    classification: classificationJson({ classification, args }),
  };
}

/** `infrastructure (user, policy.yaml:14:5): require-approval, decides` */
function ruleText({ id, tier, place, level, verdict, override, shadow, decides }: MatchingRule): string {
  const says = [
    ...(level === undefined ? [] : [`level ${override ? 'at most' : 'at least'} ${level}`]),
    ...(verdict === undefined ? [] : [verdict]),
    ...(shadow ? ['in shadow'] : []),
    ...(decides ? ['decides'] : []),
  ];
  return `${visible(id)} (${tier}, ${visible(place)}): ${says.join(', ')}`;
}

function defaultText({ tier, verdict, decides }: TierDefault): string {
  return `${tier}: ${verdict}${decides ? ', decides' : ''}`;
}
