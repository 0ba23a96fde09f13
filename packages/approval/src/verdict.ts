/**
 * The policy's answer to one classified call. Pure types.
 */

import type { ApprovalTerms } from './terms.js';

/** What the policy says of a call, from most lenient to most restrictive. */
export const VERDICTS = ['allow', 'require-approval', 'deny'] as const;

/** The machine's answer: run it, ask a person, or refuse it. */
export type Verdict = (typeof VERDICTS)[number];

/** A verdict with the rule that gave it. */
export interface PolicyVerdict {
  readonly verdict: Verdict;
  /** The id of the rule that decided: of a rule of the policy, `default:<level>`, or a hard floor such as `floor:guard`. */
  readonly rule: string;
  /** One plain sentence. */
  readonly reason: string;
  /** How long a request under this verdict may wait, in milliseconds. */
  readonly timeoutMs: number;
  /** The terms of the approval that is asked for; absent where one approval of anybody who may decide is enough. */
  readonly terms?: ApprovalTerms;
  /** What rules and defaults in shadow would say; absent where none matches. */
  readonly shadows?: readonly ShadowVerdict[];
}

/** What a rule in shadow would say of a call. */
export interface ShadowVerdict {
  /** The id of the rule, or `default.<tier>.<level>`. */
  readonly rule: string;
  readonly verdict: Verdict;
}
