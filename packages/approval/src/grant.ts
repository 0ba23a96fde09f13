/**
 * A grant: a remembered approval that answers similar requests. Pure.
 *
 * "Similar" means the same tool with the same definition, under the same rule set and policy, in the same session, at
 * no higher risk, for no reason that was not among the approved call's, and within the argument patterns. A grant never
 * covers a critical call.
 */

import type { Actor, JsonValue, RiskLevel } from '@countersign/core';

/** A condition on one argument. */
export interface ArgumentPattern {
  /** RFC 6901 JSON Pointer into the arguments. */
  readonly pointer: string;
  readonly kind: 'equals' | 'prefix' | 'under' | 'at-most';
  /** The value to equal, the text to begin with, the folder to be under, or the largest number (of a list or object: of members). */
  readonly value: JsonValue;
}

/** What an approver asks to be remembered; everything left out takes the narrow default. */
export interface GrantScope {
  /** `session` (default) binds the grant to the request's session, `any` does not. A request without a session needs `any`. */
  readonly session?: 'session' | 'any';
  readonly arguments?: readonly ArgumentPattern[];
  /** How often it may answer: 1 to 1,000, default 20. */
  readonly uses?: number;
  /** How long it lives, in milliseconds: up to 30 days, default 1 hour. */
  readonly expiresInMs?: number;
}

/** A grant as it was issued. Times are integer microseconds since 1970. */
export interface Grant {
  readonly id: string;
  /** The request whose approval gave rise to it. */
  readonly requestId: string;
  readonly tool: string;
  readonly server?: string;
  readonly toolDigest: string;
  readonly session?: string;
  readonly maxRisk: RiskLevel;
  /** Signal ids that the approved call had, sorted; a call with any other is not similar. */
  readonly signals: readonly string[];
  readonly ruleSet: string;
  readonly policy: string;
  readonly arguments: readonly ArgumentPattern[];
  readonly uses: number;
  readonly issuedBy: Actor;
  readonly issuedAtUs: number;
  readonly expiresAtUs: number;
}

/** A grant with its state: the row that a store keeps. */
export interface GrantRecord {
  readonly grant: Grant;
  /** Counts the changes of this row from 1; the compare-and-set goes by it. */
  readonly version: number;
  readonly used: number;
  readonly revoked: boolean;
}
