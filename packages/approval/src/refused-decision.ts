/**
 * What is put on record of decisions that were not taken. Pure types.
 */

import type { CheckedDecision } from './decision.js';
import type { DecisionInvalidCode } from './errors.js';
import type { ApprovalRequest } from './request.js';

/** A decision that was refused: its request goes on waiting, or was over. */
export interface RefusedDecision {
  readonly request: ApprovalRequest;
  readonly input: Pick<CheckedDecision, 'approver' | 'channel'> & {
    readonly decision: CheckedDecision['decision'] | 'withdrawn';
  };
  readonly code: DecisionInvalidCode | 'ALREADY_DECIDED';
}
