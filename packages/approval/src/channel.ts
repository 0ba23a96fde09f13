/**
 * A way to reach an approver. Pure types.
 */

import type { Decision, DecisionInput } from './decision.js';
import type { ApprovalRequest } from './request.js';

/** Hands in an answer to the request that was shown; it throws what `Approvals.decide` throws. */
export type Decide = (input: DecisionInput) => Promise<Decision>;

/** Shows requests to approvers. Every channel shows every request, and the first answer counts. */
export interface Channel {
  /** Stands in the record of every decision that comes through it, such as `terminal`; at most 256 bytes. */
  readonly name: string;
  /**
   * Shows one request. It may stay pending until the request is answered, or end before (a notice was sent).
   * A rejection means that nobody was reached: it never affects the call, and is reported as `channel-failed`.
   * @param signal Aborts when the request is settled, here or elsewhere, or when approvals are closed.
   */
  show(request: ApprovalRequest, decide: Decide, signal: AbortSignal): Promise<void>;
  /** Gives back what the channel holds. */
  close?(): void | Promise<void>;
}
