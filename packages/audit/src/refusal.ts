/**
 * Refusals: the error that a refused call raises, or the value that stands for it. Pure.
 */

import type { ApprovalRecord } from '@countersign/approval';
import { CountersignError, type JsonValue } from '@countersign/core';
import type { CallDecision, CallSubject, RefuseInput } from './call-record.js';
import {
  ApprovalExpiredError,
  ApprovalMismatchError,
  ApprovalRejectedError,
  CallAnsweredError,
  CallRefusedError,
  type RefusalCode,
  type RefusalDetails,
} from './errors.js';

/** What a refused call answers where refusals are results rather than errors. */
export interface RefusalResult {
  readonly refused: true;
  readonly code: RefusalCode;
  /** What the model may be told. */
  readonly message: string;
  readonly callId: string;
}

/** Why a call is refused, before it is recorded. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly outcome: RefuseInput['outcome'];
  readonly decision: CallDecision;
  /** For people and the record; never tool input. */
  readonly message: string;
  readonly messageForModel?: string;
  /** What the caller gets in the tool's place. */
  readonly answer?: JsonValue;
  readonly hint?: string;
  /** The fault behind it. */
  readonly cause?: unknown;
}

/** The error for a refusal. */
export function refusalError(
  subject: Pick<CallSubject, 'callId' | 'tool' | 'classification'>,
  refusal: Refusal,
): CallRefusedError {
  const details: RefusalDetails = {
    callId: subject.callId,
    tool: subject.tool.name,
    reasons: subject.classification.reasons.map((reason) => reason.text),
    ...(refusal.messageForModel === undefined ? {} : { messageForModel: refusal.messageForModel }),
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    ...(refusal.cause === undefined ? {} : { cause: refusal.cause }),
  };
  // Nobody else gets to see what the caller does to its copy.
  if (refusal.answer !== undefined) {
    return new CallAnsweredError(refusal.message, { ...details, answer: structuredClone(refusal.answer) });
  }
  const Class = CLASSES[refusal.code] ?? CallRefusedError;
  return new Class(refusal.code, refusal.message, details);
}

/** The value for a refusal. */
export function refusalResult(error: CallRefusedError): RefusalResult {
  return { refused: true, code: error.code, message: error.messageForModel, callId: error.callId };
}

/** The refusal by a policy that denies. */
export function deniedByPolicy(subject: CallSubject): Refusal {
  const { rule, reason } = subject.verdict;
  return {
    code: 'POLICY_DENIED',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: `policy:${rule}` },
    message: `${quoted(subject)} was not run: the policy denies it (rule ${rule}). ${reason}`,
    hint: 'Change the call, or the policy if it is wrong; hard floors cannot be lowered.',
  };
}

/** The refusal of a call whose arguments cannot be recorded exactly. */
export function notBindable(subject: CallSubject): Refusal {
  return {
    code: 'ARGUMENTS_NOT_BINDABLE',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:ARGUMENTS_NOT_BINDABLE' },
    message: `${quoted(subject)} was not run: parts of its arguments (functions, class instances, accessors, or more than the limits) cannot be recorded exactly.`,
    hint: "Pass plain data, or set the policy's `unbindable` to `run`.",
  };
}

/** The refusal of a call whose signal was aborted before it began. */
export function abortedBefore(subject: CallSubject): Refusal {
  return {
    code: 'CALL_ABORTED',
    outcome: 'aborted',
    decision: { decision: 'rejected', decisionBy: 'aborted' },
    message: `${quoted(subject)} was not run: its signal was aborted before it began.`,
  };
}

/** The refusal of input that the tool's own schema does not accept. */
export function invalidInput(subject: CallSubject): Refusal {
  return {
    code: 'ARGUMENTS_INVALID',
    outcome: 'invalid_input',
    decision: { decision: 'not_required', decisionBy: 'gate:ARGUMENTS_INVALID' },
    message: `${quoted(subject)} was not run: its arguments do not fit the tool's input schema.`,
    hint: 'Correct the arguments and call again.',
  };
}

/** The refusal that a settled request comes to, or undefined for an approved one. */
export function refusalOf(subject: CallSubject, record: ApprovalRecord): Refusal | undefined {
  switch (record.state) {
    case 'approved':
      return undefined;
    case 'rejected':
      return rejected(subject, record);
    case 'expired':
      return expired(subject, record);
    case 'pending':
    case 'used':
      return mismatch(subject, `its request is ${record.state}`);
    default:
      return record.state satisfies never;
  }
}

/** The refusal of a run that is not what was approved, or was approved for another run. */
export function mismatch(subject: CallSubject, why: string): Refusal {
  return {
    code: 'APPROVAL_MISMATCH',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:APPROVAL_MISMATCH' },
    message: `${quoted(subject)} was not run: ${why}.`,
    hint: 'Call again to ask for a new approval.',
  };
}

/** The refusal of a call whose approval or grant the log found void when the intent was about to be written. */
export function noLongerHolds(cause: CallRefusedError): Refusal {
  const { code, message, hint } = cause;
  return {
    code,
    cause,
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: code === 'APPROVAL_EXPIRED' ? 'timeout' : `gate:${code}` },
    message,
    ...(hint !== undefined && { hint }),
  };
}

/** The refusal of a call for which no policy stood still. */
export function policyUnsteady(subject: CallSubject): Refusal {
  return {
    code: 'POLICY_UNSTEADY',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:POLICY_UNSTEADY' },
    message: `${quoted(subject)} was not run: the policy kept changing while it waited.`,
    hint: 'Call again when the policy stands still.',
  };
}

/** The refusal of a call that nobody could be asked about. */
export function approvalUnavailable(subject: CallSubject, fault: unknown): Refusal {
  return {
    code: 'APPROVAL_UNAVAILABLE',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:APPROVAL_UNAVAILABLE' },
    message: `${quoted(subject)} was not run: approval could not be asked for${codeOf(fault)}.`,
    cause: fault,
  };
}

/** The refusal of a call that its run has begun before; its entry is there, and it gets no second one. */
export function alreadyBegun(subject: CallSubject): Refusal {
  return {
    code: 'CALL_ALREADY_BEGUN',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:CALL_ALREADY_BEGUN' },
    message: `${quoted(subject)} was not run: a call of this id is on record in this run already.`,
    hint: 'Give each call an id of its own.',
  };
}

/** The refusal of a call whose request goes on waiting while this process ends. It is not recorded: the call has not been refused. */
export function leftWaiting(subject: CallSubject, fault: unknown): Refusal {
  return {
    ...approvalUnavailable(subject, fault),
    message: `${quoted(subject)} was not run: this process ends while its request waits.`,
    hint: 'Begin the call again, under the same run and call id: it goes on with the same request.',
  };
}

/** The refusal of a call whose intent could not be written. No record, no run. */
export function recordFailed(subject: CallSubject, fault: unknown): Refusal {
  return {
    code: 'RECORD_FAILED',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:RECORD_FAILED' },
    message: `${quoted(subject)} was not run: its record could not be written${codeOf(fault)}.`,
    hint: 'No record, no run: see the cause, and run `countersign doctor`.',
    cause: fault,
  };
}

/** The refusal of a call whose intent was not cosigned in time. Its begin entry is there: the outcome says that it did not run. */
export function unwitnessed(subject: CallSubject, fault: unknown): Refusal {
  return {
    code: 'WITNESS_UNAVAILABLE',
    outcome: 'aborted',
    decision: { decision: 'rejected', decisionBy: 'gate:WITNESS_UNAVAILABLE' },
    message: `${quoted(subject)} was not run: its intent was not cosigned by the witnesses in time${codeOf(fault)}.`,
    hint: 'See the cause, and whether the witnesses can be reached: countersign doctor',
    cause: fault,
  };
}

function rejected(subject: CallSubject, record: ApprovalRecord): Refusal {
  const { decision, request } = record;
  const by = decision?.approver.id ?? 'unknown';
  const why = decision?.reason === undefined ? '' : ` Reason: ${decision.reason}`;
  const isAnswered = decision?.respondWith !== undefined;
  return {
    code: isAnswered ? 'APPROVAL_ANSWERED' : 'APPROVAL_REJECTED',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: by, requestId: request.id, ...waited(record) },
    message: `${quoted(subject)} was not run: ${by} ${isAnswered ? 'answered in its place' : 'rejected it'}.${why}`,
    ...(isAnswered && { answer: decision.respondWith }),
    ...(decision?.messageForModel === undefined ? {} : { messageForModel: decision.messageForModel }),
  };
}

function expired(subject: CallSubject, record: ApprovalRecord): Refusal {
  const aborted = record.cause === 'aborted';
  return {
    code: aborted ? 'APPROVAL_ABORTED' : 'APPROVAL_EXPIRED',
    outcome: aborted ? 'aborted' : 'refused',
    decision: { decision: 'rejected', decisionBy: aborted ? 'aborted' : 'timeout', requestId: record.request.id },
    message: aborted
      ? `${quoted(subject)} was not run: it was aborted while it waited for approval.`
      : `${quoted(subject)} was not run: nobody decided in time.`,
    ...(aborted ? {} : { hint: 'Ask again when an approver is there, or give approvals more time in the policy.' }),
  };
}

/** How long a request waited for its decision. */
export function waited(record: ApprovalRecord): { approvalTimeUs?: number } {
  if (record.decision === undefined) return {};
  return { approvalTimeUs: Math.max(0, record.decision.decidedAtUs - record.request.requestedAtUs) };
}

function codeOf(fault: unknown): string {
  return fault instanceof CountersignError ? ` (${fault.code})` : '';
}

function quoted(subject: CallSubject): string {
  return `The call of tool "${subject.tool.name}"`;
}

const CLASSES: Readonly<Partial<Record<RefusalCode, typeof CallRefusedError>>> = {
  APPROVAL_REJECTED: ApprovalRejectedError,
  APPROVAL_EXPIRED: ApprovalExpiredError,
  APPROVAL_ABORTED: ApprovalExpiredError,
  APPROVAL_MISMATCH: ApprovalMismatchError,
};
