/**
 * A call whose intent is on record: the tool runs, once, and its outcome is recorded (steps 5 and 6 of the gate).
 */

import { type Environment, isAtLeast } from '@countersign/core';
import type { CallSubject, EntryReceipt, FinishInput } from './call-record.js';
import { describeResult, describeThrown, isAbort } from './describe-outcome.js';
import { OutcomeNotRecordedError } from './errors.js';
import type { AssessedCall } from './gate-call.js';
import type { Redactor } from './redact/redactor.js';

/** A call whose intent is on record: now the tool may run, once, with these arguments. */
export interface OpenCall {
  readonly callId: string;
  /** A private, ordinary copy decoded from the bytes that were approved. */
  readonly args: unknown;
  readonly signal: AbortSignal | undefined;
  readonly receipt: EntryReceipt;
  /**
   * Records that the tool answered. Call exactly one of `succeed` and `fail`, once.
   * @throws OutcomeNotRecordedError `OUTCOME_NOT_RECORDED` carrying the result.
   */
  succeed(result: unknown): Promise<void>;
  /**
   * Records that the tool threw, or was given up.
   * @throws OutcomeNotRecordedError `OUTCOME_NOT_RECORDED` carrying the error.
   */
  fail(error: unknown, options?: { readonly aborted?: boolean }): Promise<void>;
}

/** The part of `AuditLog` that outcomes are written to. */
export interface OutcomeRecorder {
  finish(input: FinishInput): Promise<EntryReceipt>;
}

/** What an open call works with. */
export interface OpenCallParts {
  readonly recorder: OutcomeRecorder;
  readonly redactor: Redactor;
  readonly environment: Environment;
}

/** A call that has begun. */
export interface BegunCall {
  readonly call: AssessedCall;
  /** What the tool gets. */
  readonly args: unknown;
  readonly receipt: EntryReceipt;
}

/** The open call of one that has just begun; its duration counts from here. */
export function openCall(begun: BegunCall, parts: OpenCallParts): OpenCall {
  const { call, args, receipt } = begun;
  const { signal } = call.context;
  const startedUs = parts.environment.monotonicUs();
  return {
    callId: call.subject.callId,
    args,
    signal,
    receipt,
    succeed: (result) =>
      finish({ ...begun, startedUs, carried: { ok: true, result } }, parts, () => {
        const { value, lossy } = describeResult(result, parts.redactor, call.subject.tool.name);
        return { outcome: 'ok', result: value, ...(lossy && { lossy }) };
      }),
    fail: (error, options) =>
      finish({ ...begun, startedUs, carried: { ok: false, error } }, parts, () => {
        const aborted = options?.aborted ?? (signal?.aborted === true && isAbort(error, signal));
        return {
          outcome: aborted ? 'aborted' : 'tool_error',
          error: describeThrown(error, parts.redactor, call.subject.tool.name),
        };
      }),
  };
}

/** Steps 5 and 6: only the tool runs here; then its outcome. What it answers or throws reaches the caller unchanged. */
export async function completeCall<T>(open: OpenCall, execute: (open: OpenCall) => T | PromiseLike<T>): Promise<T> {
  let result: T;
  try {
    result = await execute(open);
  } catch (error) {
    await open.fail(error);
    throw error;
  }
  await open.succeed(result);
  return result;
}

interface FinishedCall extends BegunCall {
  readonly startedUs: number;
  readonly carried: OutcomeNotRecordedError['outcome'];
}

/** What every outcome says of the call that it belongs to. */
export function outcomeReference(
  { callId, run, tool, context: { session } }: CallSubject,
  { index }: EntryReceipt,
): Pick<FinishInput, 'callId' | 'run' | 'session' | 'tool' | 'begun'> {
  return { callId, run, ...(session !== undefined && { session }), tool: tool.name, begun: index };
}

type DescribedOutcome = Pick<FinishInput, 'outcome' | 'result' | 'error' | 'lossy'>;

/** Whatever goes wrong here, the tool has run: its outcome travels with the error, so that nobody runs it again to get it. */
async function finish(
  { call, receipt, startedUs, carried }: FinishedCall,
  { recorder, environment }: OpenCallParts,
  describe: () => DescribedOutcome,
): Promise<void> {
  const { callId, tool, classification } = call.subject;
  try {
    const durationUs = Math.max(0, environment.monotonicUs() - startedUs);
    await recorder.finish({
      ...outcomeReference(call.subject, receipt),
      durationUs,
      flush: isAtLeast(classification.level, 'critical'),
      ...describe(),
    });
  } catch (cause) {
    throw new OutcomeNotRecordedError(`The tool "${tool.name}" ran, and its outcome could not be recorded.`, {
      callId,
      tool: tool.name,
      outcome: carried,
      cause,
      hint: 'Do not call the tool again: take the outcome that this error carries.',
    });
  }
}
