/**
 * An approval event applied to the rows that it concerns. Pure: journals call it under their write lock, so that every journal
 * refuses the same things with the same errors.
 */

import type { GrantRecord } from './grant.js';
import type { ApprovalEvent, JournalResult } from './journal.js';
import type { ApprovalRecord } from './request.js';
import {
  type GrantTransitionResult,
  grantRefusalError,
  issueGrant,
  requestRefusalError,
  revokeGrant,
  type TransitionResult,
  transition,
} from './transition.js';

/** The rows that an event names, as they stand under the lock. */
export interface CurrentRows {
  readonly request: ApprovalRecord | undefined;
  readonly grant: GrantRecord | undefined;
}

/** What only the journal knows. */
export interface EventStamp {
  /** The log's origin. */
  readonly log: string;
  /** The time of the entry. */
  readonly nowUs: number;
}

/**
 * The rows after the event.
 * @throws AlreadyDecidedError `ALREADY_DECIDED` when the request left `pending` before, or its time is over.
 * @throws ApprovalNotFoundError `REQUEST_NOT_FOUND` or `GRANT_NOT_FOUND` for an unknown id.
 * @throws ApprovalError `NOT_YET_EXPIRED` for a time-out that comes too early, `TRANSITION_REFUSED` for an id used twice.
 * @throws ApprovalError `ESCALATES` for the time-out of a request that goes to others instead.
 * @throws DecisionInvalidError `GRANT_REVOKED` for a grant that was revoked before; `ALREADY_APPROVED`, `APPROVER_NOT_ENTITLED`,
 * `EDIT_NOT_ALLOWED`, `SIGNATURE_INVALID`, `NOT_APPROVED_BEFORE` for decisions and withdrawals that do not count.
 */
export function applyApprovalEvent(
  current: CurrentRows,
  event: ApprovalEvent,
  { log, nowUs }: EventStamp,
): JournalResult {
  switch (event.kind) {
    case 'requested': {
      const request = { ...event.request, log, requestedAtUs: nowUs };
      return { request: requestRow(transition(current.request, { kind: 'requested', request }, nowUs), request.id) };
    }
    case 'decided': {
      const decision = { ...event.decision, decidedAtUs: nowUs };
      const request = requestRow(transition(current.request, { kind: 'decided', decision }, nowUs), decision.requestId);
      if (event.grant === undefined) return { request };
      const grant = { ...event.grant, issuedAtUs: nowUs };
      return { request, grant: grantRow(issueGrant(current.grant, grant), grant.id) };
    }
    case 'expired': {
      const { requestId, cause } = event;
      return { request: requestRow(transition(current.request, { kind: 'expired', cause }, nowUs), requestId) };
    }
    case 'withdrawn': {
      const { requestId, by } = event;
      return { request: requestRow(transition(current.request, { kind: 'withdrawn', by }, nowUs), requestId) };
    }
    case 'escalated':
      return { request: requestRow(transition(current.request, { kind: 'escalated' }, nowUs), event.requestId) };
    case 'grant-revoked':
      return { grant: grantRow(revokeGrant(current.grant), event.grantId) };
    default:
      return event satisfies never;
  }
}

function requestRow(result: TransitionResult, id: string): ApprovalRecord {
  if (result.ok) return result.record;
  throw requestRefusalError(result, id);
}

function grantRow(result: GrantTransitionResult, id: string): GrantRecord {
  if (result.ok) return result.record;
  throw grantRefusalError(result, id);
}
