/**
 * Calls that must be witnessed: between their intent and the tool, independent parties cosign a checkpoint that covers the
 * intent. Nobody can then say later that it was never there (log format, section 6).
 */

import { type CallContext, type Environment, RISK_LEVELS, type RiskLevel } from '@countersign/core';
import type { EntryReceipt } from './call-record.js';
import { createDeadline } from './deadline.js';
import { describeThrown } from './describe-outcome.js';
import type { CallRefusedError } from './errors.js';
import type { AssessedCall } from './gate-call.js';
import { type OutcomeRecorder, outcomeReference } from './open-call.js';
import type { Redactor } from './redact/redactor.js';
import { refusalError, unwitnessed } from './refusal.js';

/** Which calls must be witnessed, and by whom. */
export interface WitnessDemand {
  readonly levels: readonly RiskLevel[];
  /** How long a call waits for its witnesses; then it does not run. */
  readonly timeoutMs: number;
  /** Ends when the witnesses have cosigned a checkpoint that covers the entry at `index`, and that is on record. Rejects when `signal` aborts before. */
  witnessed(index: number, signal: AbortSignal): Promise<void>;
}

/** How long a call waits for its witnesses when nobody says otherwise. */
export const WITNESS_WAIT_MS = 15_000;

/** The levels from one on, or exactly those that are named. */
export function demandedLevels(given: RiskLevel | readonly RiskLevel[]): readonly RiskLevel[] {
  if (typeof given !== 'string') return RISK_LEVELS.filter((level) => given.includes(level));
  return RISK_LEVELS.slice(RISK_LEVELS.indexOf(given));
}

/** What waiting for witnesses works with. */
export interface WitnessWaitParts {
  readonly recorder: OutcomeRecorder;
  readonly redactor: Redactor;
  readonly environment: Environment;
  readonly requireWitness?: WitnessDemand;
}

/**
 * Waits until the intent of a call is witnessed, where that is demanded.
 * @returns undefined when the tool may run; else the error to throw, the call's outcome `aborted` being on record.
 */
export async function awaitWitness(
  { call, receipt }: { readonly call: AssessedCall; readonly receipt: EntryReceipt },
  parts: WitnessWaitParts,
): Promise<CallRefusedError | undefined> {
  const { requireWitness: demand, environment } = parts;
  if (demand === undefined || !demand.levels.includes(call.subject.classification.level)) return undefined;
  const deadline = createDeadline({ environment, timeoutMs: demand.timeoutMs, ...signalOf(call.context) });
  try {
    await demand.witnessed(receipt.index, deadline.signal);
    return undefined;
  } catch (fault) {
    return await abortUnwitnessed({ call, receipt, fault }, parts);
  } finally {
    deadline.cancel();
  }
}

/** The call did not run: its outcome says so, and why. An outcome that cannot be recorded still refuses; the cause says it. */
async function abortUnwitnessed(
  unwitnessedCall: { readonly call: AssessedCall; readonly receipt: EntryReceipt; readonly fault: unknown },
  { recorder, redactor }: WitnessWaitParts,
): Promise<CallRefusedError> {
  const { call, receipt, fault } = unwitnessedCall;
  const refusal = unwitnessed(call.subject, fault);
  const error = refusalError(call.subject, refusal);
  try {
    await recorder.finish({
      ...outcomeReference(call.subject, receipt),
      outcome: 'aborted',
      durationUs: 0,
      error: describeThrown(error, redactor),
      flush: true,
    });
    return error;
  } catch (cause) {
    return refusalError(call.subject, { ...refusal, cause });
  }
}

function signalOf({ signal }: CallContext): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
