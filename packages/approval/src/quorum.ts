/**
 * Whose approval counts for a request, and how many have been given (log format, section 4). Pure.
 *
 * One name is one approver, and so is one key: whoever has two names on record counts once.
 */

import type { Actor } from '@countersign/core';
import type { Decision, DecisionSignature } from './decision.js';
import type { ApprovalNeeds, ApprovalRecord, ApprovalRequest, GivenApproval, Withdrawal } from './request.js';

/** How many approvers must approve a request. */
export function quorumOf({ needs }: Pick<ApprovalRequest, 'needs'>): number {
  return needs?.quorum ?? 1;
}

/** The approvals that count now, oldest first; the one that completed them stands last. */
export function approvalsOf({ approvals = [], decision }: ApprovalRecord): readonly GivenApproval[] {
  return decision?.decision === 'approved' ? [...approvals, givenApproval(decision)] : approvals;
}

/** How many approvals a request still waits for. */
export function missingApprovals(record: ApprovalRecord): number {
  return Math.max(0, quorumOf(record.request) - approvalsOf(record).length);
}

/** What a row keeps of an approval that does not complete it; its texts stand in the log. */
export function givenApproval(decision: Decision): GivenApproval {
  const { approver, attestation, signature, channel, onBehalfOf, decidedAtUs } = decision;
  return {
    approver,
    attestation,
    ...(signature !== undefined && { signature }),
    ...(channel !== undefined && { channel }),
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    decidedAtUs,
  };
}

/** Whether an approval by this approver, by whom they decide for, or with this key, counts already. */
export function hasApproved(record: ApprovalRecord, decision: VoicedDecision): boolean {
  const key = publicPart(decision.signature);
  const voices = voicesOf(decision);
  return approvalsOf(record).some(
    (given) =>
      voicesOf(given).some((voice) => voices.includes(voice)) ||
      (key !== undefined && publicPart(given.signature) === key),
  );
}

type VoicedDecision = Pick<Decision, 'approver' | 'signature' | 'onBehalfOf'>;

/** Whoever decides for another speaks with both voices: the two of them count once. */
function voicesOf({ approver, onBehalfOf }: VoicedDecision): readonly string[] {
  return onBehalfOf === undefined ? [approver.id] : [approver.id, onBehalfOf.id];
}

/** A verifier key without its name and the hash of it, which differ where one key is on record under two names. */
function publicPart(signature: DecisionSignature | undefined): string | undefined {
  return signature?.key?.replace(/^[^+]*\+[^+]*\+/, '');
}

/** Whether a signature was made before its approver withdrew: it has been used, and counts no more. */
export function isSpent({ withdrawals = [] }: ApprovalRecord, { approver, signature }: Decision): boolean {
  if (signature === undefined) return false;
  return withdrawals.some(({ by, atUs }) => by.id === approver.id && signature.signedAtUs <= atUs);
}

/** Why somebody is not among those whom a request asks, as the end of a sentence about them; undefined where they are. */
export function explainNotAsked(needs: ApprovalNeeds | undefined, { id, role }: Actor): string | undefined {
  const { roles, approvers } = needs ?? {};
  if (roles === undefined && approvers === undefined) return undefined;
  if (approvers?.includes(id) === true) return undefined;
  if (role !== undefined && roles?.includes(role) === true) return undefined;
  return 'is not among those whom the policy lets decide about it';
}

/** What a request asks of those who decide, as clauses for people; none where one approval of anybody is enough. */
export function describeNeeds({ needs }: Pick<ApprovalRequest, 'needs'>): readonly string[] {
  if (needs === undefined) return [];
  const { quorum = 1, roles = [], approvers = [], reason, escalateTo } = needs;
  const who = [...roles.map((role) => `role ${role}`), ...approvers];
  return [
    ...(quorum > 1 ? [`approvals of ${quorum} people`] : []),
    ...(who.length > 0 ? [`decided by ${who.join(' or ')}`] : []),
    ...(reason === undefined ? [] : [`a reason${reason === 'both' ? '' : ` when ${reason}`}`]),
    ...(escalateTo === undefined
      ? []
      : [`goes to ${escalateTo.map((role) => `role ${role}`).join(' or ')} when its time is up`]),
  ];
}

/** Whether a decision of this kind must say why. */
export function needsReason({ needs }: Pick<ApprovalRequest, 'needs'>, decision: Decision['decision']): boolean {
  return needs?.reason === 'both' || needs?.reason === decision;
}

/** The row after a decision that counts: an approval that others must join leaves the request pending. */
export function rowAfterDecision(record: ApprovalRecord, decision: Decision): ApprovalRecord {
  const version = record.version + 1;
  const given = approvalsOf(record);
  if (decision.decision === 'approved' && given.length + 1 < quorumOf(record.request)) {
    return { ...record, approvals: [...given, givenApproval(decision)], version };
  }
  return { ...record, state: decision.decision, decision, version };
}

/** The row after somebody took an approval back: the request waits again. */
export function rowAfterWithdrawal(record: ApprovalRecord, withdrawal: Withdrawal): ApprovalRecord {
  const { decision: _decision, approvals: _approvals, withdrawals = [], ...rest } = record;
  const left = approvalsOf(record).filter(({ approver }) => approver.id !== withdrawal.by.id);
  return {
    ...rest,
    state: 'pending',
    ...(left.length > 0 && { approvals: left }),
    withdrawals: [...withdrawals.filter(({ by }) => by.id !== withdrawal.by.id), withdrawal],
    version: record.version + 1,
  };
}

/** The row after its request went to others: their roles, and their time. Approvals that were given before count on. */
export function rowAfterEscalation(
  record: ApprovalRecord,
  to: { readonly roles: readonly string[]; readonly expiresAtUs: number; readonly atUs: number },
): ApprovalRecord {
  const {
    roles: _roles,
    approvers: _approvers,
    escalateTo: _to,
    escalateUs: _us,
    ...kept
  } = record.request.needs ?? {};
  return {
    ...record,
    request: { ...record.request, needs: { ...kept, roles: to.roles }, expiresAtUs: to.expiresAtUs },
    escalatedAtUs: to.atUs,
    version: record.version + 1,
  };
}
