/**
 * The operations of a call: begin, refuse, finish, observe. Each becomes an item of the queue, whose plan checks under the
 * write lock that the call has not begun, and that the approval or grant which lets it run still holds.
 */

import { transition, useGrant } from '@countersign/approval';
import { isAtLeast } from '@countersign/core';
import type { BeginInput, CallSubject, FinishInput, ObserveInput, RefuseInput } from '../call-record.js';
import {
  ApprovalExpiredError,
  ApprovalMismatchError,
  ApprovalRejectedError,
  ApprovalWithdrawnError,
  CallRefusedError,
  GrantSpentError,
  type RefusalCode,
  type RefusalDetails,
} from '../errors.js';
import { projectConsumed, projectGrantUse } from '../projection.js';
import { decisionMembers, subjectMembers, subjectPayloads } from './call-members.js';
import { type AppendItem, type EntryDraft, entryBytes, type PayloadMaker, type Plan, type PlanView } from './plan.js';

/** The intent to run a call. */
export function beginItem(input: BeginInput, makePayloads: PayloadMaker): AppendItem {
  const draft: EntryDraft = {
    fields: { kind: 'tool-call', ...subjectMembers(input), ...decisionMembers(input) },
    payloads: makePayloads(subjectPayloads(input)),
  };
  const { requestId, grantId, callId: call, run } = input;
  return {
    lock: {
      requests: requestId === undefined ? [] : [requestId],
      grants: grantId === undefined ? [] : [grantId],
      calls: [{ run, call }],
    },
    bytes: entryBytes(draft.payloads),
    flush: isAtLeast(input.classification.level, 'critical'),
    plan: (view) => {
      checkNotBegun(input, view);
      checkDecision(input);
      if (requestId !== undefined) return consume({ input, draft, requestId }, view);
      if (grantId !== undefined) return takeGrant({ input, draft, grantId }, view);
      return { drafts: [draft] };
    },
  };
}

/** A call that will not run. */
export function refuseItem(input: RefuseInput, makePayloads: PayloadMaker): AppendItem {
  const { outcome, code, message, result } = input;
  return callItem(input, {
    fields: {
      kind: 'tool-refused',
      ...subjectMembers(input),
      ...decisionMembers(input),
      outcome,
      success: false,
      code,
    },
    payloads: makePayloads({ ...subjectPayloads(input), message: message.toWellFormed(), result }),
  });
}

/** A call that a provider ran itself. */
export function observeItem(input: ObserveInput, makePayloads: PayloadMaker): AppendItem {
  const { success, durationUs, result, error } = input;
  return callItem(input, {
    fields: {
      kind: 'tool-call',
      ...subjectMembers(input),
      decision: 'not_required',
      decisionBy: 'observed',
      outcome: 'observed_only',
      success,
      durationUs: durationUs === undefined ? undefined : Math.round(durationUs),
    },
    payloads: makePayloads({ ...subjectPayloads(input), result, error }),
  });
}

/** What came of a call. */
export function finishItem(input: FinishInput, makePayloads: PayloadMaker): AppendItem {
  const { callId: call, run, session, tool, begun, outcome, durationUs, result, error, lossy } = input;
  const draft: EntryDraft = {
    fields: {
      kind: 'tool-result',
      call,
      run,
      session,
      tool,
      begun,
      outcome,
      success: outcome === 'ok',
      durationUs: Math.round(durationUs),
      lossy: lossy === true ? true : undefined,
    },
    payloads: makePayloads({ result, error }),
  };
  return {
    lock: {},
    bytes: entryBytes(draft.payloads),
    flush: input.flush === true,
    plan: () => ({ drafts: [draft] }),
  };
}

/** An item of one entry that begins a call. */
function callItem(input: CallSubject, draft: EntryDraft): AppendItem {
  return {
    lock: { calls: [{ run: input.run, call: input.callId }] },
    bytes: entryBytes(draft.payloads),
    flush: isAtLeast(input.classification.level, 'critical'),
    plan: (view) => {
      checkNotBegun(input, view);
      return { drafts: [draft] };
    },
  };
}

function checkNotBegun(subject: CallSubject, view: PlanView): void {
  if (view.begun(subject.run, subject.callId) === undefined) return;
  throw refused(subject, 'CALL_ALREADY_BEGUN', 'a call of this id is on record in this run already');
}

/** An answer that rests on a request or a grant must name it: otherwise nothing could be checked. */
function checkDecision(input: BeginInput): void {
  const { decision, decisionBy, requestId, grantId } = input;
  const names = [requestId, grantId].filter((id) => id !== undefined).length;
  const expected = decision === 'approved' || decisionBy === 'similar_match' ? 1 : 0;
  const isSound =
    names === expected && decision !== 'rejected' && (decision === 'approved') === (requestId !== undefined);
  if (!isSound) throw refused(input, 'APPROVAL_MISMATCH', 'its decision does not say what allows it');
}

/** Consumes the approved request, if it is still approved, for exactly this call. */
function consume(
  { input, draft, requestId }: { input: BeginInput; draft: EntryDraft; requestId: string },
  view: PlanView,
): Plan {
  const record = view.request(requestId);
  const { argsDigest = '' } = input;
  if (record === undefined || record.request.callId !== input.callId || record.request.run !== input.run) {
    throw refused(input, 'APPROVAL_MISMATCH', 'no request was approved for this call');
  }
  const result = transition(record, { kind: 'consumed', argsDigest }, view.nowUs);
  if (!result.ok) throw notApproved(input, result);
  return { drafts: [draft], rows: () => ({ requests: [projectConsumed(record)] }) };
}

function notApproved(
  input: BeginInput,
  result: Extract<ReturnType<typeof transition>, { readonly ok: false }>,
): CallRefusedError {
  const { code, current } = result;
  switch (code) {
    case 'EXPIRED':
      return refused(input, 'APPROVAL_EXPIRED', 'its approval is no longer valid: its time is over');
    case 'NOT_APPROVED':
      return current?.state === 'rejected' ? refused(input, 'APPROVAL_REJECTED', 'it was rejected') : withdrawn(input);
    case 'DIGEST_MISMATCH':
      return refused(input, 'APPROVAL_MISMATCH', 'its arguments are not the ones that were approved');
    case 'ALREADY_USED':
      return refused(input, 'APPROVAL_MISMATCH', 'its approval was used before');
    case 'NOT_FOUND':
    case 'ALREADY_DECIDED':
    case 'NOT_YET_EXPIRED':
    case 'DUPLICATE':
    case 'ALREADY_APPROVED':
    case 'NOT_ASKED':
    case 'EDIT_NOT_ALLOWED':
    case 'SIGNATURE_SPENT':
    case 'NOT_APPROVED_BEFORE':
    case 'ESCALATES':
    case 'NOT_ESCALATING':
      return refused(input, 'APPROVAL_MISMATCH', 'no request was approved for this call');
    default:
      return code satisfies never;
  }
}

/**
 * Takes one use of a grant. All but its argument patterns is checked again: they never change, and were matched with the exact
 * arguments, which the log does not see.
 */
function takeGrant(
  { input, draft, grantId }: { input: BeginInput; draft: EntryDraft; grantId: string },
  view: PlanView,
): Plan {
  const record = view.grant(grantId);
  const { callId: call, run, argsDigest, tool, toolDigest, classification, policy, context } = input;
  if (record === undefined || argsDigest === undefined) {
    throw refused(input, 'APPROVAL_MISMATCH', 'the grant that allowed it is not there');
  }
  const candidate = {
    tool: tool.name,
    ...(tool.server !== undefined && { server: tool.server }),
    toolDigest,
    ...(context.session !== undefined && { session: context.session }),
    risk: classification.level,
    signals: classification.signals.map(({ id }) => id),
    ruleSet: classification.ruleSetVersion,
    policy,
    args: null,
  };
  const withoutPatterns = { ...record, grant: { ...record.grant, arguments: [] } };
  const result = useGrant(withoutPatterns, candidate, view.nowUs);
  if (!result.ok) throw grantSpent(input);
  const used: EntryDraft = {
    fields: { kind: 'grant-used', grant: grantId, call, run, argsDigest, use: record.used + 1 },
    payloads: [],
  };
  return { drafts: [used, draft], rows: () => ({ grants: [projectGrantUse(record)] }) };
}

/** The refusal of a call whose approval or grant does not follow from the signed entries. */
export function notGrounded(input: BeginInput, cause: unknown): CallRefusedError {
  return refused(input, 'APPROVAL_MISMATCH', 'its approval does not follow from the signed entries of the log', cause);
}

/** Nobody has approved it, or somebody who had no longer does: it waits. */
function withdrawn(input: BeginInput): ApprovalWithdrawnError {
  const code = 'APPROVAL_MISMATCH';
  return new ApprovalWithdrawnError(code, message(input, 'nobody has approved it'), details(input, code));
}

function grantSpent(input: BeginInput): GrantSpentError {
  const code = 'APPROVAL_MISMATCH';
  return new GrantSpentError(
    code,
    message(input, 'the grant that allowed it no longer answers it'),
    details(input, code),
  );
}

function refused(subject: CallSubject, code: RefusalCode, why: string, cause?: unknown): CallRefusedError {
  const Class = CLASSES[code] ?? CallRefusedError;
  return new Class(code, message(subject, why), details(subject, code, cause));
}

function message({ tool }: CallSubject, why: string): string {
  return `The call of tool "${tool.name}" was not run: ${why}.`;
}

function details({ callId, tool, classification }: CallSubject, code: RefusalCode, cause?: unknown): RefusalDetails {
  return {
    callId,
    tool: tool.name,
    reasons: classification.reasons.map((reason) => reason.text),
    hint: code === 'CALL_ALREADY_BEGUN' ? 'Give each call an id of its own.' : 'Call again to ask for a new approval.',
    cause,
  };
}

const CLASSES: Readonly<Partial<Record<RefusalCode, typeof CallRefusedError>>> = {
  APPROVAL_REJECTED: ApprovalRejectedError,
  APPROVAL_EXPIRED: ApprovalExpiredError,
  APPROVAL_MISMATCH: ApprovalMismatchError,
};
