/**
 * A way to reach an approver. Pure types.
 */

import type { Decision, DecisionInput } from './decision.js';
import type { ApprovalRecord, ApprovalRequest } from './request.js';
import type { SettledRequest } from './waiting-room.js';

/** Hands in an answer to the request that was shown; it throws what `Approvals.decide` throws. */
export type Decide = (input: DecisionInput) => Promise<Decision>;

/** The requests of the store, for what takes answers by id: the approval service is one. */
export interface DecisionDesk {
  /** One request of any process, in whatever state it is; undefined for an id that no request has. */
  find(id: string): Promise<ApprovalRecord | undefined>;
  /** As `Approvals.decide`. */
  decide(id: string, input: DecisionInput): Promise<Decision>;
  /** As `Approvals.refuse`. */
  refuse(id: string, input: DecisionInput): Promise<void>;
}

/** Shows requests to approvers. Every channel shows every request, and the first answer counts. */
export interface Channel {
  /** Stands in the record of every decision that comes through it, such as `terminal`; at most 256 bytes. */
  readonly name: string;
  /** Called once, before anything is shown. For a channel that may be answered about requests which other processes showed. */
  attach?(desk: DecisionDesk): void;
  /**
   * Shows one request. It may stay pending until the request is answered, or end before (a notice was sent).
   * A rejection means that nobody was reached: it never affects the call, and is reported as `channel-failed`.
   * @param signal Aborts when the request is settled, here or elsewhere, or when approvals are closed.
   */
  show(request: ApprovalRequest, decide: Decide, signal: AbortSignal): Promise<void>;
  /**
   * Told how a request ended that waited in this process. Not told of requests that stay pending when approvals are closed.
   * A rejection is reported as `channel-failed`.
   */
  ended?(record: SettledRequest): Promise<void>;
  /** Takes answers from now on, where that needs more than `show`: for a process in which no call waits. */
  listen?(): Promise<void>;
  /** Gives back what the channel holds. */
  close?(): void | Promise<void>;
}
