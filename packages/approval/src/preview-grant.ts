/**
 * What a grant would have answered, had it been there before: for an approver who is about to remember a call. Pure.
 */

import type { Actor, JsonValue } from '@countersign/core';
import type { Grant, GrantScope } from './grant.js';
import { grantFromDecision } from './issue-grant.js';
import { explainGrantMismatch, type GrantCandidate, type GrantMismatch } from './match-grant.js';
import type { ApprovalRequest } from './request.js';

/** A call on record that asked for approval. */
export interface PastCall {
  /** The index of the entry that it began, or was refused, with. */
  readonly index: number;
  readonly callId: string;
  readonly run: string;
  readonly atUs: number;
  readonly decision: 'approved' | 'rejected' | 'auto' | 'not_required';
  readonly decisionBy: string;
  readonly facts: Omit<GrantCandidate, 'args'>;
  /** The exact arguments; absent where the log does not hold them: redacted, cut, erased or purged. */
  readonly args?: JsonValue;
}

/** The calls of one tool that asked for approval, newest first. */
export interface PastCalls {
  readonly calls: readonly PastCall[];
  /** False where there are older ones that were not read. */
  readonly isComplete: boolean;
}

/** Reads what is on record of a tool. */
export type CallHistory = (tool: { readonly name: string; readonly server?: string }) => Promise<PastCalls>;

/** Why a past call would have been asked about all the same. `arguments-unknown`: the log no longer holds its exact arguments. */
export type PreviewMismatch =
  | Exclude<GrantMismatch, 'revoked' | 'expired' | 'used-up' | 'policy'>
  | 'arguments-unknown';

/** What a grant would have answered. */
export interface GrantPreview {
  /** The grant's scope, written out. */
  readonly scope: Omit<Grant, 'id' | 'issuedAtUs' | 'issuedBy'>;
  /** How many past calls of the tool that asked for approval were looked at. */
  readonly looked: number;
  /** When the oldest of them was; absent for none. */
  readonly sinceUs?: number;
  readonly isComplete: boolean;
  /** The calls that it would have answered, newest first; its time and number of uses are left aside. */
  readonly matched: readonly PastCall[];
  /** How many it would not have answered, by the first thing that keeps it from it. */
  readonly others: Readonly<Partial<Record<PreviewMismatch, number>>>;
}

/**
 * What a grant would have answered, had this request been approved with the scope. `nowUs` is when: the grant would end so long after.
 * @throws DecisionInvalidError `GRANT_NOT_ALLOWED` for a request that is never remembered, `DECISION_INVALID` for a scope out of its bounds.
 */
export async function previewScope(
  request: ApprovalRequest,
  scope: GrantScope,
  { history, nowUs }: { readonly history: CallHistory; readonly nowUs: number },
): Promise<GrantPreview> {
  const draft = grantFromDecision({ request, scope, grantId: '', issuedBy: NOBODY, nowUs });
  const { id: _id, issuedBy: _by, ...given } = draft;
  const { tool: name, server } = request;
  return previewGrant(given, await history({ name, ...(server !== undefined && { server }) }));
}

/** A grant that is not issued has no issuer. */
const NOBODY: Actor = { kind: 'system', id: 'preview' };

/**
 * Matches a grant with past calls as it would match a new one, but for its time, its uses and the policy of that day: what is asked is how
 * wide it is.
 */
export function previewGrant(scope: GrantPreview['scope'], { calls, isComplete }: PastCalls): GrantPreview {
  const matched: PastCall[] = [];
  const others: Partial<Record<PreviewMismatch, number>> = {};
  for (const call of calls) {
    const mismatch = explain(scope, call);
    if (mismatch === undefined) matched.push(call);
    else others[mismatch] = (others[mismatch] ?? 0) + 1;
  }
  const oldest = calls.at(-1);
  return {
    scope,
    looked: calls.length,
    ...(oldest !== undefined && { sinceUs: oldest.atUs }),
    isComplete,
    matched,
    others,
  };
}

function explain(scope: GrantPreview['scope'], { facts, args }: PastCall): PreviewMismatch | undefined {
  const isKnown = args !== undefined;
  // Without the exact arguments the patterns can be compared with nothing; all else still can.
  const grant = { ...scope, id: '', issuedAtUs: 0, issuedBy: NOBODY, ...(!isKnown && { arguments: [] }) };
  const candidate = { ...facts, policy: scope.policy, args: args ?? null };
  const mismatch = explainGrantMismatch({ grant, version: 1, used: 0, revoked: false }, candidate, 0);
  if (mismatch === undefined) return isKnown || scope.arguments.length === 0 ? undefined : 'arguments-unknown';
  switch (mismatch) {
    case 'revoked':
    case 'expired':
    case 'used-up':
    case 'policy':
      throw new TypeError(`A grant without uses, of this policy, was said to be ${mismatch}.`);
    default:
      return mismatch;
  }
}
