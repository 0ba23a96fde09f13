/**
 * Explains what policies make of one call: the level before and after the rules, which rules match, and which of all that decides.
 */

import { evaluatePolicy, POLICY_TIERS, type PolicyTier, type PolicyVerdict, type Verdict } from '@countersign/approval';
import { createClassifier } from '@countersign/classification';
import type { Classification, RiskLevel } from '@countersign/core';
import { createRuleMatcher } from './check-examples.js';
import type { ExplainedCall } from './example-call.js';
import type { PolicyInForce } from './in-force.js';
import type { LoadedFile } from './load-file.js';
import { tierId } from './split-file.js';
import type { PolicyWorld } from './world.js';

/** The tier that a verdict comes from; `builtin` is the program. */
export type AnsweringTier = PolicyTier | 'builtin';

/** A rule that matches the call, and what it says. */
export interface MatchingRule {
  readonly id: string;
  readonly tier: PolicyTier;
  /** `file:line:column`, and the path of the member. */
  readonly place: string;
  readonly level?: RiskLevel;
  readonly verdict?: Verdict;
  readonly override: boolean;
  readonly shadow: boolean;
  /** Whether the verdict is this rule's. */
  readonly decides: boolean;
}

/** The answer of a tier for the level of the call where none of its rules matches. */
export interface TierDefault {
  readonly tier: AnsweringTier;
  readonly verdict: Verdict;
  readonly decides: boolean;
}

/** What becomes of a call, and why. */
export interface Explanation {
  /** As the classifier sees the call, before any rule. */
  readonly before: Classification;
  readonly classification: Classification;
  readonly verdict: PolicyVerdict;
  readonly tier: AnsweringTier;
  readonly rules: readonly MatchingRule[];
  readonly defaults: readonly TierDefault[];
}

/** Explains a call under the policy in force. */
export function explainCall(call: ExplainedCall, inForce: PolicyInForce, world: PolicyWorld): Explanation {
  const classification = inForce.classifier.classify(call);
  const verdict = evaluatePolicy(inForce.policy, call, classification);
  return {
    before: createClassifier(world).classify(call),
    classification,
    verdict,
    tier: tierOf(verdict.rule, inForce),
    rules: inForce.files.flatMap((file) => matchingRules(call, file, { world, decider: verdict.rule })),
    defaults: defaultsOf(classification.level, verdict.rule, inForce),
  };
}

function matchingRules(
  call: ExplainedCall,
  loaded: LoadedFile,
  { world, decider }: { readonly world: PolicyWorld; readonly decider: string },
): readonly MatchingRule[] {
  const { tier, file, document } = loaded;
  const matches = createRuleMatcher(loaded, world);
  return (file.rules ?? []).flatMap((rule, at) =>
    matches(at, call)
      ? [
          {
            id: tierId(tier, rule.id),
            tier,
            place: document.place(['rules', at]),
            ...(rule.level !== undefined && { level: rule.level }),
            ...(rule.verdict !== undefined && { verdict: rule.verdict }),
            override: rule.override === true,
            shadow: file.shadow === true || rule.shadow === true,
            decides: rule.verdict !== undefined && tierId(tier, rule.id) === decider,
          },
        ]
      : [],
  );
}

/** The defaults of the level, the tiers' and that of last resort. A default counts only where no rule of its tier matches. */
function defaultsOf(level: RiskLevel, decider: string, { policy }: PolicyInForce): readonly TierDefault[] {
  const tiers = POLICY_TIERS.flatMap((tier) => {
    const settings = policy.tiers?.[tier];
    const verdict = settings?.shadow === true ? undefined : settings?.defaults?.[level];
    return verdict === undefined ? [] : [{ tier, verdict, decides: decider === `default:${tier}:${level}` }];
  });
  return [...tiers, { tier: 'builtin', verdict: policy.defaults[level], decides: decider === `default:${level}` }];
}

function tierOf(decider: string, { policy }: PolicyInForce): AnsweringTier {
  const [kind, tier] = decider.split(':');
  if (kind === 'default') return POLICY_TIERS.find((each) => each === tier) ?? 'builtin';
  return policy.rules.find(({ id }) => id === decider)?.tier ?? 'builtin';
}
