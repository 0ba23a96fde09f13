/**
 * The errors that approvals throw. Refused calls (`CallRefusedError`) belong to the gate.
 */

import { type Actor, CountersignError, type ErrorDetails, formatTime } from '@countersign/core';
import type { Decision } from './decision.js';
import type { ApprovalRecord, ExpiryCause, RequestState } from './request.js';

/** The codes of `DecisionInvalidError`. */
export type DecisionInvalidCode =
  | 'DECISION_INVALID'
  | 'SELF_APPROVAL'
  | 'SIGNATURE_INVALID'
  | 'SIGNATURE_REQUIRED'
  | 'ALREADY_APPROVED'
  | 'APPROVER_NOT_ENTITLED'
  | 'EDIT_NOT_ALLOWED'
  | 'NOT_APPROVED_BEFORE'
  | 'REASON_REQUIRED'
  | 'EDIT_NOT_POSSIBLE_HERE'
  | 'EDIT_DENIED'
  | 'EDIT_RAISES_RISK'
  | 'GRANT_NOT_ALLOWED'
  | 'GRANT_REVOKED';

/** The codes of `ApprovalNotFoundError`. */
export type ApprovalNotFoundCode = 'REQUEST_NOT_FOUND' | 'GRANT_NOT_FOUND';

/** Every code of the family. */
export type ApprovalErrorCode =
  | 'ALREADY_DECIDED'
  | 'APPROVALS_CLOSED'
  | 'CONFLICTING_WRITE'
  | 'ESCALATES'
  | 'HISTORY_MISSING'
  | 'JOURNAL_ANSWER_INVALID'
  | 'NOT_YET_EXPIRED'
  | 'RECORD_INVALID'
  | 'TRANSITION_REFUSED'
  | ApprovalNotFoundCode
  | DecisionInvalidCode;

/** The base of the family. */
export class ApprovalError<Code extends ApprovalErrorCode = ApprovalErrorCode> extends CountersignError<Code> {}

/** Who or what ended a request: an approver, its time limit, or its caller. */
export type DecidedBy = Actor | ExpiryCause;

/** What is known of the decision that came first. */
export interface AlreadyDecidedDetails extends ErrorDetails {
  readonly requestId: string;
  readonly state: RequestState;
  readonly decidedBy?: DecidedBy;
  readonly decision?: Decision;
  readonly decidedAtUs?: number;
}

/** Somebody else, or the clock, came first: who, what and when. */
export class AlreadyDecidedError extends ApprovalError<'ALREADY_DECIDED'> {
  readonly requestId: string;
  readonly state: RequestState;
  /** Absent where the process that ended the request is not known. */
  readonly decidedBy: DecidedBy | undefined;
  readonly decision: Decision | undefined;
  /** Integer microseconds since 1970; for a time-out the moment at which the request ran out. */
  readonly decidedAtUs: number | undefined;

  constructor(message: string, details: AlreadyDecidedDetails) {
    super('ALREADY_DECIDED', message, details);
    this.requestId = details.requestId;
    this.state = details.state;
    this.decidedBy = details.decidedBy;
    this.decision = details.decision;
    this.decidedAtUs = details.decidedAtUs;
  }
}

/** There is no request or grant of this id. */
export class ApprovalNotFoundError extends ApprovalError<ApprovalNotFoundCode> {}

/** A decision that cannot be taken as it was handed in; the request still waits. */
export class DecisionInvalidError extends ApprovalError<DecisionInvalidCode> {}

/** The error for whoever comes second at a request that has left `pending`. */
export function alreadyDecided(record: ApprovalRecord): AlreadyDecidedError {
  const { request, state, decision, cause } = record;
  const decidedBy = cause ?? decision?.approver;
  const decidedAtUs = cause === 'timeout' ? request.expiresAtUs : decision?.decidedAtUs;
  return new AlreadyDecidedError(
    `request ${request.id} is no longer pending: it is ${state}${byWhom(decidedBy)}${when(decidedAtUs)}`,
    {
      hint: 'Nothing is left to do: the first answer counts.',
      requestId: request.id,
      state,
      ...(decidedBy !== undefined && { decidedBy }),
      ...(decision !== undefined && { decision }),
      ...(decidedAtUs !== undefined && { decidedAtUs }),
    },
  );
}

/** The error for a decision that arrives when the request's time is over, whether or not that has been recorded yet. */
export function decidedTooLate(record: ApprovalRecord): AlreadyDecidedError {
  return alreadyDecided({ ...record, state: 'expired', cause: 'timeout' });
}

/** The error for an id that no request has. */
export function requestNotFound(id: string): ApprovalNotFoundError {
  return new ApprovalNotFoundError('REQUEST_NOT_FOUND', `no request has the id ${printable(id)}`, {
    hint: 'List the open requests with `approvals.pending()`.',
  });
}

/** The error for an id that no grant has. */
export function grantNotFound(id: string): ApprovalNotFoundError {
  return new ApprovalNotFoundError('GRANT_NOT_FOUND', `no grant has the id ${printable(id)}`, {
    hint: 'List the live grants with `approvals.grants()`.',
  });
}

/** The error for a service that has no history. */
export function historyMissing(): ApprovalError {
  return new ApprovalError('HISTORY_MISSING', 'this approval service has no log to look for past calls in', {
    hint: 'Pass `history` to createApprovals, or use the `approvals` of openCountersign.',
  });
}

/** The error for a service that is closed. */
export function closedError(): ApprovalError {
  return new ApprovalError('APPROVALS_CLOSED', 'the approval service is closed', {
    hint: 'Requests that were open stay pending: any process on the same store can decide them until they expire.',
  });
}

/** Whether an end was not recorded because another process came first, or its clock is behind. */
export function isElsewhere(error: unknown): boolean {
  if (error instanceof AlreadyDecidedError) return true;
  return error instanceof ApprovalError && error.code === 'NOT_YET_EXPIRED';
}

/** The error for an answer of a journal that cannot be. */
export function journalFault(found: string): ApprovalError {
  return new ApprovalError('JOURNAL_ANSWER_INVALID', `the journal answered ${found}`);
}

function byWhom(decidedBy: DecidedBy | undefined): string {
  if (decidedBy === undefined) return '';
  return typeof decidedBy === 'string'
    ? ` (${decidedBy})`
    : ` by ${printable(decidedBy.kind)} ${printable(decidedBy.id)}`;
}

function when(timeUs: number | undefined): string {
  return timeUs === undefined ? '' : ` at ${formatTime(timeUs)}`;
}

/** Ids come from callers: what is not plain ASCII, or too long, does not reach a message. */
function printable(id: string): string {
  return /^[\x21-\x7e]{1,256}$/.test(id) ? id : '(not printable)';
}
