/**
 * The world of the service's tests: a store, a journal and a clock that is set by hand.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Approvals,
  type ApprovalsOptions,
  createApprovals,
  createMemoryApprovalStore,
  createMemoryJournal,
  type DecisionInput,
  type RequestDraft,
} from '@countersign/approval';
import { sampleRequest } from '@countersign/approval/testing';
import { createTestEnvironment } from '@countersign/core/testing';

export const ADA = { kind: 'person', id: 'ada' } as const;

export const APPROVE: DecisionInput = { decision: 'approved', approver: ADA };

export const REJECT = { decision: 'rejected', approver: ADA, reason: 'Too broad.' } as const satisfies DecisionInput;

export const TIMEOUT_MS = 600_000;

/** A service over a memory store; `process` makes another one on the same store, as another process would be. */
export function createWorld(options: Partial<ApprovalsOptions> = {}) {
  const environment = createTestEnvironment();
  const store = createMemoryApprovalStore();
  const journal = createMemoryJournal({ store, log: 'example.test/log', environment });
  const process = (over: Partial<ApprovalsOptions> = {}) => createApprovals({ store, journal, environment, ...over });
  const draft = (over: Partial<RequestDraft> = {}): RequestDraft => {
    const { log: _log, requestedAtUs: _at, ...request } = sampleRequest();
    return { ...request, expiresAtUs: environment.nowUs() + TIMEOUT_MS * 1_000, ...over };
  };
  return { environment, store, journal, process, draft, approvals: process(options) };
}

/** Lets everything run that waits for nothing but its turn. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

/** What the service tells from now on, in order. */
export function listen(approvals: Approvals): readonly string[] {
  const told: string[] = [];
  approvals
    .on('requested', () => told.push('requested'))
    .on('decided', (decision) => told.push(`decided ${decision.decision}`))
    .on('expired', (_, cause) => told.push(`expired ${cause}`))
    .on('grant-issued', () => told.push('grant-issued'))
    .on('grant-revoked', (_, by) => told.push(`grant-revoked ${by.id}`));
  return told;
}
