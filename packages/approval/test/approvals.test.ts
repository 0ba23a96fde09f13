import type { ApprovalEvent, Channel, DecisionInput, DecisionJournal, EditAssessment } from '@countersign/approval';
import { createScriptedChannel, transition } from '@countersign/approval';
import { sampleDigest } from '@countersign/approval/testing';
import { describe, expect, it } from 'vitest';
import { ADA, APPROVE, createWorld, REJECT, TIMEOUT_MS, turns } from './support.js';

describe('asking', () => {
  it('waits until somebody decides, and then leaves no timer behind', async () => {
    const { approvals, draft, environment } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    const [request] = await approvals.pending();
    expect(request).toMatchObject({ id: draft().id, log: 'example.test/log', requestedAtUs: environment.nowUs() });
    const decision = await approvals.decide(draft().id, REJECT);
    expect(decision).toEqual({
      requestId: draft().id,
      decision: 'rejected',
      approver: ADA,
      attestation: 'server',
      reason: 'Too broad.',
      decidedAtUs: environment.nowUs(),
    });
    expect(await asked).toMatchObject({ state: 'rejected', version: 2, decision });
    expect(await approvals.pending()).toEqual([]);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('gives several waiting calls each its own decision', async () => {
    const { approvals, draft } = createWorld();
    const first = approvals.ask(draft({ id: 'r-1' }));
    const second = approvals.ask(draft({ id: 'r-2' }));
    await turns();
    await approvals.decide('r-2', APPROVE);
    await approvals.decide('r-1', REJECT);
    expect((await first).state).toBe('rejected');
    expect((await second).state).toBe('approved');
  });

  it('ends in a rejection by time when nobody decides', async () => {
    const { approvals, draft, environment } = createWorld();
    const events = listen(approvals);
    const asked = approvals.ask(draft());
    await turns();
    environment.advance(TIMEOUT_MS - 1);
    await turns();
    expect(events).toEqual(['requested']);
    environment.advance(1);
    expect(await asked).toMatchObject({ state: 'expired', cause: 'timeout' });
    await turns();
    expect(events).toEqual(['requested', 'expired timeout']);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('goes on waiting when the wall clock was set back', async () => {
    const { approvals, draft, environment, store } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    environment.stepWallClock(-60_000);
    environment.advance(TIMEOUT_MS);
    await turns();
    expect((await store.request(draft().id))?.state).toBe('pending');
    environment.advance(60_000);
    expect((await asked).cause).toBe('timeout');
  });

  it('waits a little longer where the clock of the journal is behind', async () => {
    const { draft, environment, journal, process, store } = createWorld();
    let refusals = 0;
    const late: DecisionJournal = {
      record: (event) => {
        if (event.kind !== 'expired' || refusals === 2) return journal.record(event);
        refusals += 1;
        environment.stepWallClock(-1);
        return journal.record(event);
      },
    };
    const approvals = process({ journal: late });
    const asked = approvals.ask(draft());
    await turns();
    environment.advance(TIMEOUT_MS);
    await turns();
    expect((await store.request(draft().id))?.state).toBe('pending');
    for (let poll = 0; poll < 4; poll += 1) {
      environment.advance(250);
      await turns();
    }
    expect((await asked).cause).toBe('timeout');
    expect(refusals).toBe(2);
  });

  it('ends when the caller gives up, before or while it waits', async () => {
    const { approvals, draft } = createWorld();
    const controller = new AbortController();
    const asked = approvals.ask(draft({ id: 'r-1' }), { signal: controller.signal });
    await turns();
    controller.abort();
    expect(await asked).toMatchObject({ state: 'expired', cause: 'aborted' });
    const shown: string[] = [];
    const other = createWorld({ channels: [createScriptedChannel((request) => void shown.push(request.id))] });
    const late = other.approvals.ask(other.draft({ id: 'r-2' }), { signal: controller.signal });
    expect(await late).toMatchObject({ state: 'expired', cause: 'aborted' });
    expect(shown).toEqual([]);
  });

  it('fails, and does not settle, when the request or its end cannot be recorded', async () => {
    const { draft, environment, journal, process } = createWorld();
    const failing = (kind: ApprovalEvent['kind']): DecisionJournal => ({
      record: (event) => (event.kind === kind ? Promise.reject(new Error('disk full')) : journal.record(event)),
    });
    await expect(process({ journal: failing('requested') }).ask(draft())).rejects.toThrow('disk full');
    const asked = process({ journal: failing('expired') }).ask(draft());
    const failed = expect(asked).rejects.toThrow('disk full');
    await turns();
    environment.advance(TIMEOUT_MS);
    await failed;
    expect(environment.pendingTimers()).toBe(0);
  });

  it('fails with APPROVALS_CLOSED when the service is closed, and leaves the request to others', async () => {
    const { approvals, draft, environment, process } = createWorld();
    const asked = approvals.ask(draft());
    const failed = expect(asked).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    await turns();
    await approvals.close();
    await failed;
    expect(environment.pendingTimers()).toBe(0);
    await expect(approvals.ask(draft({ id: 'r-2' }))).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    await expect(approvals.decide(draft().id, APPROVE)).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    expect((await process().decide(draft().id, APPROVE)).decision).toBe('approved');
  });
});

describe('several processes on one store', () => {
  it('reach a waiting call within one reading of the store, and tell its process once', async () => {
    const { approvals, draft, environment, process } = createWorld();
    const events = listen(approvals);
    const asked = approvals.ask(draft());
    await turns();
    await process().decide(draft().id, APPROVE);
    environment.advance(250);
    expect((await asked).state).toBe('approved');
    await turns();
    expect(events).toEqual(['requested', 'decided approved']);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('reach it when the row was changed in the store alone', async () => {
    const { approvals, draft, environment, store } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    const pending = await store.request(draft().id);
    const decision = {
      ...REJECT,
      requestId: draft().id,
      attestation: 'server',
      decidedAtUs: environment.nowUs(),
    } as const;
    const result = transition(pending, { kind: 'decided', decision }, environment.nowUs());
    if (!result.ok) throw new Error(result.code);
    await store.apply({ requests: [{ expectVersion: 1, record: result.record }] });
    environment.advance(250);
    expect(await asked).toEqual(result.record);
  });

  it('keep reading after a reading that failed, and report the failure once', async () => {
    const { draft, environment, process, store } = createWorld();
    let failures = 2;
    const approvals = process({
      store: { ...store, request: (id) => (failures-- > 0 ? Promise.reject(new Error('locked')) : store.request(id)) },
    });
    const sources: string[] = [];
    approvals.on('channel-failed', (failure) => sources.push(failure.source));
    const asked = approvals.ask(draft());
    await turns();
    await process().decide(draft().id, APPROVE);
    for (let poll = 0; poll < 3; poll += 1) {
      environment.advance(250);
      await turns();
    }
    expect((await asked).state).toBe('approved');
    expect(sources).toEqual(['store']);
  });

  it('fail a call whose row has vanished', async () => {
    const { draft, environment, process, store } = createWorld();
    const approvals = process({ store: { ...store, request: async () => undefined } });
    const failed = expect(approvals.ask(draft())).rejects.toMatchObject({ code: 'REQUEST_NOT_FOUND' });
    await turns();
    environment.advance(250);
    await failed;
  });
});

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
    const person = { kind: 'person', id: 'builder' } as const;
    expect((await approvals.decide(draft().id, { ...APPROVE, approver: person })).approver).toEqual(person);
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
    ['an unknown member', { signature: 'x' }, '"signature"'],
    ['a reason that is too long', { reason: 'ä'.repeat(2_049) }, 'reason'],
    ['a message that is too long', { messageForModel: 'x'.repeat(4_097) }, 'messageForModel'],
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
    expect(await approvals.revoke(grant.id, { by: ADA, reason: 'Done.' })).toEqual(grant);
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

describe('channels and listeners', () => {
  it('show a request on every channel, and stop when it is settled', async () => {
    const seen: string[] = [];
    const silent: Channel = {
      name: 'silent',
      show: async (request, _decide, signal) => {
        seen.push(`silent ${request.id}`);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        seen.push('silent stopped');
      },
    };
    const answering = createScriptedChannel(() => REJECT, 'answering');
    const { approvals, draft } = createWorld({ channels: [silent, answering] });
    const settled = await approvals.ask(draft());
    expect(settled.decision).toMatchObject({ channel: 'answering', decision: 'rejected' });
    await turns();
    expect(seen).toEqual([`silent ${draft().id}`, 'silent stopped']);
  });

  it('never harm a call by failing, and say how to answer when no channel could show it', async () => {
    const lines: string[] = [];
    const broken: Channel = {
      name: 'broken',
      show: () => {
        throw new Error('no screen');
      },
    };
    const { approvals, draft } = createWorld({ channels: [broken], warn: (line) => lines.push(line) });
    const failures: unknown[] = [];
    approvals.on('channel-failed', ({ source, requestId }) => failures.push([source, requestId]));
    approvals.on('requested', () => {
      throw new Error('a listener');
    });
    approvals.on('requested', () => Promise.reject(new Error('a late listener')));
    const asked = approvals.ask(draft());
    await turns();
    expect(failures).toEqual([
      ['broken', draft().id],
      ['listener:requested', undefined],
      ['listener:requested', undefined],
    ]);
    expect(lines).toEqual([expect.stringContaining(`countersign approve ${draft().id}`)]);
    await approvals.decide(draft().id, APPROVE);
    expect((await asked).state).toBe('approved');
  });

  it('say how to answer where there is no channel, and nothing where one has shown it', async () => {
    const lines: string[] = [];
    const warn = (line: string) => lines.push(line);
    const alone = createWorld({ warn });
    const asked = alone.approvals.ask(alone.draft());
    await turns();
    expect(lines.length).toBe(1);
    await alone.approvals.decide(alone.draft().id, APPROVE);
    await asked;
    const shown = createWorld({ warn, channels: [createScriptedChannel(() => undefined)] });
    const waiting = shown.approvals.ask(shown.draft());
    await turns();
    expect(lines.length).toBe(1);
    await shown.approvals.decide(shown.draft().id, APPROVE);
    await waiting;
  });

  it('survive a listener of failures that fails, and warn', async () => {
    const lines: string[] = [];
    const { approvals, draft } = createWorld({
      channels: [{ name: 'broken', show: () => Promise.reject(new Error('no screen')) }],
      warn: (line) => lines.push(line),
    });
    approvals.on('channel-failed', () => {
      throw new Error('again');
    });
    const asked = approvals.ask(draft());
    await turns();
    expect(lines.length).toBe(2);
    await approvals.decide(draft().id, APPROVE);
    await asked;
  });

  it('are closed with the service, whatever one of them does', async () => {
    const closed: string[] = [];
    const channel = (name: string, close: () => void): Channel => ({ name, show: async () => undefined, close });
    const { approvals } = createWorld({
      channels: [
        channel('broken', () => {
          throw new Error('stuck');
        }),
        channel('fine', () => closed.push('fine')),
      ],
    });
    await approvals.close();
    await approvals.close();
    expect(closed).toEqual(['fine']);
  });

  it('can be removed', async () => {
    const { approvals, draft } = createWorld();
    const seen: string[] = [];
    const listener = () => seen.push('requested');
    approvals.on('requested', listener).off('requested', listener);
    const asked = approvals.ask(draft());
    await turns();
    await approvals.decide(draft().id, APPROVE);
    await asked;
    expect(seen).toEqual([]);
  });
});

/** What the service tells, in order. */
function listen(approvals: ReturnType<typeof createWorld>['approvals']): readonly string[] {
  const told: string[] = [];
  approvals
    .on('requested', () => told.push('requested'))
    .on('decided', (decision) => told.push(`decided ${decision.decision}`))
    .on('expired', (_, cause) => told.push(`expired ${cause}`))
    .on('grant-issued', () => told.push('grant-issued'))
    .on('grant-revoked', (_, by) => told.push(`grant-revoked ${by.id}`));
  return told;
}
