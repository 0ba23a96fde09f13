/**
 * The gate: the order of a call, top to bottom (architecture, "One call, end to end").
 *
 *   0 normalise   1 classify   2 policy   3 approve   4 record the intent   5 run   6 record the outcome
 *
 * `withAudit()` and every adapter are thin callers of it. The gate, not the wrapper, writes the log: denied calls, calls
 * with invalid input and calls that a provider ran itself never reach a wrapped tool, and must still be on record.
 */

import type { ApprovalRecord, GrantCandidate, GrantRecord, RequestDraft } from '@countersign/approval';
import { type CallContext, CountersignError, createId, isAtLeast, resolveContext } from '@countersign/core';
import { grantCandidate, requestDraft } from './approval-draft.js';
import type { BeginInput, CallDecision, EntryReceipt, FinishInput, ObserveInput, RefuseInput } from './call-record.js';
import { describeResult, describeThrown, isAbort } from './describe-outcome.js';
import type { EditDesk } from './edit-desk.js';
import { CallRefusedError, OutcomeNotRecordedError } from './errors.js';
import { type AssessedCall, type AssessmentParts, assessCall, decodeExact, type GateCall } from './gate-call.js';
import {
  abortedBefore,
  deniedByPolicy,
  invalidInput,
  mismatch,
  notBindable,
  type Refusal,
  refusalError,
  refusalOf,
  waited,
} from './refusal.js';

/** The part of `AuditLog` that the gate writes to. */
export interface CallRecorder {
  begin(input: BeginInput): Promise<EntryReceipt>;
  refuse(input: RefuseInput): Promise<EntryReceipt>;
  finish(input: FinishInput): Promise<EntryReceipt>;
  observe(input: ObserveInput): Promise<EntryReceipt>;
}

/** The part of `Approvals` that the gate asks. */
export interface ApprovalDesk {
  ask(draft: RequestDraft, options: { readonly signal?: AbortSignal }): Promise<ApprovalRecord>;
  findGrant(candidate: GrantCandidate): Promise<GrantRecord | undefined>;
}

/** What a gate is made of. */
export interface GateOptions extends AssessmentParts {
  readonly recorder: CallRecorder;
  readonly approvals: ApprovalDesk;
  readonly edits: EditDesk;
  /** The context of calls that bring none, and the ground of those that bring some. */
  readonly context?: () => CallContext;
}

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

/** What a provider says of a call that it ran itself. */
export interface ObservedOutcome {
  readonly success: boolean;
  readonly durationMs?: number;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** The gate. */
export interface Gate {
  /**
   * Everything before the tool: steps 0 to 4.
   * @throws CallRefusedError when the call must not run; the refusal is on record, unless its code is `RECORD_FAILED`.
   */
  open(call: GateCall): Promise<OpenCall>;
  /**
   * A whole call: opens it, runs `execute` with the approved arguments, records the outcome, answers or throws what the
   * tool answered or threw, unchanged.
   */
  run<T>(call: GateCall, execute: (open: OpenCall) => T | PromiseLike<T>): Promise<T>;
  /** Records a call whose input the tool's own schema refused, and answers the error to throw. */
  invalid(call: GateCall): Promise<CallRefusedError>;
  /** Records a call that a provider ran itself. */
  observe(call: GateCall, outcome: ObservedOutcome): Promise<EntryReceipt>;
}

/** Makes a gate. */
export function createGate(options: GateOptions): Gate {
  options.edits.use(options);
  const gate: Gate = {
    open: async (given) => {
      const call = assessCall(inContext(given, options), options);
      const approved = await decide(call, options);
      return begin(approved, options);
    },
    run: async (given, execute) => {
      const open = await gate.open(given);
      return completeCall(open, execute);
    },
    invalid: async (given) => {
      const call = assessCall(inContext(given, options), options);
      return refuse(call, invalidInput(call.subject), options);
    },
    observe: async (given, outcome) => {
      const call = assessCall(inContext(given, options), options);
      return options.recorder.observe(observed(call, outcome, options));
    },
  };
  return gate;
}

/** A call with the decision that lets it run. */
interface ApprovedCall {
  readonly call: AssessedCall;
  readonly decision: CallDecision;
}

/** Steps 2 and 3: the verdict, and where it asks for one, somebody's decision. Throws for a call that must not run. */
async function decide(call: AssessedCall, options: GateOptions): Promise<ApprovedCall> {
  const { subject, context } = call;
  if (context.signal?.aborted === true) throw await refuse(call, abortedBefore(subject), options);
  if (!call.exact.bindable && options.policy.unbindable !== 'run')
    throw await refuse(call, notBindable(subject), options);
  const { verdict } = subject.verdict;
  switch (verdict) {
    case 'allow':
      return { call, decision: allowedBy(subject.verdict.rule) };
    case 'deny':
      throw await refuse(call, deniedByPolicy(subject), options);
    case 'require-approval':
      return approve(call, options);
    default:
      return verdict satisfies never;
  }
}

/** `not_required` where the level's default allows the call, `auto` where a rule of the policy does. */
function allowedBy(rule: string): CallDecision {
  return { decision: rule.startsWith('default:') ? 'not_required' : 'auto', decisionBy: rule };
}

/** Step 3: a grant that covers the call, or else a person. */
async function approve(call: AssessedCall, options: GateOptions): Promise<ApprovedCall> {
  const { argsDigest } = call.subject;
  // An approval binds to a digest; what has none cannot be approved, only allowed by policy.
  if (argsDigest === undefined) throw await refuse(call, notBindable(call.subject), options);
  const grant = await askDesk(call, options, () => options.approvals.findGrant(grantCandidate(call)));
  if (grant !== undefined) {
    return { call, decision: { decision: 'auto', decisionBy: 'similar_match', grantId: grant.grant.id } };
  }
  const requestId = createId(options.environment);
  options.edits.lay(requestId, call);
  let record: ApprovalRecord | undefined;
  try {
    const draft = requestDraft(call, { requestId, argsDigest, nowUs: options.environment.nowUs() });
    record = await askDesk(call, options, () => options.approvals.ask(draft, signalOf(call)));
    return await approvedBy(call, record, options);
  } finally {
    options.edits.take(requestId, undefined);
  }
}

/** The call that a settled request lets run: as asked, or as edited. */
async function approvedBy(call: AssessedCall, record: ApprovalRecord, options: GateOptions): Promise<ApprovedCall> {
  const refusal = refusalOf(call.subject, record);
  if (refusal !== undefined) throw await refuse(call, refusal, options);
  const editedDigest = record.decision?.editedDigest;
  const edited = editedDigest === undefined ? call : options.edits.take(record.request.id, editedDigest);
  if (edited === undefined) {
    throw await refuse(call, mismatch(call.subject, 'its arguments were edited in another process'), options);
  }
  const decisionBy = record.decision?.approver.id ?? 'unknown';
  return {
    call: edited,
    decision: { decision: 'approved', decisionBy, requestId: record.request.id, ...waited(record) },
  };
}

/** Step 4: the intent, durable and signed. The log checks the approval again under its write lock. No record, no run. */
async function begin({ call, decision }: ApprovedCall, options: GateOptions): Promise<OpenCall> {
  if (call.context.signal?.aborted === true) throw await refuse(call, abortedBefore(call.subject), options);
  const receipt = await recordIntent(call, decision, options);
  return openCall(call, receipt, options);
}

async function recordIntent(call: AssessedCall, decision: CallDecision, options: GateOptions): Promise<EntryReceipt> {
  try {
    return await options.recorder.begin({ ...call.subject, ...decision });
  } catch (error) {
    if (!(error instanceof CallRefusedError)) throw recordFailed(call, error);
    // A call id that was begun before has its entry already; every other refusal gets one.
    if (error.code === 'CALL_ALREADY_BEGUN') throw error;
    await recordRefusal(call, mismatch(call.subject, 'its approval no longer held when it was about to run'), options);
    throw error;
  }
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

function openCall(call: AssessedCall, receipt: EntryReceipt, options: GateOptions): OpenCall {
  const startedUs = options.environment.monotonicUs();
  const { signal } = call.context;
  return {
    callId: call.subject.callId,
    args: call.exact.bindable ? decodeExact(call.exact) : call.original,
    signal,
    receipt,
    succeed: async (result) => {
      const shown = describeResult(result, options.redactor);
      const outcome = { outcome: 'ok', result: shown.value, ...(shown.lossy ? { lossy: true } : {}) } as const;
      await finish({ call, receipt, startedUs, carried: { ok: true, result } }, outcome, options);
    },
    fail: async (error, failure) => {
      const aborted = failure?.aborted ?? (signal?.aborted === true && isAbort(error, signal));
      const outcome = {
        outcome: aborted ? 'aborted' : 'tool_error',
        error: describeThrown(error, options.redactor),
      } as const;
      await finish({ call, receipt, startedUs, carried: { ok: false, error } }, outcome, options);
    },
  };
}

interface FinishedCall {
  readonly call: AssessedCall;
  readonly receipt: EntryReceipt;
  readonly startedUs: number;
  readonly carried: OutcomeNotRecordedError['outcome'];
}

async function finish(
  { call, receipt, startedUs, carried }: FinishedCall,
  outcome: Pick<FinishInput, 'outcome' | 'result' | 'error' | 'lossy'>,
  options: GateOptions,
): Promise<void> {
  const { callId, run, tool, context, classification } = call.subject;
  const input: FinishInput = {
    callId,
    run,
    ...(context.session === undefined ? {} : { session: context.session }),
    tool: tool.name,
    begun: receipt.index,
    durationUs: Math.max(0, options.environment.monotonicUs() - startedUs),
    flush: isAtLeast(classification.level, 'critical'),
    ...outcome,
  };
  try {
    await options.recorder.finish(input);
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

/** Records a refusal and answers the error to throw. A refusal that cannot be recorded still refuses. */
async function refuse(call: AssessedCall, refusal: Refusal, options: GateOptions): Promise<CallRefusedError> {
  const cause = await recordRefusal(call, refusal, options);
  return refusalError(call.subject, refusal, cause);
}

/** Answers what went wrong, if the refusal could not be recorded. */
async function recordRefusal(call: AssessedCall, refusal: Refusal, options: GateOptions): Promise<unknown> {
  const { outcome, code, message, decision } = refusal;
  try {
    await options.recorder.refuse({ ...call.subject, ...decision, outcome, code, message });
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Runs a step of the approval; a fault there (the store is gone, the service is closed) refuses the call. */
async function askDesk<T>(call: AssessedCall, options: GateOptions, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const refusal = unavailable(call, error);
    const cause = await recordRefusal(call, refusal, options);
    throw refusalError(call.subject, refusal, cause ?? error);
  }
}

function unavailable(call: AssessedCall, error: unknown): Refusal {
  const code = error instanceof CountersignError ? ` (${error.code})` : '';
  return {
    code: 'APPROVAL_UNAVAILABLE',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:APPROVAL_UNAVAILABLE' },
    message: `The call of tool "${call.subject.tool.name}" was not run: approval could not be asked for${code}.`,
  };
}

function recordFailed(call: AssessedCall, cause: unknown): CallRefusedError {
  const code = cause instanceof CountersignError ? ` (${cause.code})` : '';
  const refusal: Refusal = {
    code: 'RECORD_FAILED',
    outcome: 'refused',
    decision: { decision: 'rejected', decisionBy: 'gate:RECORD_FAILED' },
    message: `The call of tool "${call.subject.tool.name}" was not run: its record could not be written${code}.`,
    hint: 'No record, no run: see the cause, and run `countersign doctor`.',
  };
  return refusalError(call.subject, refusal, cause);
}

function observed(call: AssessedCall, outcome: ObservedOutcome, { redactor }: GateOptions): ObserveInput {
  return {
    ...call.subject,
    success: outcome.success,
    ...(outcome.durationMs === undefined ? {} : { durationUs: Math.max(0, Math.round(outcome.durationMs * 1000)) }),
    ...(outcome.result === undefined ? {} : { result: describeResult(outcome.result, redactor).value }),
    ...(outcome.error === undefined ? {} : { error: describeThrown(outcome.error, redactor) }),
  };
}

function signalOf(call: AssessedCall): { readonly signal?: AbortSignal } {
  return call.context.signal === undefined ? {} : { signal: call.context.signal };
}

function inContext(call: GateCall, { context }: GateOptions): GateCall {
  return { ...call, context: resolveContext(context?.(), call.context) };
}
