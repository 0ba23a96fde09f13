/**
 * The gate: the order of a call, top to bottom (architecture, "One call, end to end").
 *
 *   0 normalise   1 classify   2 policy   3 approve   4 record the intent (and have it witnessed)   5 run   6 record the outcome
 *
 * `withAudit()` and every adapter are thin callers of it. The gate, not the wrapper, writes the log: denied calls, calls
 * with invalid input and calls that a provider ran itself never reach a wrapped tool, and must still be on record.
 */

import {
  ApprovalError,
  type ApprovalRecord,
  type GrantCandidate,
  type GrantRecord,
  type RequestDraft,
} from '@countersign/approval';
import { type CallContext, createId, currentContext, resolveContext } from '@countersign/core';
import { grantCandidate, requestDraft } from './approval-draft.js';
import type { BeginInput, CallDecision, EntryReceipt, ObserveInput, RefuseInput } from './call-record.js';
import { describeObserved, type ObservedOutcome } from './describe-outcome.js';
import type { EditDesk } from './edit-desk.js';
import { ApprovalWithdrawnError, CallRefusedError, GrantSpentError } from './errors.js';
import {
  type AssessedCall,
  type AssessmentParts,
  argumentsToRun,
  assessAgain,
  assessCall,
  type GateCall,
} from './gate-call.js';
import { type FindEarlier, resumptionOf } from './gate-resume.js';
import { lookAgain, type SecondLookParts } from './look-again.js';
import { completeCall, type OpenCall, type OutcomeRecorder, openCall } from './open-call.js';
import {
  abortedBefore,
  alreadyBegun,
  approvalUnavailable,
  deniedByPolicy,
  invalidInput,
  leftWaiting,
  mismatch,
  noLongerHolds,
  notBindable,
  policyUnsteady,
  type Refusal,
  recordFailed,
  refusalError,
  refusalOf,
  waited,
} from './refusal.js';
import { adoptEdit } from './remote-edits.js';
import { awaitWitness, type WitnessDemand } from './witness-demand.js';

export type { ObservedOutcome } from './describe-outcome.js';
export type { OpenCall } from './open-call.js';

/** The part of `AuditLog` that the gate writes to. */
export interface CallRecorder extends OutcomeRecorder {
  begin(input: BeginInput): Promise<EntryReceipt>;
  refuse(input: RefuseInput): Promise<EntryReceipt>;
  observe(input: ObserveInput): Promise<EntryReceipt>;
}

/** The part of `Approvals` that the gate asks. */
export interface ApprovalDesk {
  ask(draft: RequestDraft, options: { readonly signal?: AbortSignal }): Promise<ApprovalRecord>;
  findGrant(candidate: GrantCandidate): Promise<GrantRecord | undefined>;
  giveUp(requestId: string): Promise<void>;
  resume(requestId: string, options: { readonly signal?: AbortSignal }): Promise<ApprovalRecord>;
}

/**
 * What a gate is made of. Classifier, policy and digest are read with each call, and again before it begins: they may be accessors
 * over a policy that changes.
 */
export interface GateOptions extends AssessmentParts, SecondLookParts {
  /** Waits until no change of the policy is under way. */
  readonly policySettled?: () => Promise<void>;
  readonly recorder: CallRecorder;
  readonly approvals: ApprovalDesk;
  readonly edits: EditDesk;
  /** Calls that run only after witnesses have cosigned their intent. */
  readonly requireWitness?: WitnessDemand;
  /**
   * With `argsSalt`: a call that names its run and was asked about before goes on with that request, in whatever process it is
   * begun again.
   */
  readonly earlier?: FindEarlier;
  /** The context of calls that bring none. What `runInSession` set, and then what the call brings itself, win over it. */
  readonly context?: () => CallContext;
}

/** The gate. */
export interface Gate {
  /**
   * Everything before the tool: steps 0 to 4.
   * @throws CallAnsweredError when an approver answered in the tool's place: hand on its `answer` as the tool's.
   * @throws CallRefusedError when the call must not run. The refusal is on record, unless its code is `RECORD_FAILED` or
   * `CALL_ALREADY_BEGUN`, or its `cause` says why it could not be recorded.
   * @throws ConfigError for an identifier or a definition that cannot stand in an entry: nothing has happened then.
   */
  open(call: GateCall): Promise<OpenCall>;
  /**
   * A whole call: opens it, runs `execute` with the approved arguments, records the outcome, answers or throws what the
   * tool answered or threw, unchanged.
   * @throws OutcomeNotRecordedError `OUTCOME_NOT_RECORDED` carrying what the tool answered or threw.
   */
  run<T>(call: GateCall, execute: (open: OpenCall) => T | PromiseLike<T>): Promise<T>;
  /** Records a call whose input the tool's own schema refused, and answers the error to throw. */
  invalid(call: GateCall): Promise<CallRefusedError>;
  /** Records a call that a provider ran itself. @throws CallRefusedError `CALL_ALREADY_BEGUN`. */
  observe(call: GateCall, outcome: ObservedOutcome): Promise<EntryReceipt>;
}

/** Makes a gate. */
export function createGate(options: GateOptions): Gate {
  options.edits.use(options);
  const gate: Gate = {
    open: async (given) => {
      const first = await look(assessCall(inContext(given, options), options), options);
      let approved = await decideForGood(first, options, decide);
      for (;;) {
        try {
          return await begin(approved, options);
        } catch (error) {
          approved = await decideAgain(approved, error, options);
        }
      }
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
      return options.recorder.observe({
        ...call.subject,
        ...describeObserved(outcome, options.redactor, call.subject.tool.name),
      });
    },
  };
  return gate;
}

/** A call with the decision that lets it run. */
interface ApprovedCall {
  readonly call: AssessedCall;
  readonly decision: CallDecision;
  /** The call as a person was asked about it, where one was. */
  readonly asked?: AssessedCall;
}

/** What lets a call begin whose decision held no longer when its intent was to be recorded; throws every other error. */
function decideAgain(approved: ApprovedCall, error: unknown, options: GateOptions): Promise<ApprovedCall> {
  const { call, asked, decision } = approved;
  // Calls that ran at once took the last use of the grant: it is up to a person then, as without it.
  if (error instanceof GrantSpentError) {
    return decideForGood(call, options, (again) => decide(again, options, { person: true }));
  }
  const { requestId } = decision;
  if (!(error instanceof ApprovalWithdrawnError) || asked === undefined || requestId === undefined) throw error;
  return decideForGood(asked, options, (again) =>
    again === asked
      ? askPerson(again, { argsDigest: again.subject.argsDigest ?? '', requestId }, options)
      : decide(again, options),
  );
}

/**
 * Steps 2 and 3 under the policy that is in force when the call begins: where it has changed while the call waited, the call is
 * judged again, and asked about again where the new policy wants that.
 */
async function decideForGood(
  first: AssessedCall,
  options: GateOptions,
  decideOnce: (call: AssessedCall, options: GateOptions) => Promise<ApprovedCall>,
): Promise<ApprovedCall> {
  let call = first;
  for (let changes = 0; ; changes += 1) {
    const approved = await decideOnce(call, options);
    await options.policySettled?.();
    // An edit is judged when it is made: it may be under another policy than the request.
    const { policy } = approved.call.subject;
    if (policy === options.policyDigest && policy === call.subject.policy) return approved;
    const { requestId } = approved.decision;
    if (requestId !== undefined) await askDesk(approved.call, options, () => options.approvals.giveUp(requestId));
    if (changes === MAX_POLICY_CHANGES)
      throw await refuse(approved.call, policyUnsteady(approved.call.subject), options);
    call = await look(assessAgain(approved.call, options), options);
  }
}

/** Step 1, what takes time of it: is the tool the one that it was, and what does a judge say? What cannot be asked or recorded refuses the call. */
async function look(call: AssessedCall, options: GateOptions): Promise<AssessedCall> {
  try {
    return await lookAgain(call, options);
  } catch (error) {
    throw await refuse(call, recordFailed(call.subject, error), options);
  }
}

/** How often a call is judged again because the policy changed while it waited. */
const MAX_POLICY_CHANGES = 8;

/** Steps 2 and 3: the verdict, and where it asks for one, somebody's decision. Throws for a call that must not run. */
async function decide(
  call: AssessedCall,
  options: GateOptions,
  how: { readonly person?: boolean } = {},
): Promise<ApprovedCall> {
  const { subject, context, exact } = call;
  const { verdict, rule } = subject.verdict;
  if (context.signal?.aborted === true) throw await refuse(call, abortedBefore(subject), options);
  if (verdict === 'deny') throw await refuse(call, deniedByPolicy(subject), options);
  if (!exact.bindable && options.policy.unbindable !== 'run') throw await refuse(call, notBindable(subject), options);
  switch (verdict) {
    case 'allow':
      return { call, decision: allowedBy(rule) };
    case 'require-approval':
      return approve(call, options, how);
    default:
      return verdict satisfies never;
  }
}

/** `not_required` where the level's default allows the call, `auto` where a rule of the policy does. */
function allowedBy(rule: string): CallDecision {
  return { decision: rule.startsWith('default:') ? 'not_required' : 'auto', decisionBy: rule };
}

/** Step 3: a grant that covers the call, or else a person; a person alone where that is asked for. */
async function approve(
  call: AssessedCall,
  options: GateOptions,
  { person = false }: { readonly person?: boolean } = {},
): Promise<ApprovedCall> {
  const { argsDigest } = call.subject;
  // An approval binds to a digest; what has none cannot be approved, only allowed by policy.
  if (argsDigest === undefined) throw await refuse(call, notBindable(call.subject), options);
  const grant = await askDesk(call, options, async () =>
    person ? undefined : options.approvals.findGrant(grantCandidate(call)),
  );
  if (grant !== undefined) {
    return { call, decision: { decision: 'auto', decisionBy: 'similar_match', grantId: grant.grant.id } };
  }
  return askPerson(call, { argsDigest }, options);
}

/** The call that a settled request lets run: as asked, or as edited. A request that is named is gone on with. */
async function askPerson(
  call: AssessedCall,
  { argsDigest, requestId: named }: { readonly argsDigest: string; readonly requestId?: string },
  options: GateOptions,
): Promise<ApprovedCall> {
  const earlier = named ?? (await resumable(call, options));
  const requestId = earlier ?? createId(options.environment);
  options.edits.lay(requestId, call);
  try {
    const draft = requestDraft(call, { requestId, argsDigest, nowUs: options.environment.nowUs() });
    const { approvals } = options;
    const record = await askOrLeave(call, options, () =>
      earlier === undefined ? approvals.ask(draft, signalOf(call)) : approvals.resume(earlier, signalOf(call)),
    );
    const refusal = refusalOf(call.subject, record);
    if (refusal !== undefined) throw await refuse(call, refusal, options);
    const approved = await editedCall(call, record, options);
    const decisionBy = record.decision?.approver.id ?? 'unknown';
    const decision = { decision: 'approved', decisionBy, requestId, ...waited(record) } as const;
    return { call: approved, decision, asked: call };
  } finally {
    options.edits.take(requestId, undefined);
  }
}

/** The call as it was approved. */
async function editedCall(call: AssessedCall, record: ApprovalRecord, options: GateOptions): Promise<AssessedCall> {
  const { decision, request } = record;
  if (decision?.editedDigest === undefined) return call;
  const edited = options.edits.take(request.id, decision.editedDigest);
  if (edited !== undefined) return edited;
  // Under another policy the call is asked about again, whatever the edit comes to.
  if (call.subject.policy !== options.policyDigest) return call;
  const adopted = adoptEdit(call, decision, options);
  if ('refusal' in adopted) throw await refuse(call, adopted.refusal, options);
  return adopted.call;
}

/** The request to go on with, where this call was asked about before. */
async function resumable(call: AssessedCall, options: GateOptions): Promise<string | undefined> {
  const { earlier, argsSalt, approvals } = options;
  const { callId, run } = call.subject;
  if (earlier === undefined || argsSalt === undefined || !isResumable(call, options)) return undefined;
  const resumption = resumptionOf(call, await askDesk(call, options, () => earlier({ run, callId })));
  switch (resumption.kind) {
    case 'ask':
      return undefined;
    case 'resume':
      return resumption.requestId;
    case 'ask-again':
      await askDesk(call, options, () => approvals.giveUp(resumption.requestId));
      return undefined;
    case 'begun':
      throw refusalError(call.subject, alreadyBegun(call.subject));
    case 'differs':
      throw await refuse(call, mismatch(call.subject, 'its id is that of another call which was asked about'), options);
    default:
      return resumption satisfies never;
  }
}

/**
 * Step 4: the intent, durable and signed, and cosigned where that is demanded. The log checks the approval again under its write
 * lock. No record, no run.
 */
async function begin({ call, decision }: ApprovedCall, options: GateOptions): Promise<OpenCall> {
  if (call.context.signal?.aborted === true) throw await refuse(call, abortedBefore(call.subject), options);
  // The copy is made before the record: after it, nothing but the tool is left to fail.
  const args = argumentsToRun(call);
  const receipt = await recordIntent(call, decision, options);
  const refusal = await awaitWitness({ call, receipt }, options);
  if (refusal !== undefined) throw refusal;
  return openCall({ call, args, receipt }, options);
}

async function recordIntent(call: AssessedCall, decision: CallDecision, options: GateOptions): Promise<EntryReceipt> {
  try {
    return await options.recorder.begin({ ...call.subject, ...decision });
  } catch (error) {
    if (!(error instanceof CallRefusedError)) {
      throw refusalError(call.subject, recordFailed(call.subject, error));
    }
    // A call id that was begun before has its entry already, and a spent grant or a withdrawn approval is no refusal yet.
    if (error.code === 'CALL_ALREADY_BEGUN' || error instanceof GrantSpentError) throw error;
    if (error instanceof ApprovalWithdrawnError) throw error;
    throw await refuse(call, noLongerHolds(error), options);
  }
}

/** Records a refusal and answers the error to throw. A refusal that cannot be recorded still refuses, and its cause says why. */
async function refuse(call: AssessedCall, refusal: Refusal, options: GateOptions): Promise<CallRefusedError> {
  const { outcome, code, message, decision, answer } = refusal;
  try {
    await options.recorder.refuse({
      ...call.subject,
      ...decision,
      ...{ outcome, code, message },
      ...(answer !== undefined && { result: answer }),
    });
    return refusalError(call.subject, refusal);
  } catch (cause) {
    return refusalError(call.subject, { ...refusal, cause });
  }
}

/** Runs a step of the approval; a fault there (the store is gone, the service is closed) refuses the call. */
async function askDesk<T>(call: AssessedCall, options: GateOptions, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw await refuse(call, approvalUnavailable(call.subject, error), options);
  }
}

/** The same for the wait itself: a call that can be begun again is left to wait when the service is closed, and not on record as refused. */
async function askOrLeave<T>(call: AssessedCall, options: GateOptions, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const isClosed = error instanceof ApprovalError && error.code === 'APPROVALS_CLOSED';
    if (isClosed && isResumable(call, options)) throw refusalError(call.subject, leftWaiting(call.subject, error));
    throw await refuse(call, approvalUnavailable(call.subject, error), options);
  }
}

/** A run of this process alone has ids of its own, which nobody names again. */
function isResumable({ subject }: AssessedCall, { earlier, argsSalt, writer }: GateOptions): boolean {
  return earlier !== undefined && argsSalt !== undefined && subject.run !== writer;
}

function signalOf(call: AssessedCall): { readonly signal?: AbortSignal } {
  return call.context.signal === undefined ? {} : { signal: call.context.signal };
}

/** The call in its circumstances: the gate's own are the ground, then those of the session that it is made in, then its own. */
function inContext(call: GateCall, { context }: GateOptions): GateCall {
  return { ...call, context: resolveContext(context?.(), currentContext(), call.context) };
}
