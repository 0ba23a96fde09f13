/**
 * A request for approval, and the row that holds its state. Pure types.
 *
 * A request carries the *shown* arguments (secrets replaced by markers, full length): channels see nothing else.
 * Everything in a record derives from the signed entries that made it, so that `verify` can derive it again.
 */

import type { Actor, Effect, JsonValue, Reason, RiskLevel } from '@countersign/core';
import type { Decision } from './decision.js';

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
  readonly requestedAtUs: number;
  readonly expiresAtUs: number;
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
  /** Why an `expired` request ended. */
  readonly cause?: ExpiryCause;
}

/** Why a request ended without a person's decision: its time ran out, or the caller gave up. */
export const EXPIRY_CAUSES = ['timeout', 'aborted'] as const;

/** One of the expiry causes. */
export type ExpiryCause = (typeof EXPIRY_CAUSES)[number];
