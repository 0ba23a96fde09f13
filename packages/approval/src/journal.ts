/**
 * The port through which approvals reach the log: approval defines it, audit implements it. An event becomes its
 * log entries and its row changes in one transaction, decided by `transition` under the store's write lock.
 */

import type { Actor } from '@countersign/core';
import type { Decision } from './decision.js';
import type { Grant, GrantRecord } from './grant.js';
import type { ApprovalRecord, ApprovalRequest, ExpiryCause } from './request.js';

/** A request without what only the journal knows: the log's origin and the entry's time. */
export type RequestDraft = Omit<ApprovalRequest, 'log' | 'requestedAtUs'>;

/** A decision without the time of its entry. */
export type DecisionDraft = Omit<Decision, 'decidedAtUs'>;

/** A grant without the time of its entry. */
export type GrantDraft = Omit<Grant, 'issuedAtUs'>;

/** Something that happened to a request or a grant. */
export type ApprovalEvent =
  | { readonly kind: 'requested'; readonly request: RequestDraft }
  | {
      readonly kind: 'decided';
      readonly decision: DecisionDraft;
      readonly grant?: GrantDraft;
    }
  | {
      readonly kind: 'expired';
      readonly requestId: string;
      readonly cause: ExpiryCause;
    }
  | { readonly kind: 'withdrawn'; readonly requestId: string; readonly by: Actor }
  | { readonly kind: 'escalated'; readonly requestId: string }
  | {
      readonly kind: 'grant-revoked';
      readonly grantId: string;
      readonly by: Actor;
      readonly reason?: string;
    };

/** The rows as they stand after the event: objects of their own, which the service freezes. */
export interface JournalResult {
  readonly request?: ApprovalRecord;
  readonly grant?: GrantRecord;
}

/** Writes approval events. */
export interface DecisionJournal {
  /**
   * Records one event durably.
   * @throws AlreadyDecidedError `ALREADY_DECIDED` when the request left `pending` before (who, what, when).
   * @throws ApprovalNotFoundError `REQUEST_NOT_FOUND` or `GRANT_NOT_FOUND` for an unknown id.
   */
  record(event: ApprovalEvent): Promise<JournalResult>;
}
