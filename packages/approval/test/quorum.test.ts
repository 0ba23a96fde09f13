/** Several approvers for one call, approvals that are taken back, and terms that a policy sets: reasons, roles, escalation. */

import { createTestEnvironment } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalNeeds,
  type Approvals,
  approvalsOf,
  createPolicy,
  evaluatePolicy,
  missingApprovals,
  NEVER_US,
  needsOf,
} from '../src/index.js';
import { createWorld, TIMEOUT_MS, turns } from './support.js';

const approve = (approvals: Approvals, id: string, approver: string) =>
  approvals.decide(id, { decision: 'approved', approver });

/** A world in which one request waits under these needs. */
async function createWaiting(needs?: ApprovalNeeds) {
  const world = createWorld();
  const { approvals, store, draft } = world;
  const told: string[] = [];
  approvals
    .on('approval-given', (decision, _, missing) => told.push(`given by ${decision.approver.id}, ${missing} missing`))
    .on('approval-withdrawn', (_, by) => told.push(`withdrawn by ${by.id}`))
    .on('decided', ({ decision }) => told.push(`decided ${decision}`))
    .on('escalated', (request) => told.push(`escalated to ${request.needs?.roles?.join()}`))
    .on('expired', (_, cause) => told.push(`expired ${cause}`));
  const { id } = draft();
  const waiting = approvals.ask(draft(needs === undefined ? {} : { needs }));
  await turns();
  const row = async () => {
    const record = await store.request(id);
    if (record === undefined) throw new Error('the request is not there');
    return record;
  };
  return { ...world, id, waiting, told, row };
}

describe('a quorum', () => {
  it('waits until as many different approvers have approved, and counts each once', async () => {
    const { approvals, id, waiting, row, told } = await createWaiting({ quorum: 3 });
    await approve(approvals, id, 'ada');
    await expect(approve(approvals, id, 'ada')).rejects.toMatchObject({ code: 'ALREADY_APPROVED' });
    // The same name of another kind is the same party.
    const service = { kind: 'service', id: 'ada' };
    await expect(approvals.decide(id, { decision: 'approved', approver: service })).rejects.toMatchObject({
      code: 'ALREADY_APPROVED',
    });
    const second = await approve(approvals, id, 'bob');
    expect(second).toMatchObject({ approver: { id: 'bob' }, decision: 'approved', attestation: 'server' });
    expect([(await row()).state, missingApprovals(await row())]).toEqual(['pending', 1]);
    await approve(approvals, id, 'cy');
    expect(await waiting).toMatchObject({ state: 'approved', decision: { approver: { id: 'cy' } } });
    expect(approvalsOf(await row()).map(({ approver }) => approver.id)).toEqual(['ada', 'bob', 'cy']);
    expect(told).toEqual(['given by ada, 2 missing', 'given by bob, 1 missing', 'decided approved']);
  });

  it('is ended by one rejection, also by somebody who has approved', async () => {
    const { approvals, id, waiting } = await createWaiting({ quorum: 2 });
    await approve(approvals, id, 'ada');
    await approvals.decide(id, { decision: 'rejected', approver: 'ada' });
    expect((await waiting).state).toBe('rejected');
    await expect(approve(approvals, id, 'bob')).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
  });

  it('counts one key once, under whatever name', async () => {
    const { journal, id, row } = await createWaiting({ quorum: 2 });
    const signed = (name: string) =>
      journal.record({
        kind: 'decided',
        decision: {
          requestId: id,
          decision: 'approved',
          approver: { kind: 'person', id: name },
          attestation: 'ed25519',
          signature: { signedAtUs: 1, value: 'AAAA', key: 'one-key' },
        },
      });
    await signed('ada');
    await expect(signed('bob')).rejects.toMatchObject({ code: 'ALREADY_APPROVED' });
    expect((await row()).approvals).toHaveLength(1);
  });

  it('takes neither edits nor grants', async () => {
    const { approvals, id } = await createWaiting({ quorum: 2 });
    const input = { decision: 'approved', approver: 'ada' } as const;
    await expect(approvals.decide(id, { ...input, editedArgs: {} })).rejects.toMatchObject({
      code: 'EDIT_NOT_ALLOWED',
    });
    await expect(approvals.decide(id, { ...input, remember: {} })).rejects.toMatchObject({ code: 'GRANT_NOT_ALLOWED' });
  });
});

describe('an approval that is withdrawn', () => {
  it('no longer counts, of several and of one', async () => {
    for (const quorum of [1, 2]) {
      const { approvals, id, row, told } = await createWaiting({ quorum });
      await approve(approvals, id, 'ada');
      await approvals.withdraw(id, 'ada');
      expect([(await row()).state, missingApprovals(await row())]).toEqual(['pending', quorum]);
      expect(told.at(-1)).toBe('withdrawn by ada');
      await expect(approvals.withdraw(id, 'ada')).rejects.toMatchObject({ code: 'NOT_APPROVED_BEFORE' });
      await approve(approvals, id, 'ada');
      expect(missingApprovals(await row())).toBe(quorum - 1);
    }
  });

  it('leaves the request to wait again for whoever decides next', async () => {
    const { approvals, id, waiting, row } = await createWaiting();
    await approve(approvals, id, 'ada');
    expect((await waiting).state).toBe('approved');
    await approvals.withdraw(id, 'ada');
    const again = approvals.resume(id);
    await approvals.decide(id, { decision: 'rejected', approver: 'bob' });
    expect((await again).state).toBe('rejected');
    expect((await row()).withdrawals).toMatchObject([{ by: { id: 'ada' } }]);
  });

  it('takes its grant with it', async () => {
    const { approvals, id } = await createWaiting();
    await approvals.decide(id, { decision: 'approved', approver: 'ada', remember: {} });
    expect(await approvals.grants()).toHaveLength(1);
    await approvals.withdraw(id, 'ada');
    expect(await approvals.grants()).toEqual([]);
  });

  it('cannot be one of a call that has begun, or of a request that is over', async () => {
    const { approvals, store, id, row, environment } = await createWaiting();
    await approve(approvals, id, 'ada');
    const approved = await row();
    await store.apply({ requests: [{ expectVersion: 2, record: { ...approved, state: 'used', version: 3 } }] });
    await expect(approvals.withdraw(id, 'ada')).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
    const other = await createWaiting();
    await approve(other.approvals, other.id, 'ada');
    other.environment.advance(TIMEOUT_MS);
    await expect(other.approvals.withdraw(other.id, 'ada')).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
    await expect(approvals.withdraw('nowhere', 'ada')).rejects.toMatchObject({ code: 'REQUEST_NOT_FOUND' });
    expect(environment.nowUs()).toBeLessThan(other.environment.nowUs());
  });

  it('makes its signature useless: it was used once', async () => {
    const { approvals, journal, id, environment } = await createWaiting();
    const signed = () =>
      journal.record({
        kind: 'decided',
        decision: {
          requestId: id,
          decision: 'approved',
          approver: { kind: 'person', id: 'ada' },
          attestation: 'ed25519',
          signature: { signedAtUs: environment.nowUs(), value: 'AAAA', key: 'one-key' },
        },
      });
    await signed();
    await approvals.withdraw(id, 'ada');
    await expect(signed()).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    environment.advance(1);
    await signed();
  });
});

describe('terms', () => {
  it('let only those decide whom they name, by role or by name', async () => {
    const { approvals, id, waiting } = await createWaiting({ roles: ['lead'], approvers: ['grace'] });
    for (const decision of ['approved', 'rejected'] as const) {
      await expect(approvals.decide(id, { decision, approver: 'ada' })).rejects.toMatchObject({
        code: 'APPROVER_NOT_ENTITLED',
      });
    }
    const helper = { kind: 'person', id: 'bob', role: 'helper' };
    await expect(approvals.decide(id, { decision: 'approved', approver: helper })).rejects.toMatchObject({
      code: 'APPROVER_NOT_ENTITLED',
    });
    await approvals.decide(id, { decision: 'approved', approver: { ...helper, role: 'lead' } });
    expect((await waiting).state).toBe('approved');
    const other = await createWaiting({ approvers: ['grace'] });
    await approve(other.approvals, other.id, 'grace');
    expect((await other.waiting).state).toBe('approved');
  });

  it.each([
    ['approved', ['approved'], ['rejected']],
    ['rejected', ['rejected'], ['approved']],
    ['both', ['approved', 'rejected'], []],
  ] as const)('that want a reason for %s take none of them without', async (reason, wanted, free) => {
    const { approvals, id } = await createWaiting({ reason });
    for (const decision of wanted) {
      for (const given of [{}, { reason: ' \t' }]) {
        await expect(approvals.decide(id, { decision, approver: 'ada', ...given })).rejects.toMatchObject({
          code: 'REASON_REQUIRED',
        });
      }
    }
    const [other] = free;
    const reasoned = { decision: 'approved', approver: 'ada', reason: 'I looked.' } as const;
    await approvals.decide(id, other === undefined ? reasoned : { decision: other, approver: 'ada' });
  });

  it('hand a request to others when its time is up, once, and with a time of their own', async () => {
    const { approvals, id, waiting, environment, told, row } = await createWaiting({
      ...{ quorum: 2, roles: ['lead'], reason: 'rejected' },
      ...{ escalateTo: ['head'], escalateUs: 60_000_000 },
    });
    const lead = { kind: 'person', id: 'lea', role: 'lead' };
    const head = { kind: 'person', id: 'hal', role: 'head' };
    await approvals.decide(id, { decision: 'approved', approver: lead });
    environment.advance(TIMEOUT_MS);
    await turns();
    expect(told.at(-1)).toBe('escalated to head');
    const { request, approvals: given } = await row();
    expect(request.needs).toEqual({ quorum: 2, reason: 'rejected', roles: ['head'] });
    expect(request.expiresAtUs).toBe(environment.nowUs() + 60_000_000);
    // Approvals that were given before count on; those who gave them may not decide any more.
    expect(given).toHaveLength(1);
    await expect(
      approvals.decide(id, { decision: 'rejected', approver: { ...lead, id: 'leo' }, reason: 'No.' }),
    ).rejects.toMatchObject({ code: 'APPROVER_NOT_ENTITLED' });
    await approvals.decide(id, { decision: 'approved', approver: head });
    expect((await waiting).state).toBe('approved');
  });

  it('hand it on to nobody a second time: then it runs out', async () => {
    const { environment, waiting, told } = await createWaiting({ escalateTo: ['head'], escalateUs: 60_000_000 });
    environment.advance(TIMEOUT_MS);
    await turns();
    environment.advance(60_000);
    expect(await waiting).toMatchObject({ state: 'expired', cause: 'timeout' });
    expect(told).toEqual(['escalated to head', 'expired timeout']);
  });

  it('hand it on in every process that waits, whichever of them is first', async () => {
    const { process, id, environment, waiting } = await createWaiting({ escalateTo: ['head'], escalateUs: 60_000_000 });
    const other = process();
    const told: string[] = [];
    other.on('escalated', () => told.push('escalated'));
    const resumed = other.resume(id);
    await turns();
    environment.advance(TIMEOUT_MS);
    await turns();
    expect(told).toEqual(['escalated']);
    environment.advance(60_000);
    expect([(await waiting).state, (await resumed).state]).toEqual(['expired', 'expired']);
  });

  it('hand it on at the next opening where no process waited', async () => {
    const { approvals, process, id, environment, waiting, row } = await createWaiting({
      escalateTo: ['head'],
      escalateUs: 60_000_000,
    });
    await approvals.close();
    await expect(waiting).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    environment.advance(TIMEOUT_MS * 2);
    await process().expireOverdue();
    expect(await row()).toMatchObject({ state: 'pending', request: { id, needs: { roles: ['head'] } } });
  });
});

describe('the terms of a policy', () => {
  const judge = (policy: unknown, level: 'critical' | 'destructive', tool = 'run') =>
    evaluatePolicy(createPolicy(policy), { tool: { name: tool }, context: {} }, { level, effects: ['exec'] });

  it('go with the level, and rules add to them: the largest quorum and every reason count', () => {
    const policy = {
      version: 1,
      approval: { critical: { quorum: 2, reason: 'rejected', roles: ['security'] } },
      rules: [
        {
          id: 'deploy',
          match: { tool: 'deploy' },
          verdict: 'require-approval',
          approval: { roles: ['lead'], reason: 'approved' },
        },
        { id: 'many', match: { tool: 'deploy' }, verdict: 'require-approval', approval: { quorum: 3 } },
      ],
    };
    expect(judge(policy, 'critical').terms).toEqual({ quorum: 2, reason: 'rejected', roles: ['security'] });
    expect(judge(policy, 'critical', 'deploy').terms).toEqual({ quorum: 3, reason: 'both', roles: ['lead'] });
    expect(judge(policy, 'destructive').terms).toBeUndefined();
    expect(judge(policy, 'destructive', 'deploy').terms).toEqual({ quorum: 3, reason: 'approved', roles: ['lead'] });
  });

  it('of a project add to those of the user, and change none of them', () => {
    const policy = {
      version: 1,
      tiers: {
        user: { approval: { critical: { roles: ['lead'] } } },
        project: { approval: { critical: { roles: ['anybody'], quorum: 2 } } },
      },
    };
    expect(judge(policy, 'critical').terms).toEqual({ roles: ['lead'], quorum: 2 });
  });

  it('become what a request needs, and when it ends', () => {
    const environment = createTestEnvironment();
    expect(needsOf(undefined, 1_000)).toBeUndefined();
    expect(needsOf({ quorum: 1, onTimeout: 'reject' }, 1_000)).toBeUndefined();
    expect(needsOf({ onTimeout: 'escalate', escalateTo: ['head'] }, 1_000)).toEqual({
      escalateTo: ['head'],
      escalateUs: 1_000_000,
    });
    expect(NEVER_US).toBeGreaterThan(environment.nowUs());
  });

  it.each([
    ['a quorum of none', { quorum: 0 }],
    ['a quorum of eleven', { quorum: 11 }],
    ['nobody', { roles: [] }],
    ['an escalation to nobody', { onTimeout: 'escalate' }],
    ['roles to escalate to, and no escalation', { escalateTo: ['head'] }],
    ['a time for an escalation, and none', { escalateMs: 60_000 }],
    ['a word that is none', { onTimeout: 'shrug' }],
  ])('cannot be %s', (_, terms) => {
    expect(() => createPolicy({ version: 1, approval: { critical: terms } })).toThrow(/approval/);
  });

  it('stand only beside the verdict that asks for approval', () => {
    const rule = { id: 'a', match: { tool: 'a' }, verdict: 'deny', approval: { quorum: 2 } };
    expect(() => createPolicy({ version: 1, rules: [rule] })).toThrow(/require-approval/);
  });
});
