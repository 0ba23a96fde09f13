/**
 * What a call looks like to approvals: the candidate that grants are matched against, and the draft of a request. Pure.
 */

import { endOf, type GrantCandidate, needsOf, type RequestDraft } from '@countersign/approval';
import type { AssessedCall } from './gate-call.js';
import { toPercent } from './plan/call-members.js';

/** What a grant is matched against. */
export function grantCandidate(call: AssessedCall): GrantCandidate {
  const { tool, toolDigest, context, classification, policy } = call.subject;
  return {
    tool: tool.name,
    ...(tool.server === undefined ? {} : { server: tool.server }),
    toolDigest,
    ...(context.session === undefined ? {} : { session: context.session }),
    risk: classification.level,
    signals: signalIds(call),
    ruleSet: classification.ruleSetVersion,
    policy,
    args: JSON.parse(call.exact.text),
  };
}

/** What an approver is asked about an assessed call. */
export function requestDraft(
  call: AssessedCall,
  { requestId, argsDigest, nowUs }: { readonly requestId: string; readonly argsDigest: string; readonly nowUs: number },
): RequestDraft {
  const { callId, run, tool, toolDigest, context, classification, policy, verdict, args } = call.subject;
  const { actor, ...circumstances } = context;
  const needs = needsOf(verdict.terms, verdict.timeoutMs);
  return {
    id: requestId,
    callId,
    run,
    ...circumstances,
    ...(actor === undefined ? {} : { requester: actor }),
    tool: tool.name,
    ...(tool.server === undefined ? {} : { server: tool.server }),
    toolDigest,
    argsDigest,
    args,
    redacted: call.redacted,
    risk: classification.level,
    confidencePercent: toPercent(classification.confidence),
    reversible: classification.reversible,
    effects: classification.effects,
    signals: signalIds(call),
    ruleSet: classification.ruleSetVersion,
    reasons: classification.reasons,
    policy,
    rule: verdict.rule,
    ...(needs !== undefined && { needs }),
    expiresAtUs: endOf(verdict.terms, verdict.timeoutMs, nowUs),
  };
}

function signalIds(call: AssessedCall): readonly string[] {
  return [...new Set(call.subject.classification.signals.map((signal) => signal.id))].sort();
}
