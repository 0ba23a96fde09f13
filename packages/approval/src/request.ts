/**
 * A request for approval, and the row that holds its state. Pure types.
 *
 * A request carries the *shown* arguments (secrets replaced by markers, full length): channels see nothing else.
 * Everything in a record derives from the signed entries that made it, so that `verify` can derive it again.
 */

import type { Actor, Effect, JsonValue, Reason, RiskLevel } from '@countersign/core';
import type { Decision, DecisionSignature } from './decision.js';

/** For which decisions a reason is needed. */
export const REASON_NEEDS = ['approved', 'rejected', 'both'] as const;

/** What the policy asks of those who decide about a request. */
export interface ApprovalNeeds {
  /** How many different approvers must approve; one where it is absent. */
  readonly quorum?: number;
  /** Who may decide: whoever has one of these roles or names; anybody who may decide at all where both are absent. */
  readonly roles?: readonly string[];
  readonly approvers?: readonly string[];
  /** The decisions that must say why. */
  readonly reason?: (typeof REASON_NEEDS)[number];
  /** Instead of ending, a request whose time is up goes to these roles, once. */
  readonly escalateTo?: readonly string[];
  /** How long it waits for them, in microseconds. */
  readonly escalateUs?: number;
}

/** What an approver is asked. Times are integer microseconds since 1970. */
export interface ApprovalRequest {
  /** UUIDv7. */
  readonly id: string;
  readonly callId: string;
  readonly run: string;
  /** The origin of the log that the request is recorded in. */
  readonly log: string;
  readonly session?: string;
  readonly step?: string;
  readonly plan?: string;
  /** Who asks: the actor of the call. */
  readonly requester?: Actor;
  readonly tool: string;
  readonly server?: string;
  /** Base64 digest of the tool's definition. */
  readonly toolDigest: string;
  /** Base64 digest of the exact arguments: what the approval binds to. */
  readonly argsDigest: string;
  /** The shown arguments. */
  readonly args: JsonValue;
  /** True where a secret in the arguments is replaced by a marker. */
  readonly redacted: boolean;
  readonly risk: RiskLevel;
  /** How sure the classifier is of the level: an integer from 0 to 100. */
  readonly confidencePercent: number;
  /** Whether what the call does can be undone. */
  readonly reversible: boolean | 'unknown';
  readonly effects: readonly Effect[];
  /** Ids of the classifier's signals, sorted. */
  readonly signals: readonly string[];
  readonly ruleSet: string;
  /** Worst first. */
  readonly reasons: readonly Reason[];
  /** Base64 digest of the policy and rules in force. */
  readonly policy: string;
  /** The policy rule that asked for approval. */
  readonly rule: string;
  /** Absent where one approval of anybody who may decide is enough. */
  readonly needs?: ApprovalNeeds;
  readonly requestedAtUs: number;
  readonly expiresAtUs: number;
}

/** The end of a request that waits for ever: a time that no clock comes to, 2200-01-01. */
export const NEVER_US = 7_258_118_400_000_000;

/** An approval that counts towards a quorum. */
export interface GivenApproval extends Pick<Decision, 'approver' | 'attestation' | 'channel' | 'decidedAtUs'> {
  readonly signature?: DecisionSignature;
  /** In whose place it was given: the two of them count once. */
  readonly onBehalfOf?: Actor;
}

/** An approval that was taken back. */
export interface Withdrawal {
  readonly by: Actor;
  readonly atUs: number;
}

/** Where a request stands. `approved` is the only state that a call may still consume, once. */
export const REQUEST_STATES = ['pending', 'approved', 'rejected', 'expired', 'used'] as const;

/** One of the request states. */
export type RequestState = (typeof REQUEST_STATES)[number];

/** A request with its state: the row that a store keeps. */
export interface ApprovalRecord {
  readonly request: ApprovalRequest;
  readonly state: RequestState;
  /** Counts the changes of this row from 1; the compare-and-set goes by it. */
  readonly version: number;
  /** Present in `approved`, `rejected` and `used`, and in `expired` where the expiry came after an approval. */
  readonly decision?: Decision;
  /** Approvals that count and did not complete the quorum, oldest first; `decision` is the one that did. */
  readonly approvals?: readonly GivenApproval[];
  /** The newest withdrawal of each approver who made one, oldest first. */
  readonly withdrawals?: readonly Withdrawal[];
  /** When the request went to others, whose roles and time stand in it since. */
  readonly escalatedAtUs?: number;
  /** Why an `expired` request ended. */
  readonly cause?: ExpiryCause;
}

/** Why a request ended without a person's decision: its time ran out, or the caller gave up. */
export const EXPIRY_CAUSES = ['timeout', 'aborted'] as const;

/** One of the expiry causes. */
export type ExpiryCause = (typeof EXPIRY_CAUSES)[number];
