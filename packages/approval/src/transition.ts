/**
 * The state machine of requests and grants. Pure: a row, an event and a time give the next row or a refusal.
 * Whoever writes (audit's journal, under the store's write lock) writes what this answers and nothing else.
 *
 *     requested -> pending -> approved -> used
 *                   | ^ |        | |
 *                   | | |        | `----> expired (its time ran out, or the caller gave up, before the run)
 *                   | | `--------'        (an approver withdrew: it waits again)
 *                   | `------- approved by some of those that must, withdrawn by some, or escalated
 *                   |---> rejected
 *                   `---> expired
 */

import type { Actor } from '@countersign/core';
import type { Decision } from './decision.js';
import {
  type AlreadyDecidedError,
  ApprovalError,
  type ApprovalNotFoundError,
  alreadyDecided,
  type DecisionInvalidCode,
  DecisionInvalidError,
  decidedTooLate,
  grantNotFound,
  requestNotFound,
} from './errors.js';
import type { Grant, GrantRecord } from './grant.js';
import { explainGrantMismatch, type GrantCandidate, type GrantMismatch } from './match-grant.js';
import {
  approvalsOf,
  explainNotAsked,
  hasApproved,
  isSpent,
  quorumOf,
  rowAfterDecision,
  rowAfterEscalation,
  rowAfterWithdrawal,
} from './quorum.js';
import type { ApprovalRecord, ApprovalRequest, ExpiryCause } from './request.js';

/** Something that happens to a request. */
export type TransitionEvent =
  | { readonly kind: 'requested'; readonly request: ApprovalRequest }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'expired'; readonly cause: ExpiryCause }
  /** An approver takes an approval back. */
  | { readonly kind: 'withdrawn'; readonly by: Actor }
  /** The time is up, and the request goes to others. */
  | { readonly kind: 'escalated' }
  /** The call is about to run with arguments of this base64 digest. */
  | { readonly kind: 'consumed'; readonly argsDigest: string };

/** Why an event does not apply to a request. */
export type TransitionRefusalCode =
  | 'ALREADY_DECIDED'
  | 'NOT_FOUND'
  | 'EXPIRED'
  | 'NOT_YET_EXPIRED'
  | 'NOT_APPROVED'
  | 'DIGEST_MISMATCH'
  | 'ALREADY_USED'
  | 'DUPLICATE'
  /** The approver, or the key, counts already. */
  | 'ALREADY_APPROVED'
  /** The approver is not among those whom the request asks. */
  | 'NOT_ASKED'
  /** Several must approve, and they must approve the same. */
  | 'EDIT_NOT_ALLOWED'
  /** The signature was used before its approver withdrew. */
  | 'SIGNATURE_SPENT'
  /** There is no approval of this approver to withdraw. */
  | 'NOT_APPROVED_BEFORE'
  /** The request goes to others instead of ending, or it cannot go to anybody. */
  | 'ESCALATES'
  | 'NOT_ESCALATING';

/** Why an event does not apply to a grant. */
export type GrantRefusalCode = 'NOT_FOUND' | 'DUPLICATE' | 'REVOKED' | 'NOT_SIMILAR';

/** An event that does not apply, with the row as it stays. */
export interface Refusal<Code extends string, Row> {
  readonly ok: false;
  readonly code: Code;
  readonly current?: Row;
}

/** The next row of a request, or a refusal. */
export type TransitionResult =
  | { readonly ok: true; readonly record: ApprovalRecord }
  | Refusal<TransitionRefusalCode, ApprovalRecord>;

/** The next row of a grant, or a refusal with what does not match. */
export type GrantTransitionResult =
  | { readonly ok: true; readonly record: GrantRecord }
  | (Refusal<GrantRefusalCode, GrantRecord> & { readonly mismatch?: GrantMismatch });

/**
 * The row of a request after `event`, its version one higher; or a refusal, and the row stays as it is.
 * @param record The row as it stands, undefined where there is none.
 * @param nowUs The time of the event; a request runs out at its `expiresAtUs` exactly.
 */
export function transition(
  record: ApprovalRecord | undefined,
  event: TransitionEvent,
  nowUs: number,
): TransitionResult {
  if (event.kind === 'requested') {
    if (record !== undefined) return refuse('DUPLICATE', record);
    return { ok: true, record: { request: event.request, state: 'pending', version: 1 } };
  }
  if (record === undefined) return { ok: false, code: 'NOT_FOUND' };
  switch (event.kind) {
    case 'decided':
      return decide(record, event.decision, nowUs);
    case 'expired':
      return expire(record, event.cause, nowUs);
    case 'withdrawn':
      return withdraw(record, event.by, nowUs);
    case 'escalated':
      return escalate(record, nowUs);
    case 'consumed':
      return consume(record, event.argsDigest, nowUs);
    default:
      return event satisfies never;
  }
}

/** The first row of a grant. */
export function issueGrant(existing: GrantRecord | undefined, grant: Grant): GrantTransitionResult {
  if (existing !== undefined) return { ok: false, code: 'DUPLICATE', current: existing };
  return { ok: true, record: { grant, version: 1, used: 0, revoked: false } };
}

/** The row of a grant after it answered `candidate`, or `NOT_SIMILAR` with the mismatch. */
export function useGrant(
  record: GrantRecord | undefined,
  candidate: GrantCandidate,
  nowUs: number,
): GrantTransitionResult {
  if (record === undefined) return { ok: false, code: 'NOT_FOUND' };
  const mismatch = explainGrantMismatch(record, candidate, nowUs);
  if (mismatch !== undefined) return { ok: false, code: 'NOT_SIMILAR', current: record, mismatch };
  return { ok: true, record: { ...record, version: record.version + 1, used: record.used + 1 } };
}

/** The row of a grant after it was revoked; for good. */
export function revokeGrant(record: GrantRecord | undefined): GrantTransitionResult {
  if (record === undefined) return { ok: false, code: 'NOT_FOUND' };
  if (record.revoked) return { ok: false, code: 'REVOKED', current: record };
  return { ok: true, record: { ...record, version: record.version + 1, revoked: true } };
}

/** The error by which a journal tells its caller that an event does not apply to the request of this id. */
export function requestRefusalError(
  refusal: Refusal<TransitionRefusalCode, ApprovalRecord>,
  requestId: string,
): AlreadyDecidedError | ApprovalNotFoundError | DecisionInvalidError | ApprovalError {
  const { code, current } = refusal;
  if (current === undefined) return requestNotFound(requestId);
  const invalid = INVALID[code];
  if (invalid !== undefined) {
    const [as, why, hint] = invalid;
    return new DecisionInvalidError(as, `request ${current.request.id}: ${why}`, { hint });
  }
  if (code === 'ESCALATES') {
    return new ApprovalError(code, `request ${current.request.id}: it goes to others when its time is up`);
  }
  if (code === 'ALREADY_DECIDED' || code === 'ALREADY_USED') return alreadyDecided(current);
  if (code === 'EXPIRED') return decidedTooLate(current);
  if (code === 'NOT_YET_EXPIRED') {
    return new ApprovalError(code, `request ${current.request.id}: expected its time to be over, found that it is not`);
  }
  return new ApprovalError('TRANSITION_REFUSED', `request ${current.request.id}: the event does not apply (${code})`);
}

/** Refusals that are about the decision and not about the request, which goes on waiting. */
const INVALID: Partial<
  Readonly<Record<TransitionRefusalCode, readonly [code: DecisionInvalidCode, why: string, hint: string]>>
> = {
  ALREADY_APPROVED: [
    'ALREADY_APPROVED',
    'this approver, or this key, has approved it already',
    'Somebody else has to approve it too; `countersign approve show` says how many are missing.',
  ],
  NOT_ASKED: [
    'APPROVER_NOT_ENTITLED',
    'the approver is not among those whom the policy lets decide about it',
    'Somebody else has to decide; `countersign approve show` says who may.',
  ],
  EDIT_NOT_ALLOWED: [
    'EDIT_NOT_ALLOWED',
    'several must approve it, and they must approve the same arguments',
    'Reject it, and say what should be changed.',
  ],
  SIGNATURE_SPENT: [
    'SIGNATURE_INVALID',
    'the signature was used before, and its approval was withdrawn',
    'Sign the decision again.',
  ],
  NOT_APPROVED_BEFORE: [
    'NOT_APPROVED_BEFORE',
    'there is no approval of this approver to withdraw',
    'See who has approved it with `countersign approve show`.',
  ],
};

/** The same for a grant. */
export function grantRefusalError(
  refusal: Refusal<GrantRefusalCode, GrantRecord>,
  grantId: string,
): DecisionInvalidError | ApprovalNotFoundError | ApprovalError {
  const { code, current } = refusal;
  if (current === undefined) return grantNotFound(grantId);
  if (code === 'REVOKED') {
    return new DecisionInvalidError('GRANT_REVOKED', `grant ${current.grant.id} was revoked before`, {
      hint: 'Nothing is left to do: a revoked grant answers nothing.',
    });
  }
  return new ApprovalError('TRANSITION_REFUSED', `grant ${current.grant.id}: the event does not apply (${code})`);
}

function decide(record: ApprovalRecord, decision: Decision, nowUs: number): TransitionResult {
  if (decision.requestId !== record.request.id) return { ok: false, code: 'NOT_FOUND' };
  if (record.state !== 'pending') return refuse('ALREADY_DECIDED', record);
  if (nowUs >= record.request.expiresAtUs) return refuse('EXPIRED', record);
  if (!isAsked(record, decision)) return refuse('NOT_ASKED', record);
  if (isSpent(record, decision)) return refuse('SIGNATURE_SPENT', record);
  if (decision.decision === 'approved') {
    if (hasApproved(record, decision)) return refuse('ALREADY_APPROVED', record);
    const isEdited = decision.editedDigest !== undefined;
    if (isEdited && quorumOf(record.request) > 1) return refuse('EDIT_NOT_ALLOWED', record);
  }
  return { ok: true, record: rowAfterDecision(record, decision) };
}

/** Whoever decides for another is asked where either of them is. */
function isAsked({ request }: ApprovalRecord, { approver, onBehalfOf }: Decision): boolean {
  const voices = onBehalfOf === undefined ? [approver] : [approver, onBehalfOf];
  return voices.some((voice) => explainNotAsked(request.needs, voice) === undefined);
}

/** Until the call begins, whoever approved may take it back. */
function withdraw(record: ApprovalRecord, by: Actor, nowUs: number): TransitionResult {
  if (record.state !== 'pending' && record.state !== 'approved') return refuse('ALREADY_DECIDED', record);
  if (nowUs >= record.request.expiresAtUs) return refuse('EXPIRED', record);
  if (!approvalsOf(record).some(({ approver }) => approver.id === by.id)) return refuse('NOT_APPROVED_BEFORE', record);
  return { ok: true, record: rowAfterWithdrawal(record, { by, atUs: nowUs }) };
}

function escalate(record: ApprovalRecord, nowUs: number): TransitionResult {
  const { needs, expiresAtUs } = record.request;
  if (record.state !== 'pending') return refuse('ALREADY_DECIDED', record);
  if (nowUs < expiresAtUs) return refuse('NOT_YET_EXPIRED', record);
  if (needs?.escalateTo === undefined || needs.escalateUs === undefined) return refuse('NOT_ESCALATING', record);
  const to = { roles: needs.escalateTo, expiresAtUs: nowUs + needs.escalateUs, atUs: nowUs };
  return { ok: true, record: rowAfterEscalation(record, to) };
}

function expire(record: ApprovalRecord, cause: ExpiryCause, nowUs: number): TransitionResult {
  if (record.state !== 'pending' && record.state !== 'approved') return refuse('ALREADY_DECIDED', record);
  if (cause === 'timeout' && nowUs < record.request.expiresAtUs) return refuse('NOT_YET_EXPIRED', record);
  const isEscalating = record.state === 'pending' && record.request.needs?.escalateTo !== undefined;
  if (cause === 'timeout' && isEscalating) return refuse('ESCALATES', record);
  return advance(record, { state: 'expired', cause });
}

function consume(record: ApprovalRecord, argsDigest: string, nowUs: number): TransitionResult {
  if (record.state === 'used') return refuse('ALREADY_USED', record);
  if (record.state === 'expired') return refuse('EXPIRED', record);
  if (record.state !== 'approved') return refuse('NOT_APPROVED', record);
  if (nowUs >= record.request.expiresAtUs) return refuse('EXPIRED', record);
  if (argsDigest !== (record.decision?.editedDigest ?? record.request.argsDigest)) {
    return refuse('DIGEST_MISMATCH', record);
  }
  return advance(record, { state: 'used' });
}

function advance(
  record: ApprovalRecord,
  change: Pick<ApprovalRecord, 'state'> & Partial<Pick<ApprovalRecord, 'cause'>>,
): TransitionResult {
  return { ok: true, record: { ...record, ...change, version: record.version + 1 } };
}

function refuse(code: TransitionRefusalCode, current: ApprovalRecord): TransitionResult {
  return { ok: false, code, current };
}
