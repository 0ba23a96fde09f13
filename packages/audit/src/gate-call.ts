/**
 * A call as the gate works on it: normalised once, shown form made once, classified, judged. Pure but for ids and salts.
 *
 * Everything in it is a private copy or frozen: nothing that a caller, a channel or a listener does afterwards changes it.
 */

import { evaluatePolicy, type Policy } from '@countersign/approval';
import type { Classifier } from '@countersign/classification';
import {
  type CallContext,
  ConfigError,
  CountersignError,
  callDigest,
  canonicalJson,
  checkIdentifier,
  createId,
  type Environment,
  type JsonValue,
  normalise,
  revive,
  type ToolDefinition,
  toolDigest,
} from '@countersign/core';
import type { ArgsSalt } from './args-salt.js';
import { assessRisk, withShadows } from './assess-risk.js';
import type { CallSubject } from './call-record.js';
import type { Redactor } from './redact/redactor.js';
import { NOTHING_FOUND, type SecondLook, withSecondLook } from './second-look.js';
import { showClassification, showIdentifier, showValue } from './shown-form.js';

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
  /** Makes the salts of digests, so that a call which is begun again has the digest that it had; random ones without it. */
  readonly argsSalt?: ArgsSalt;
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
  /** The caller's own arguments, for a call that policy lets run unbound; undefined for all others. */
  readonly original: unknown;
  readonly redacted: boolean;
  /** What a second look found of it. */
  readonly look: SecondLook;
}

/**
 * Normalises, redacts, classifies and judges one call.
 * @throws ConfigError OPTION_INVALID or LIMIT_EXCEEDED when an identifier is too long or malformed, or the definition is not
 * plain JSON: nothing has happened then, and nothing is recorded.
 */
export function assessCall(call: GateCall, parts: AssessmentParts): AssessedCall {
  const show = (text: string): string => showIdentifier(text, parts.redactor);
  const context = ownContext(call.context ?? {}, show);
  const given = call.callId ?? createId(parts.environment);
  checkIdentifier('callId', given);
  const callId = show(given);
  const tool = ownDefinition(call.tool, show);
  const base = { callId, tool, toolDigest: digestOfTool(tool), run: context.run ?? parts.writer };
  const { json: args, bindable } = normalise(call.args);
  return describe(
    { base, args, bindable, context, original: bindable ? undefined : call.args, look: NOTHING_FOUND },
    parts,
  );
}

/** The same call with other exact arguments: an approver's edit, classified and judged anew. */
export function reassessCall(call: AssessedCall, edited: unknown, parts: AssessmentParts): AssessedCall {
  const { callId, tool, toolDigest: definitionDigest, run } = call.subject;
  const base = { callId, tool, toolDigest: definitionDigest, run };
  const { json: args, bindable } = normalise(edited);
  // An opinion was about other arguments.
  const look = { isChanged: call.look.isChanged };
  return describe({ base, args, bindable, context: call.context, original: undefined, look }, parts);
}

/** The same call under the policy that is in force now, with what a second look found. */
export function assessAgain(
  call: AssessedCall,
  parts: AssessmentParts,
  look: SecondLook = NOTHING_FOUND,
): AssessedCall {
  const { callId, tool, toolDigest: definitionDigest, run } = call.subject;
  const base = { callId, tool, toolDigest: definitionDigest, run };
  const { json: args, bindable } = normalise(argumentsToRun(call));
  return describe({ base, args, bindable, context: call.context, original: call.original, look }, parts);
}

/** What the tool gets: a private, ordinary copy decoded from the bytes that were approved; the caller's own where policy lets a call run unbound. */
export function argumentsToRun({ exact, original }: AssessedCall): unknown {
  return exact.bindable ? revive(JSON.parse(exact.text)) : original;
}

interface Described {
  readonly base: Pick<CallSubject, 'callId' | 'tool' | 'toolDigest' | 'run'>;
  /** Normalised, and therefore frozen. */
  readonly args: JsonValue;
  readonly bindable: boolean;
  readonly context: CallContext;
  readonly original: unknown;
  readonly look: SecondLook;
}

function describe({ base, args, bindable, context, original, look }: Described, parts: AssessmentParts): AssessedCall {
  const { tool } = base;
  const shown = showValue(args, parts.redactor, { tool: tool.name, part: 'args' });
  const text = canonicalJson(args);
  const salt = saltOf(base, text, parts);
  const first = assessRisk({ classifier: parts.classifier, tool, args, bindable, context });
  const assessed = withSecondLook(first, look, { bindable });
  const verdict = evaluatePolicy(parts.policy, { tool, context }, assessed);
  const classification = withShadows(assessed, verdict.shadows);
  const { run: _run, signal: _signal, ...circumstances } = context;
  const subject: CallSubject = {
    ...base,
    context: circumstances,
    classification: showClassification(classification, parts.redactor),
    policy: parts.policyDigest,
    verdict,
    args: shown.value,
    ...(bindable && { argsDigest: digestOfCall(base, { args, salt }, parts) }),
    // Whoever has the salt can try arguments until one fits the digest: it is destroyed where a secret is among them.
    ...(bindable && shown.count === 0 && { argsSalt: salt }),
    bound: bindable,
  };
  return { subject, exact: { text, bindable }, context, original, redacted: shown.count > 0, look };
}

/** What a salt is made for: one call, with these exact arguments as canonical text. */
export function saltStatement({ run, callId }: Pick<CallSubject, 'run' | 'callId'>, text: string): string {
  return canonicalJson([run, callId, text]);
}

function saltOf({ run, callId }: Described['base'], text: string, parts: AssessmentParts): Uint8Array {
  const { argsSalt, environment } = parts;
  return argsSalt === undefined ? environment.randomBytes(16) : argsSalt(saltStatement({ run, callId }, text));
}

function digestOfCall(
  base: Described['base'],
  bound: { readonly args: JsonValue; readonly salt: Uint8Array },
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

function digestOfTool(tool: ToolDefinition): string {
  try {
    return toolDigest(tool);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError('OPTION_INVALID', 'tool: expected a definition of plain JSON', {
      hint: 'Leave out what is no plain data, and texts with halves of surrogate pairs.',
      ...(error instanceof CountersignError && { cause: error }),
    });
  }
}

/** A definition that nobody can change while the call waits. A frozen one is taken as it is, and classified faster. */
function ownDefinition(tool: ToolDefinition, show: (text: string) => string): ToolDefinition {
  checkIdentifier('tool.name', tool.name);
  if (tool.server !== undefined) checkIdentifier('tool.server', tool.server);
  const name = show(tool.name);
  const server = tool.server === undefined ? undefined : show(tool.server);
  if (Object.isFrozen(tool) && name === tool.name && server === tool.server) return tool;
  const { title, description, inputSchema, annotations } = tool;
  return Object.freeze({
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(inputSchema !== undefined && { inputSchema }),
    ...(annotations !== undefined && { annotations: Object.freeze({ ...annotations }) }),
    ...(server !== undefined && { server }),
  });
}

/** A private copy of the context, its identifiers checked and without secrets. */
function ownContext(given: CallContext, show: (text: string) => string): CallContext {
  const { session, run, step, plan, actor } = given;
  for (const [label, value] of Object.entries({ session, run, step, plan })) {
    if (value !== undefined) checkIdentifier(label, value);
  }
  const context: CallContext = {
    ...given,
    ...(session !== undefined && { session: show(session) }),
    ...(run !== undefined && { run: show(run) }),
    ...(step !== undefined && { step: show(step) }),
    ...(plan !== undefined && { plan: show(plan) }),
  };
  if (actor === undefined) return context;
  const { kind, id, keyId, role } = actor;
  checkIdentifier('actor.kind', kind);
  checkIdentifier('actor.id', id);
  if (keyId !== undefined) checkIdentifier('actor.keyId', keyId);
  if (role !== undefined) checkIdentifier('actor.role', role);
  return {
    ...context,
    actor: {
      kind,
      id: show(id),
      ...(keyId !== undefined && { keyId }),
      ...(role !== undefined && { role: show(role) }),
    },
  };
}
