/**
 * The members and payloads by which entries describe a call. Pure.
 */

import { type Actor, type Classification, EFFECTS, type JsonValue, type Reason } from '@countersign/core';
import type { CallDecision, CallSubject } from '../call-record.js';
import { isDecisive } from '../entry/decisive.js';
import type { EntryOf } from '../entry/kinds.js';

/** The most signals that an entry names. */
export const MAX_SIGNALS = 32;

/** What an entry says of a classification. */
export type ClassificationMember = EntryOf<'tool-call'>['classification'];

/** The members that `tool-call` and `tool-refused` share. */
export function subjectMembers(subject: CallSubject) {
  const { callId, run, tool, toolDigest, context, classification, policy, verdict } = subject;
  const { session, step, plan, actor } = context;
  return {
    call: callId,
    run,
    session,
    step,
    plan,
    actor: actor === undefined ? undefined : actorMember(actor),
    tool: tool.name,
    server: tool.server,
    toolDigest,
    risk: classification.level,
    classification: classificationMember(subject),
    policy,
    rule: verdict.rule,
    verdict: verdict.verdict,
    argsDigest: subject.argsDigest,
    bound: subject.bound,
  };
}

/** The members that say how a call came to be decided. */
export function decisionMembers(decision: CallDecision) {
  return {
    decision: decision.decision,
    decisionBy: decision.decisionBy,
    approvalTimeUs: decision.approvalTimeUs,
    request: decision.requestId,
    grant: decision.grantId,
  };
}

/** The payloads that describe a call. */
export function subjectPayloads({ args, argsSalt, classification }: CallSubject) {
  return {
    args,
    argsSalt: argsSalt === undefined ? undefined : Buffer.from(argsSalt).toString('base64'),
    reasons: classification.reasons.map(reasonValue),
  };
}

/** A reason as it is recorded. */
export function reasonValue({ id, level, text, at, alternative }: Reason): JsonValue {
  return {
    id,
    level,
    text: text.toWellFormed(),
    ...(at !== undefined && { at: spanValue(at) }),
    ...(alternative !== undefined && { alternative: alternative.toWellFormed() }),
  };
}

/**
 * Signals as an entry names them: sorted, without repeats, at most `MAX_SIGNALS`, and how many more there were. Those that
 * verdicts rest on come before all others.
 */
export function signalMembers(ids: readonly string[]): Pick<ClassificationMember, 'signals' | 'more'> {
  const distinct = [...new Set(ids)].sort();
  const more = distinct.length - MAX_SIGNALS;
  if (more <= 0) return { signals: distinct };
  const [decisive, others] = [distinct.filter(isDecisive), distinct.filter((id) => !isDecisive(id))];
  return { signals: [...decisive, ...others].slice(0, MAX_SIGNALS).sort(), more };
}

/** An actor with the members that an entry knows, and no other. */
export function actorMember({ kind, id, keyId, role }: Actor): Actor {
  return { kind, id, ...(keyId !== undefined && { keyId }), ...(role !== undefined && { role }) };
}

/** Whether a call can be undone, as an entry says it. */
export function reversibleMember(reversible: Classification['reversible']): ClassificationMember['reversible'] {
  return reversible === 'unknown' ? 'unknown' : reversible ? 'yes' : 'no';
}

/** A confidence from 0 to 1 in whole percent. */
export function toPercent(confidence: number): number {
  return Math.round(Math.min(Math.max(confidence, 0), 1) * 100);
}

function classificationMember({ classification }: CallSubject): ClassificationMember {
  const { ruleSetVersion, signals, effects, reversible, confidence } = classification;
  return {
    ruleSet: ruleSetVersion,
    ...signalMembers(signals.map(({ id }) => id)),
    effects: EFFECTS.filter((effect) => effects.includes(effect)),
    reversible: reversibleMember(reversible),
    confidencePercent: toPercent(confidence),
  };
}

function spanValue({ pointer, start, end }: NonNullable<Reason['at']>): JsonValue {
  return {
    pointer: pointer.toWellFormed(),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  };
}
