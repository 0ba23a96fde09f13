/**
 * From what an approver hands in to what the journal records: every check that needs no lock.
 */

import { type Actor, compareRisk, createId, type Environment } from '@countersign/core';
import type { CheckedDecision, Decision, DecisionInput, EditAssessment, EditAssessor } from './decision.js';
import { DecisionInvalidError } from './errors.js';
import { grantFromDecision } from './issue-grant.js';
import type { ApprovalEvent } from './journal.js';
import { needsReason, quorumOf } from './quorum.js';
import type { ApprovalRequest } from './request.js';
import { approverSchema, decisionInputSchema } from './schemas.js';
import { describeIssues } from './zod-issues.js';

/** What the checks need. */
export interface PrepareOptions {
  readonly request: ApprovalRequest;
  readonly environment: Environment;
  readonly edits: EditAssessor | undefined;
}

/**
 * Checks the form of a decision and answers a private copy.
 * @throws DecisionInvalidError DECISION_INVALID naming the places, without values.
 */
export function parseDecisionInput(input: unknown): CheckedDecision {
  const parsed = decisionInputSchema.safeParse(withoutUndefined(input));
  if (parsed.success) return parsed.data;
  throw new DecisionInvalidError('DECISION_INVALID', `decision: ${describeIssues(parsed.error, input)}`, {
    hint: 'docs/approvals.md lists the members of a decision.',
  });
}

/** An approver written out. @throws DecisionInvalidError DECISION_INVALID */
export function parseApprover(approver: unknown): Actor {
  const parsed = approverSchema.safeParse(approver);
  if (parsed.success) return parsed.data;
  throw new DecisionInvalidError('DECISION_INVALID', `approver: ${describeIssues(parsed.error, approver)}`);
}

/**
 * The event that records a decision on `request`, with its grant where one was asked for.
 * @throws DecisionInvalidError SELF_APPROVAL, REASON_REQUIRED, EDIT_NOT_ALLOWED, EDIT_NOT_POSSIBLE_HERE, EDIT_DENIED, EDIT_RAISES_RISK or GRANT_NOT_ALLOWED.
 */
export async function prepareDecision(
  input: CheckedDecision,
  { request, environment, edits }: PrepareOptions,
): Promise<Extract<ApprovalEvent, { kind: 'decided' }>> {
  refuseSelfApproval(input, request);
  refuseWithoutReason(input, request);
  refuseInQuorum(input, request);
  if (input.editedArgs !== undefined && input.remember !== undefined) {
    throw new DecisionInvalidError('GRANT_NOT_ALLOWED', `request ${request.id}: an edited approval is not remembered`, {
      hint: 'Approve with the edits alone, and remember a call that needs none.',
    });
  }
  if (input.signature !== undefined && input.remember !== undefined) {
    throw new DecisionInvalidError('GRANT_NOT_ALLOWED', `request ${request.id}: a signed decision is not remembered`, {
      hint: 'What is signed covers one call: sign a decision about each.',
    });
  }
  const edit = input.editedArgs === undefined ? undefined : await assess(input, request, edits);
  const grant =
    input.remember &&
    grantFromDecision({
      request,
      scope: input.remember,
      grantId: createId(environment),
      issuedBy: input.approver,
      nowUs: environment.nowUs(),
    });
  return {
    kind: 'decided',
    decision: {
      requestId: request.id,
      decision: input.decision,
      approver: input.approver,
      ...(input.signature === undefined
        ? { attestation: 'server' }
        : { attestation: 'ed25519', signature: input.signature }),
      ...(input.channel !== undefined && { channel: input.channel }),
      ...(input.reason !== undefined && { reason: input.reason }),
      ...(input.messageForModel !== undefined && { messageForModel: input.messageForModel }),
      ...(input.respondWith !== undefined && { respondWith: input.respondWith }),
      ...(edit !== undefined && editMembers(edit)),
      ...(grant !== undefined && { grantId: grant.id }),
    },
    ...(grant !== undefined && { grant }),
  };
}

/** In plain JavaScript a member that is undefined means the same as an absent one. */
export function withoutUndefined(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** One name is one party, whatever kind it says it is of. */
function refuseSelfApproval({ approver }: CheckedDecision, { id, requester }: ApprovalRequest): void {
  if (approver.id !== requester?.id) return;
  throw new DecisionInvalidError('SELF_APPROVAL', `request ${id}: its requester cannot decide it`, {
    hint: 'Somebody else has to decide.',
  });
}

function refuseWithoutReason({ decision, reason = '' }: CheckedDecision, request: ApprovalRequest): void {
  if (!needsReason(request, decision) || reason.trim() !== '') return;
  throw new DecisionInvalidError('REASON_REQUIRED', `request ${request.id}: the policy wants to know why`, {
    hint: 'Decide with a reason: --reason on the command line.',
  });
}

/** Where several must approve, all of them approve the same. */
function refuseInQuorum({ editedArgs }: CheckedDecision, request: ApprovalRequest): void {
  if (quorumOf(request) < 2) return;
  if (editedArgs !== undefined) {
    throw new DecisionInvalidError(
      'EDIT_NOT_ALLOWED',
      `request ${request.id}: several must approve the same arguments`,
      {
        hint: 'Reject it, and say what should be changed.',
      },
    );
  }
}

async function assess(
  { editedArgs }: DecisionInput,
  request: ApprovalRequest,
  edits: EditAssessor | undefined,
): Promise<EditAssessment> {
  const edit = editedArgs === undefined ? undefined : await edits?.assessEdit(request.id, editedArgs);
  if (edit === undefined) {
    throw new DecisionInvalidError('EDIT_NOT_POSSIBLE_HERE', `request ${request.id} cannot be edited in this process`, {
      hint: 'Its secrets are known where the call waits alone: edit there, or reject it and say what should be changed.',
    });
  }
  if (edit.verdict === 'deny') {
    throw new DecisionInvalidError('EDIT_DENIED', `request ${request.id}: the policy denies the call as edited`, {
      hint: 'Choose other arguments, or reject the call.',
    });
  }
  if (edit.risk !== undefined && compareRisk(edit.risk, request.risk) > 0) {
    throw new DecisionInvalidError(
      'EDIT_RAISES_RISK',
      `request ${request.id}: expected at most ${request.risk} risk after the edit, found ${edit.risk}`,
      { hint: 'Choose other arguments, or reject the call and let the agent ask again.' },
    );
  }
  return edit;
}

function editMembers(edit: EditAssessment): Pick<Decision, 'editedArgs' | 'editedDigest' | 'editedRisk'> {
  const { editedArgs, editedDigest, risk } = edit;
  return { editedArgs, editedDigest, ...(risk !== undefined && { editedRisk: risk }) };
}
