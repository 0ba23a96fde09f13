/**
 * A call as the gate works on it: normalised once, shown form made once, classified, judged. Pure but for ids and salts.
 */

import { evaluatePolicy, type Policy, type PolicyVerdict } from '@countersign/approval';
import type { Classifier } from '@countersign/classification';
import {
  type CallContext,
  type Classification,
  callDigest,
  canonicalJson,
  checkIdentifier,
  createId,
  type Environment,
  isAtLeast,
  type JsonValue,
  normalise,
  RISK_LEVELS,
  type RiskLevel,
  revive,
  type ToolDefinition,
  toolDigest,
} from '@countersign/core';
import type { CallSubject } from './call-record.js';
import type { Redactor } from './redact/redactor.js';

/** What a caller hands to the gate. */
export interface GateCall {
  /** Unique within the run; a fresh id where it is not given. */
  readonly callId?: string;
  readonly tool: ToolDefinition;
  /** Any JavaScript value. */
  readonly args: unknown;
  readonly context?: CallContext;
}

/** What assessing a call needs. */
export interface AssessmentParts {
  readonly classifier: Classifier;
  readonly policy: Policy;
  readonly policyDigest: string;
  readonly redactor: Redactor;
  readonly environment: Environment;
  /** The log's origin, and its writer: the run of calls that name none. */
  readonly log: string;
  readonly writer: string;
}

/** The exact arguments as canonical text: an immutable string that nobody can change between approval and run. */
export interface ExactArguments {
  readonly text: string;
  /** False where something could not be normalised without loss. */
  readonly bindable: boolean;
}

/** A call, assessed. */
export interface AssessedCall {
  /** What the log and the approvers see. */
  readonly subject: CallSubject;
  readonly exact: ExactArguments;
  readonly context: CallContext;
  /** The caller's own arguments, for a call that policy lets run unbound. */
  readonly original: unknown;
  readonly redacted: boolean;
  readonly salt: Uint8Array;
}

/**
 * Normalises, redacts, classifies and judges one call.
 * @throws ConfigError when an identifier is too long or malformed: nothing has happened then, and nothing is recorded.
 */
export function assessCall(call: GateCall, parts: AssessmentParts): AssessedCall {
  const context = checkContext(call.context ?? {});
  const callId = call.callId ?? createId(parts.environment);
  checkIdentifier('callId', callId);
  const normalised = normalise(call.args);
  const exact = { text: canonicalJson(normalised.json), bindable: normalised.bindable };
  const definitionDigest = toolDigest(call.tool);
  const base = { callId, tool: call.tool, toolDigest: definitionDigest, context, run: context.run ?? parts.writer };
  return describe({ base, exact, context, original: call.args }, parts);
}

/**
 * The same call with other exact arguments: an approver's edit, classified and judged anew.
 */
export function reassessCall(call: AssessedCall, exact: ExactArguments, parts: AssessmentParts): AssessedCall {
  const { callId, tool, toolDigest: definitionDigest, run } = call.subject;
  const base = { callId, tool, toolDigest: definitionDigest, run };
  return describe({ base, exact, context: call.context, original: undefined }, parts);
}

/** The private, ordinary copy of the exact arguments that the tool gets: decoded from the bytes that were approved. */
export function decodeExact(exact: ExactArguments): unknown {
  return revive(JSON.parse(exact.text));
}

interface Described {
  readonly base: Pick<CallSubject, 'callId' | 'tool' | 'toolDigest' | 'run'>;
  readonly exact: ExactArguments;
  readonly context: CallContext;
  readonly original: unknown;
}

function describe({ base, exact, context, original }: Described, parts: AssessmentParts): AssessedCall {
  const args: JsonValue = JSON.parse(exact.text);
  const shown = parts.redactor.redact(args);
  const salt = parts.environment.randomBytes(16);
  const classification = raiseUnbound(classifyClosed(base.tool, args, parts), exact.bindable);
  const { run: _run, signal: _signal, ...circumstances } = context;
  const digest = exact.bindable ? digestOf(base, { args, salt }, parts) : undefined;
  const subject: CallSubject = {
    ...base,
    context: circumstances,
    classification,
    policy: parts.policyDigest,
    verdict: judge(base.tool, context, classification, parts.policy),
    // A copy of its own where nothing was redacted: a channel that changes what it is shown changes nothing else.
    args: shown.count === 0 ? JSON.parse(exact.text) : shown.value,
    ...(digest === undefined ? {} : { argsDigest: digest }),
    ...(digest === undefined || shown.count > 0 ? {} : { argsSalt: salt }),
    bound: exact.bindable,
  };
  return { subject, exact, context, original, redacted: shown.count > 0, salt };
}

function digestOf(
  base: Described['base'],
  bound: { args: JsonValue; salt: Uint8Array },
  parts: AssessmentParts,
): string {
  const { callId, tool, toolDigest: definitionDigest } = base;
  return callDigest({
    ...bound,
    log: parts.log,
    callId,
    tool: tool.name,
    toolDigest: definitionDigest,
    policy: parts.policyDigest,
  });
}

/** A classifier that throws has not said "safe": the call is destructive until somebody has looked. */
function classifyClosed(tool: ToolDefinition, args: JsonValue, parts: AssessmentParts): Classification {
  try {
    return parts.classifier.classify({ tool, args });
  } catch {
    return failedClassification;
  }
}

const failedReason = {
  id: 'classifier.failed',
  level: 'destructive',
  text: 'The classifier failed on this call, so nothing is known about its risk.',
} as const;

const failedClassification: Classification = {
  level: 'destructive',
  score: 50,
  confidence: 0,
  reversible: 'unknown',
  effects: [],
  reasons: [failedReason],
  signals: [{ ...failedReason, effects: [], reversible: 'unknown', confidence: 0 }],
  targets: [],
  parser: { kind: 'none', ok: false, errors: ['CLASSIFIER_FAILED'] },
  ruleSetVersion: 'unknown',
};

/** Arguments that cannot be bound to an approval were not read whole: the risk is one level higher. */
function raiseUnbound(classification: Classification, bindable: boolean): Classification {
  if (bindable || isAtLeast(classification.level, 'critical')) return classification;
  const level: RiskLevel = RISK_LEVELS[RISK_LEVELS.indexOf(classification.level) + 1] ?? 'critical';
  const reason = {
    id: 'arguments.not-bindable',
    level,
    text: 'Parts of the arguments cannot be recorded exactly, so an approval cannot be bound to them.',
  };
  return {
    ...classification,
    level,
    score: Math.max(classification.score, SCORE_FLOOR[level]),
    confidence: Math.min(classification.confidence, 0.5),
    reasons: [reason, ...classification.reasons],
    signals: [...classification.signals, { ...reason, effects: [], reversible: 'unknown', confidence: 0.5 }],
  };
}

/** Where each level's band of scores begins (core, `Classification.score`). */
const SCORE_FLOOR: Readonly<Record<RiskLevel, number>> = { safe: 0, moderate: 25, destructive: 50, critical: 80 };

function judge(
  tool: ToolDefinition,
  context: CallContext,
  classification: Classification,
  policy: Policy,
): PolicyVerdict {
  return evaluatePolicy(policy, { tool, context }, classification);
}

function checkContext(context: CallContext): CallContext {
  const { session, run, step, plan, actor } = context;
  const names = {
    session,
    run,
    step,
    plan,
    'actor.id': actor?.id,
    'actor.keyId': actor?.keyId,
    'actor.role': actor?.role,
  };
  for (const [label, value] of Object.entries(names)) {
    if (value !== undefined) checkIdentifier(label, value);
  }
  return context;
}
