/**
 * The bounds of a second opinion, as policies state them: of several, the narrowest. Pure.
 */

import type { PolicyTier } from '@countersign/approval';

/** What a judge may do. */
export interface JudgeBounds {
  /** Moderate calls of a lower confidence are put before the judge. */
  readonly below: number;
  /** Whether a moderate call may become safe. */
  readonly mayLower: boolean;
  readonly timeoutMs: number;
}

/** What holds where no policy says otherwise. */
export const DEFAULT_JUDGE_BOUNDS: JudgeBounds = { below: 0.6, mayLower: false, timeoutMs: 5_000 };

/** Asking more often restricts, lowering relaxes: the highest threshold counts, and every tier that speaks of lowering must allow it. */
export function joinJudgeBounds(
  stated: readonly {
    readonly tier: PolicyTier;
    readonly below?: number | undefined;
    readonly mayLower?: boolean | undefined;
    readonly timeoutMs?: number | undefined;
  }[],
): JudgeBounds {
  const known = <T>(values: readonly (T | undefined)[]) => values.filter((value) => value !== undefined);
  const below = known(stated.map((each) => each.below));
  const lowering = known(stated.map((each) => each.mayLower));
  const timeouts = known(stated.map((each) => each.timeoutMs));
  return {
    below: below.length === 0 ? DEFAULT_JUDGE_BOUNDS.below : Math.max(...below),
    mayLower: lowering.length > 0 && lowering.every((may) => may),
    timeoutMs: timeouts.length === 0 ? DEFAULT_JUDGE_BOUNDS.timeoutMs : Math.min(...timeouts),
  };
}
