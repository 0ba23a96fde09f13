/**
 * What the gate tells the log of a call: the inputs of `AuditLog`'s recording methods. Pure types.
 * Arguments and results arrive in their shown form (already redacted); the log truncates them to the recorded form.
 */

import type { PolicyVerdict } from '@countersign/approval';
import type { CallContext, Classification, JsonValue, ToolDefinition } from '@countersign/core';
import type { DECISIONS } from './entry/kinds.js';
import type { RefusalCode } from './errors.js';

/** The recorded decision. */
export type RecordedDecision = (typeof DECISIONS)[number];

/** The call that an entry is about. */
export interface CallSubject {
  readonly callId: string;
  readonly run: string;
  readonly tool: ToolDefinition;
  readonly toolDigest: string;
  readonly context: Omit<CallContext, 'run' | 'signal'>;
  readonly classification: Classification;
  /** Base64 digest of the policy and rules in force. */
  readonly policy: string;
  readonly verdict: PolicyVerdict;
  /** The shown arguments. */
  readonly args: JsonValue;
  /** Base64 call digest of the exact arguments; absent where they cannot be bound. */
  readonly argsDigest?: string;
  /** The 16 bytes of salt in `argsDigest`; given only where nothing was redacted, so that an auditor can open the digest. */
  readonly argsSalt?: Uint8Array;
  readonly bound: boolean;
}

/** How a call came to be decided. */
export interface CallDecision {
  readonly decision: RecordedDecision;
  readonly decisionBy: string;
  readonly approvalTimeUs?: number;
  /** The approved request: it is consumed with the entry, under the write lock, if it is still approved for this digest. */
  readonly requestId?: string;
  /** The grant that answered: one use is taken with the entry, under the write lock. */
  readonly grantId?: string;
}

/** The intent: written before the tool runs. */
export interface BeginInput extends CallSubject, CallDecision {}

/** A call that will not run. */
export interface RefuseInput extends CallSubject, CallDecision {
  readonly outcome: 'refused' | 'invalid_input' | 'aborted';
  readonly code: RefusalCode;
  /** Why, for people; free text. */
  readonly message: string;
  /** What an approver answered in the tool's place, shown form. */
  readonly result?: JsonValue;
}

/** What came of a call. */
export interface FinishInput {
  readonly callId: string;
  readonly run: string;
  readonly session?: string;
  readonly tool: string;
  /** Index of the `tool-call` entry. */
  readonly begun: number;
  readonly outcome: 'ok' | 'tool_error' | 'aborted';
  readonly durationUs: number;
  /** The shown result of an `ok`. */
  readonly result?: JsonValue;
  /** The shown error, as `{ name, message, ... }`. */
  readonly error?: JsonValue;
  readonly lossy?: boolean;
  /** True for a critical call: its mark is flushed to the disk before the acknowledgement. */
  readonly flush?: boolean;
}

/** A call that a provider ran itself: recorded after the fact, never decided here. */
export interface ObserveInput extends CallSubject {
  readonly success: boolean;
  readonly durationUs?: number;
  readonly result?: JsonValue;
  readonly error?: JsonValue;
}

/** Where an entry stands. */
export interface EntryReceipt {
  readonly index: number;
  readonly id: string;
  /** Integer microseconds since 1970. */
  readonly timeUs: number;
}
