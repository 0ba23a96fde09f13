import type { DecisionInput, EditAssessment } from '@countersign/approval';
import { sampleDigest } from '@countersign/approval/testing';
import type { JsonValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { ADA, APPROVE, createWorld, listen, REJECT, TIMEOUT_MS, turns } from './support.js';

describe('deciding', () => {
  it('tells whoever comes second who came first, what was decided and when', async () => {
    const { approvals, draft, environment, process } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    await approvals.decide(draft().id, APPROVE);
    await asked;
    const bob = { ...REJECT, approver: { kind: 'person', id: 'bob' } } as const;
    await expect(process().decide(draft().id, bob)).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
      requestId: draft().id,
      state: 'approved',
      decidedBy: ADA,
      decision: { decision: 'approved' },
      decidedAtUs: environment.nowUs(),
    });
  });

  it('lets one of two win that decide at once', async () => {
    const { approvals, draft, process } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    const results = await Promise.allSettled([
      approvals.decide(draft().id, APPROVE),
      process().decide(draft().id, REJECT),
      approvals.decide(draft().id, REJECT),
    ]);
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.decision] : []));
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(won).toEqual([(await asked).state]);
    expect(lost).toEqual(['ALREADY_DECIDED', 'ALREADY_DECIDED']);
  });

  it('comes too late at the end of the time, even where nobody recorded the end', async () => {
    const { draft, environment, journal, process } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    const end = draft().expiresAtUs;
    environment.advance(TIMEOUT_MS);
    expect(await process().pending()).toEqual([]);
    await expect(process().decide(draft().id, APPROVE)).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
      decidedBy: 'timeout',
      decidedAtUs: end,
    });
  });

  it('lists the requests that still wait, though many stand before them whose processes died', async () => {
    const { approvals, draft, environment, journal } = createWorld();
    const open = { kind: 'requested' } as const;
    for (let at = 0; at < 101; at += 1) await journal.record({ ...open, request: draft({ id: `dead-${at}` }) });
    environment.advance(TIMEOUT_MS);
    for (const id of ['r-1', 'r-2']) await journal.record({ ...open, request: draft({ id }) });
    expect((await approvals.pending()).map((request) => request.id)).toEqual(['r-1', 'r-2']);
    expect((await approvals.pending({ limit: 1 })).map((request) => request.id)).toEqual(['r-1']);
  });

  it('is not for the requester, whatever the answer', async () => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    const approver = { kind: 'agent', id: 'builder', role: 'other' } as const;
    for (const input of [
      { ...APPROVE, approver },
      { ...REJECT, approver },
    ]) {
      await expect(approvals.decide(draft().id, input)).rejects.toMatchObject({ code: 'SELF_APPROVAL' });
    }
    const person = { kind: 'person', id: 'grace' } as const;
    expect((await approvals.decide(draft().id, { ...APPROVE, approver: person })).approver).toEqual(person);
  });

  it('takes a member that is undefined for one that is absent', async () => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    // As plain JavaScript would hand it in.
    const input: DecisionInput = { ...APPROVE, ...Object.fromEntries([['reason', undefined]]) };
    expect(await approvals.decide(draft().id, input)).not.toHaveProperty('reason');
  });

  it('does not put into its message the kind or name of an approver that is more than plain text', async () => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    await approvals.decide(draft().id, { ...APPROVE, approver: { kind: 'bot\u202e', id: 'x\u200by' } });
    const second = approvals.decide(draft().id, REJECT);
    await expect(second).rejects.toThrow(/it is approved by \(not printable\) \(not printable\) at \S+Z$/);
  });

  it('takes edited arguments that are strict JSON, runs no code of them, and ends for parts that stand in many places', async () => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    let runs = 0;
    const traps = Object.fromEntries(
      ['get', 'ownKeys', 'getOwnPropertyDescriptor'].map((name) => [name, () => runs++]),
    );
    let doubled: JsonValue = 'x';
    for (let level = 0; level < 60; level += 1) doubled = [doubled, doubled];
    const getter = Object.defineProperty({}, 'a', { enumerable: true, get: () => runs++ });
    for (const args of [doubled, getter, new Proxy({}, traps), { a: [new Proxy([], traps)] }]) {
      const input = { ...APPROVE, editedArgs: args };
      await expect(approvals.decide(draft().id, input)).rejects.toMatchObject({
        code: 'DECISION_INVALID',
        message: 'decision: editedArgs: expected strict JSON',
      });
    }
    expect(runs).toBe(0);
  });

  it('names an unknown request', async () => {
    await expect(createWorld().approvals.decide('nowhere', APPROVE)).rejects.toMatchObject({
      code: 'REQUEST_NOT_FOUND',
    });
  });

  it.each<[string, object, string]>([
    ['another answer', { decision: 'maybe' }, 'decision'],
    ['no approver', { approver: undefined }, 'approver'],
    ['an approver without a name', { approver: { kind: 'person', id: '' } }, 'approver.id'],
    ['an unknown member', { assertion: 'x' }, '"assertion"'],
    ['a signature of another form', { signature: 'x' }, 'signature'],
    ['a reason that is too long', { reason: 'ä'.repeat(2_049) }, 'reason'],
    ['a message that is too long', { messageForModel: 'x'.repeat(4_097) }, 'messageForModel'],
    ['an answer to an approval', { respondWith: 'done' }, 'only a rejection'],
    ['an answer that is no JSON', { decision: 'rejected', respondWith: () => 1 }, 'respondWith'],
    ['an answer that is too long', { decision: 'rejected', respondWith: 'x'.repeat(65_535) }, 'respondWith'],
    ['edits that are no JSON', { editedArgs: { when: new Date(0) } }, 'editedArgs'],
    [
      'edits behind a getter',
      { editedArgs: Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }) },
      'editedArgs',
    ],
    ['edits of a rejection', { decision: 'rejected', editedArgs: {} }, 'rejection'],
    ['a rejection to be remembered', { decision: 'rejected', remember: {} }, 'rejection'],
    ['a scope out of bounds', { remember: { uses: 0 } }, 'remember.uses'],
  ])('refuses %s, and the request still waits', async (_, over, part) => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    // What comes from outside is not held by the type.
    const input: DecisionInput = { ...APPROVE, ...over };
    await expect(approvals.decide(draft().id, input)).rejects.toMatchObject({
      code: 'DECISION_INVALID',
      message: expect.stringContaining(part),
    });
    expect((await approvals.pending()).length).toBe(1);
  });
});

describe('editing', () => {
  const edit: EditAssessment = {
    editedDigest: sampleDigest('E'),
    editedArgs: { path: '/work/c.txt' },
    risk: 'destructive',
    verdict: 'require-approval',
  };

  it('records the edited arguments as they were assessed, and binds the approval to them', async () => {
    const assessed: unknown[] = [];
    const edits = {
      assessEdit: async (id: string, args: unknown) => {
        assessed.push([id, args]);
        return edit;
      },
    };
    const { approvals, draft, journal } = createWorld({ edits });
    await journal.record({ kind: 'requested', request: draft() });
    const decision = await approvals.decide(draft().id, { ...APPROVE, editedArgs: { path: '[redacted:x]' } });
    expect(assessed).toEqual([[draft().id, { path: '[redacted:x]' }]]);
    expect(decision).toMatchObject({
      editedArgs: edit.editedArgs,
      editedDigest: edit.editedDigest,
      editedRisk: 'destructive',
    });
  });

  it.each<[string, EditAssessment | undefined, object, string]>([
    ['where the call does not wait', undefined, {}, 'EDIT_NOT_POSSIBLE_HERE'],
    ['that the policy denies', { ...edit, verdict: 'deny', risk: 'safe' }, {}, 'EDIT_DENIED'],
    ['that raises the risk', { ...edit, risk: 'critical' }, {}, 'EDIT_RAISES_RISK'],
    ['that is to be remembered', edit, { remember: {} }, 'GRANT_NOT_ALLOWED'],
  ])('is refused %s', async (_, assessment, over, code) => {
    const { approvals, draft, journal } = createWorld({ edits: { assessEdit: async () => assessment } });
    await journal.record({ kind: 'requested', request: draft() });
    await expect(approvals.decide(draft().id, { ...APPROVE, editedArgs: {}, ...over })).rejects.toMatchObject({ code });
    expect((await approvals.pending()).length).toBe(1);
  });

  it('is refused where nobody can assess it', async () => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft() });
    await expect(approvals.decide(draft().id, { ...APPROVE, editedArgs: null })).rejects.toMatchObject({
      code: 'EDIT_NOT_POSSIBLE_HERE',
    });
  });
});

describe('remembering', () => {
  it('issues a grant with the decision, which then answers similar calls until it ends or is revoked', async () => {
    const { approvals, draft, environment, journal } = createWorld();
    const events = listen(approvals);
    await journal.record({ kind: 'requested', request: draft() });
    const decision = await approvals.decide(draft().id, { ...APPROVE, remember: { uses: 3, arguments: [] } });
    const [grant] = await approvals.grants();
    expect(grant).toMatchObject({ id: decision.grantId, requestId: draft().id, issuedBy: ADA, uses: 3 });
    const candidate = { ...draft(), args: {} };
    expect((await approvals.findGrant(candidate))?.grant).toEqual(grant);
    expect(await approvals.findGrant({ ...candidate, session: 'session-2' })).toBeUndefined();
    expect(await approvals.findGrant({ ...candidate, toolDigest: sampleDigest('Z') })).toBeUndefined();
    expect(await approvals.findGrant({ ...candidate, risk: 'critical' })).toBeUndefined();
    if (grant === undefined) throw new Error('no grant');
    // As plain JavaScript would hand it in.
    const revocation = { by: ADA, ...Object.fromEntries([['reason', undefined]]) };
    expect(await approvals.revoke(grant.id, revocation)).toEqual(grant);
    expect(await approvals.grants()).toEqual([]);
    expect(await approvals.findGrant(candidate)).toBeUndefined();
    await expect(approvals.revoke(grant.id, { by: ADA })).rejects.toMatchObject({ code: 'GRANT_REVOKED' });
    expect(events).toEqual(['decided approved', 'grant-issued', 'grant-revoked ada']);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('takes of several grants the one that ends first, and none that has ended', async () => {
    const { approvals, draft, environment, journal } = createWorld();
    for (const [id, expiresInMs] of [
      ['r-1', 9_000],
      ['r-2', 2_000],
      ['r-3', 5_000],
    ] as const) {
      await journal.record({ kind: 'requested', request: draft({ id }) });
      await approvals.decide(id, { ...APPROVE, remember: { expiresInMs, arguments: [] } });
    }
    const found = async () => (await approvals.findGrant(draft()))?.grant.requestId;
    expect(await found()).toBe('r-2');
    environment.advance(2_000);
    expect(await found()).toBe('r-3');
    environment.advance(7_000);
    expect(await found()).toBeUndefined();
  });

  it('is refused for a critical request, which still waits', async () => {
    const { approvals, draft, journal } = createWorld();
    await journal.record({ kind: 'requested', request: draft({ risk: 'critical' }) });
    await expect(approvals.decide(draft().id, { ...APPROVE, remember: {} })).rejects.toMatchObject({
      code: 'GRANT_NOT_ALLOWED',
    });
    expect((await approvals.pending()).length).toBe(1);
    expect(await approvals.grants()).toEqual([]);
  });

  it('names an unknown grant, and refuses a revocation without a person', async () => {
    const { approvals } = createWorld();
    await expect(approvals.revoke('nowhere', { by: ADA })).rejects.toMatchObject({ code: 'GRANT_NOT_FOUND' });
    await expect(approvals.revoke('nowhere', { by: { kind: 'person', id: '' } })).rejects.toMatchObject({
      code: 'DECISION_INVALID',
    });
  });
});

describe('an approver who gives a name alone', () => {
  it('is on record as a person of that name', async () => {
    const { approvals, draft } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    const decision = await approvals.decide(draft().id, { decision: 'approved', approver: 'ada' });
    expect(decision.approver).toEqual({ kind: 'person', id: 'ada' });
    expect((await asked).state).toBe('approved');
  });

  it('cannot be the requester under another kind', async () => {
    const { approvals, draft } = createWorld();
    const asked = approvals.ask({ ...draft(), requester: { kind: 'agent', id: 'ada' } });
    await turns();
    const decided = approvals.decide(draft().id, { decision: 'approved', approver: 'ada' });
    await expect(decided).rejects.toMatchObject({ code: 'SELF_APPROVAL' });
    await approvals.decide(draft().id, { decision: 'rejected', approver: 'grace' });
    expect((await asked).state).toBe('rejected');
  });
});
