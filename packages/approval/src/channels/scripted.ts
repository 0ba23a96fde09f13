/**
 * An approver that is a function: for programs without a terminal, and for tests.
 */

import type { Channel } from '../channel.js';
import type { DecisionInput } from '../decision.js';
import type { ApprovalRequest } from '../request.js';

/** Answers a request, or undefined to leave it to somebody else. */
export type DecideRequest = (
  request: ApprovalRequest,
) => DecisionInput | undefined | Promise<DecisionInput | undefined>;

/** A channel that asks `decide`. What it answers goes through the same checks as every other decision. */
export function createScriptedChannel(decide: DecideRequest, name = 'scripted'): Channel {
  return {
    name,
    show: async (request, answer, signal) => {
      const input = await decide(request);
      if (input !== undefined && !signal.aborted) await answer(input);
    },
  };
}
