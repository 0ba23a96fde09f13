/**
 * A call as queries answer it: begin entry and result entry joined, decoded from the signed bytes. Pure types (api.md).
 */

import type { Actor, JsonValue, Reason, RiskLevel } from '@countersign/core';
import type { RecordedDecision } from './call-record.js';
import type { RiskCompleteness } from './query/risk-completeness.js';
import type { Receipt } from './verify/receipt.js';

/** What came of a call, as a reader states it. */
export const OUTCOMES = [
  'ok',
  'tool_error',
  'refused',
  'invalid_input',
  'aborted',
  'pending',
  'dangling',
  'observed_only',
] as const;

/** One of the outcomes. `pending`: no result yet and its writer lives; `dangling`: no result and its writer is gone. */
export type Outcome = (typeof OUTCOMES)[number];

/** One call. Milliseconds may be fractional; the log holds integer microseconds. */
export interface AuditedCall {
  readonly callId: string;
  /** Index of the begin entry (`tool-call` or `tool-refused`). */
  readonly index: number;
  readonly run: string;
  readonly session?: string;
  readonly step?: string;
  readonly plan?: string;
  readonly actor?: Actor;
  readonly tool: string;
  readonly server?: string;
  /** The recorded arguments; a preview object above the size limit; absent after erasure or purge. */
  readonly args?: JsonValue;
  readonly result?: JsonValue;
  readonly error?: JsonValue;
  /** Absent while there is no outcome. */
  readonly success?: boolean;
  readonly outcome: Outcome;
  readonly risk: RiskLevel;
  readonly reasons: readonly Reason[];
  readonly approvalRequired: boolean;
  readonly decision: RecordedDecision;
  /** Who or what decided: an approver's id, a rule, `similar_match`, `timeout`, `aborted`, `policy:<rule>` or `gate:<code>`. */
  readonly decisionBy: string;
  /** `decisionBy` of a call that was approved, by a person or automatically. */
  readonly approvedBy?: string;
  readonly approvalTimeMs?: number;
  readonly startedAt: Date;
  readonly durationMs?: number;
  /** Asked for with `proofs`: a receipt of the begin entry, and one of the result entry where there is one. */
  readonly proofs?: readonly Receipt[];
}

/** Which calls to answer; conditions are joined by "and". */
export interface QueryFilter {
  readonly risk?: RiskLevel | readonly RiskLevel[];
  readonly session?: string;
  /** Exact, or with `*` for any text. */
  readonly tool?: string;
  readonly decision?: RecordedDecision | readonly RecordedDecision[];
  readonly outcome?: Outcome | readonly Outcome[];
  readonly success?: boolean;
  /** The actor's id. */
  readonly actor?: string;
  /** A Date, ISO text, or an age such as `24h`, `7d`, `30m`. Inclusive. */
  readonly since?: Date | string;
  /** Likewise; exclusive. */
  readonly until?: Date | string;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
  /** Default `newest-first`. */
  readonly order?: 'newest-first' | 'oldest-first';
  /** Prove every call, and say whether any is missing. */
  readonly proofs?: boolean;
  /** With `proofs`: the verifier key that the caller trusts; without it, the answer is unverified. */
  readonly key?: string;
  /** With `proofs`: checkpoints (signed notes) that were kept elsewhere, which the log must contain. */
  readonly against?: readonly string[];
}

/** One page of calls. */
export interface QueryResult {
  readonly calls: readonly AuditedCall[];
  readonly nextCursor?: string;
  /** Asked for with `proofs`: whether these are all calls of the levels asked for. */
  readonly completeness?: RiskCompleteness;
  /** Calls that are not younger may have been purged; absent where none were. */
  readonly purgedUpTo?: Date;
}

/** A session in figures. */
export interface SessionSummary {
  readonly session: string;
  readonly totalActions: number;
  readonly byRisk: Readonly<Record<RiskLevel, number>>;
  readonly byDecision: Readonly<Record<RecordedDecision, number>>;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  readonly approved: number;
  readonly rejected: number;
  readonly successful: number;
  readonly totalDurationMs: number;
}
