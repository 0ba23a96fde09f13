/**
 * A log that holds something of everything, for the tests of verification: a recorded policy, an approved call with a grant,
 * a call that the grant answers, refusals, expiries, events. Written through the log itself, with keys in memory.
 */

import {
  createPolicy,
  type DecisionDraft,
  type GrantDraft,
  policyDigest,
  type RequestDraft,
} from '@countersign/approval';
import { type Classification, createId, type JsonValue, normalise, type RiskLevel } from '@countersign/core';
import { createTestEnvironment, type TestEnvironment } from '@countersign/core/testing';
import { formatVerifierKey } from '@countersign/tlog';
import type { AuditLog } from '../src/audit-log.js';
import type { BeginInput, CallDecision, CallSubject, EntryReceipt } from '../src/call-record.js';
import { createMemorySigner, type LocalSigner } from '../src/keys/signer.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { openAuditLog } from '../src/open-audit-log.js';
import type { LogStore } from '../src/store.js';
import { sampleCall, sampleClassification } from '../src/testing/sample-call.js';
import { requestOf } from './support.js';

export const ORIGIN = 'example.test/verify';
export const POLICY = createPolicy();
export const POLICY_DIGEST = policyDigest(POLICY, 'rules-1');

/** A log and what verifies it. */
export interface World {
  readonly log: AuditLog;
  readonly store: LogStore;
  readonly environment: TestEnvironment;
  readonly signer: LocalSigner;
  /** The verifier key to pin. */
  readonly key: string;
}

/** A log that has its first entry and its policy on record. */
export async function openWorld(store: LogStore = createMemoryLogStore(), seed = 11): Promise<World> {
  const environment = createTestEnvironment({ seed });
  const signer = createMemorySigner({ origin: ORIGIN, environment });
  const log = await openAuditLog({ store, signer, environment, create: true });
  await recordPolicy(log);
  return { log, store, environment, signer, key: formatVerifierKey(signer.identity.key) };
}

/** Puts the default policy on record, as the statement that its digest covers. */
export async function recordPolicy(log: AuditLog): Promise<void> {
  const statement = { policy: normalise(POLICY).json, ruleSet: 'rules-1' };
  await log.append({ kind: 'policy-changed', policy: POLICY_DIGEST, payloads: { policy: statement } });
}

const EFFECTS: Readonly<Record<RiskLevel, Classification['effects']>> = {
  safe: ['fs.read'],
  moderate: ['fs.write'],
  destructive: ['fs.delete'],
  critical: ['money'],
};

/** A call under the default policy. */
export function callOf(world: World, callId: string, over: { level?: RiskLevel; args?: JsonValue } = {}): CallSubject {
  const { level = 'safe', args = { path: '/work/notes/a.txt' } } = over;
  const verdict = POLICY.defaults[level];
  return sampleCall(world.log.origin, {
    callId,
    args,
    policy: POLICY_DIGEST,
    classification: sampleClassification({ level, effects: EFFECTS[level] }),
    verdict: { verdict, rule: `default:${level}`, reason: 'By default.', timeoutMs: 60_000 },
  });
}

/** Begins a call that the policy allows. */
export function beginAllowed(world: World, call: CallSubject): Promise<EntryReceipt> {
  return world.log.begin({ ...call, decision: 'not_required', decisionBy: call.verdict.rule });
}

/** Records that a call went well. */
export async function finishCall(world: World, call: CallSubject, begun: number): Promise<EntryReceipt> {
  world.environment.advance(3);
  const { callId, run, tool, context } = call;
  const session = context.session === undefined ? {} : { session: context.session };
  const outcome = { outcome: 'ok', durationUs: 3000, result: { text: 'done', n: 1.5 } } as const;
  return world.log.finish({ callId, run, ...session, tool: tool.name, begun, ...outcome });
}

export const ANN = { kind: 'person', id: 'ann' } as const;

/** An approval by Ann. */
export function approvalOf(request: RequestDraft, over: Partial<DecisionDraft> = {}): DecisionDraft {
  return {
    requestId: request.id,
    decision: 'approved',
    approver: ANN,
    attestation: 'server',
    channel: 'terminal',
    reason: 'Looks right.',
    ...over,
  };
}

/** A grant that an approval by Ann gives rise to. */
export function grantOf(world: World, request: RequestDraft, over: Partial<GrantDraft> = {}): GrantDraft {
  return {
    id: createId(world.environment),
    requestId: request.id,
    tool: request.tool,
    toolDigest: request.toolDigest,
    ...(request.session !== undefined && { session: request.session }),
    maxRisk: request.risk,
    signals: request.signals,
    ruleSet: request.ruleSet,
    policy: request.policy,
    arguments: [{ pointer: '/path', kind: 'under', value: '/work/notes' }],
    uses: 2,
    issuedBy: ANN,
    expiresAtUs: world.environment.nowUs() + 3_600_000_000,
    ...over,
  };
}

/** What lets an approved call run. */
export function approvedBy(request: RequestDraft): CallDecision {
  return { decision: 'approved', decisionBy: ANN.id, approvalTimeUs: 1000, requestId: request.id };
}

/** Ten entries: opened, policy, request, decision, grant, approved call and outcome, use of the grant, call and outcome. */
export async function writeTen(world: World): Promise<void> {
  const { log } = world;
  const first = callOf(world, 'risky-1', { level: 'destructive' });
  const request = requestOf(world, first);
  await log.journal.record({ kind: 'requested', request });
  world.environment.advance(500);
  const grant = grantOf(world, request);
  await log.journal.record({ kind: 'decided', decision: approvalOf(request, { grantId: grant.id }), grant });
  const begun = await log.begin({ ...first, ...approvedBy(request) });
  await finishCall(world, first, begun.index);
  const second = callOf(world, 'risky-2', { level: 'destructive', args: { path: '/work/notes/b.txt' } });
  const similar: BeginInput = { ...second, decision: 'auto', decisionBy: 'similar_match', grantId: grant.id };
  const used = await log.begin(similar);
  await finishCall(world, second, used.index);
}

/** Forty more: allowed calls, failures, refusals, a rejection, an expiry, a pending request, observed calls and events. */
export async function writeMore(world: World): Promise<void> {
  const { log, environment } = world;
  for (let i = 0; i < 12; i += 1) {
    const call = callOf(world, `safe-${i}`, {
      level: i % 3 === 0 ? 'moderate' : 'safe',
      args: { path: `/work/${i}`, é: '😀' },
    });
    const { index } = await beginAllowed(world, call);
    environment.advance(40);
    await finishCall(world, call, index);
  }
  const rejected = callOf(world, 'rejected', { level: 'critical' });
  const asked = requestOf(world, rejected);
  await log.journal.record({ kind: 'requested', request: asked });
  await log.journal.record({ kind: 'decided', decision: approvalOf(asked, { decision: 'rejected', reason: 'No.' }) });
  const refusal = { outcome: 'refused', message: 'It was rejected.' } as const;
  await log.refuse({
    ...rejected,
    ...refusal,
    code: 'APPROVAL_REJECTED',
    decision: 'rejected',
    decisionBy: ANN.id,
    requestId: asked.id,
  });
  const late = callOf(world, 'late', { level: 'critical' });
  const expiring = requestOf(world, late, { expiresAtUs: environment.nowUs() + 1_000_000 });
  await log.journal.record({ kind: 'requested', request: expiring });
  environment.advance(2000);
  await log.journal.record({ kind: 'expired', requestId: expiring.id, cause: 'timeout' });
  await log.refuse({ ...late, ...refusal, code: 'APPROVAL_EXPIRED', decision: 'rejected', decisionBy: 'timeout' });
  await log.observe({ ...callOf(world, 'observed'), success: true, durationUs: 5, result: { seen: true } });
  for (let i = 0; i < 9; i += 1) {
    await log.append({ kind: 'system-event', name: `event-${i}`, payloads: { details: { i, text: 'something' } } });
  }
  await log.journal.record({
    kind: 'requested',
    request: requestOf(world, callOf(world, 'waits', { level: 'critical' })),
  });
}
