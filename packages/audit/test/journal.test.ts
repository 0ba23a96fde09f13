import type { ApprovalEvent, DecisionDraft, GrantDraft, GrantRecord, RequestDraft } from '@countersign/approval';
import { createId } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import type { BeginInput, CallSubject } from '../src/call-record.js';
import type { Entry } from '../src/entry/kinds.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import {
  projectConsumed,
  projectDecision,
  projectExpired,
  projectGrant,
  projectGrantRevoked,
  projectGrantUse,
  projectRequest,
  UNREADABLE_PATTERNS,
} from '../src/projection.js';
import { createFaultyStore } from '../src/testing/faulty-store.js';
import { sampleCall, sampleClassification } from '../src/testing/sample-call.js';
import { createTestLog, type TestLog } from '../src/testing/test-log.js';
import { digestOf, expectSound, kindsOf, payloadsOf, readAll, requestOf } from './support.js';

const ann = { kind: 'person', id: 'ann' } as const;

/** A destructive call that asks for approval. */
function riskyCall({ log }: TestLog, over: Partial<CallSubject> = {}): CallSubject & { readonly argsDigest: string } {
  const classification = sampleClassification({ level: 'destructive' });
  const call = sampleCall(log.origin, { classification, ...over });
  return { ...call, argsDigest: digestOf(log.origin, call) };
}

function requestFor(world: TestLog, call: CallSubject & { readonly argsDigest: string }): RequestDraft {
  return requestOf(world, call, { rule: 'default:destructive' });
}

function decisionOn(requestId: string, over: Partial<DecisionDraft> = {}): DecisionDraft {
  return { requestId, decision: 'approved', approver: ann, attestation: 'server', channel: 'terminal', ...over };
}

function grantOn(world: TestLog, request: RequestDraft, over: Partial<GrantDraft> = {}): GrantDraft {
  return {
    id: createId(world.environment),
    requestId: request.id,
    tool: request.tool,
    toolDigest: request.toolDigest,
    session: 'session-1',
    maxRisk: 'destructive',
    signals: ['tool.read'],
    ruleSet: request.ruleSet,
    policy: request.policy,
    arguments: [{ pointer: '/path', kind: 'under', value: '/work' }],
    uses: 2,
    issuedBy: ann,
    expiresAtUs: world.environment.nowUs() + 3_600_000_000,
    ...over,
  };
}

async function requested(world: TestLog, over: Partial<CallSubject> = {}) {
  const call = riskyCall(world, over);
  const request = requestFor(world, call);
  await world.log.journal.record({ kind: 'requested', request });
  return { call, request };
}

function approvedBegin(call: CallSubject, requestId: string, over: Partial<BeginInput> = {}): BeginInput {
  return { ...call, decision: 'approved', decisionBy: 'ann', requestId, ...over };
}

/** All rows, derived from the entries and payloads alone. */
async function deriveRows({ store }: TestLog) {
  const requests = new Map();
  const grants = new Map<string, GrantRecord>();
  for (const entry of await readAll(store)) await derive(entry);
  return { requests: [...requests.values()], grants: [...grants.values()] };

  async function derive(entry: Entry): Promise<void> {
    const payloads = Object.fromEntries(
      (await store.payloads({ from: entry.index, to: entry.index + 1 })).map(({ name, bytes }) => [
        name,
        JSON.parse(Buffer.from(bytes).toString()),
      ]),
    );
    if (entry.kind === 'approval-requested') requests.set(entry.request, projectRequest(entry, payloads));
    if (entry.kind === 'approval-decided')
      requests.set(entry.request, projectDecision(requests.get(entry.request), entry, payloads));
    if (entry.kind === 'approval-expired')
      requests.set(entry.request, projectExpired(requests.get(entry.request), entry));
    if (entry.kind === 'tool-call' && entry.request !== undefined)
      requests.set(entry.request, projectConsumed(requests.get(entry.request)));
    if (entry.kind === 'grant-issued') grants.set(entry.grant, projectGrant(entry, payloads));
    if (entry.kind !== 'grant-used' && entry.kind !== 'grant-revoked') return;
    const record = grants.get(entry.grant);
    if (record === undefined) throw new Error('no such grant');
    grants.set(entry.grant, entry.kind === 'grant-used' ? projectGrantUse(record) : projectGrantRevoked(record));
  }
}

async function expectRowsDerive(world: TestLog): Promise<void> {
  const { requests, grants } = await deriveRows(world);
  expect(await world.store.requestRows({ limit: 1000 })).toEqual(
    requests.sort((a, b) => (a.request.id < b.request.id ? -1 : 1)),
  );
  expect(await world.store.grantRows({ limit: 1000 })).toEqual(
    grants.sort((a, b) => (a.grant.id < b.grant.id ? -1 : 1)),
  );
}

describe('the journal', () => {
  it('records a request with its row', async () => {
    const world = await createTestLog();
    const call = riskyCall(world);
    const request = requestFor(world, call);
    const result = await world.log.journal.record({ kind: 'requested', request });
    expect(result.request).toMatchObject({
      state: 'pending',
      version: 1,
      request: { ...request, log: world.log.origin, requestedAtUs: world.environment.nowUs() },
    });
    expect(await world.store.approvals.request(request.id)).toEqual(result.request);
    const [, entry] = await readAll(world.store);
    expect(entry).toMatchObject({
      kind: 'approval-requested',
      request: request.id,
      call: 'call-1',
      argsDigest: call.argsDigest,
    });
    expect(await payloadsOf(world.store, 1)).toMatchObject({ args: call.args });
    await expectRowsDerive(world);
  });

  it('records a decision with its grant in one commit', async () => {
    const store = createFaultyStore(createMemoryLogStore());
    const world = await createTestLog({ store });
    const { request } = await requested(world);
    const before = store.commits;
    const grant = grantOn(world, request);
    const decision = decisionOn(request.id, { reason: 'fine', messageForModel: 'go on', grantId: grant.id });
    const result = await world.log.journal.record({ kind: 'decided', decision, grant });
    expect(store.commits - before).toBe(1);
    expect(result.request).toMatchObject({ state: 'approved', version: 2, decision });
    expect(result.grant).toEqual({
      grant: { ...grant, issuedAtUs: world.environment.nowUs() },
      version: 1,
      used: 0,
      revoked: false,
    });
    expect((await kindsOf(store)).slice(2)).toEqual(['approval-decided', 'grant-issued']);
  });

  it('keeps the shown arguments whole in the row where the payload is a preview', async () => {
    const world = await createTestLog({ maxPayloadBytes: 1024 });
    const args = { text: 'x'.repeat(5000) };
    const { request } = await requested(world, { args });
    expect((await world.store.approvals.request(request.id))?.request.args).toEqual(args);
    expect(await payloadsOf(world.store, 1)).toMatchObject({ args: { $t: 'truncated' } });
  });

  it('refuses what does not apply, with the error of the port, and records nothing', async () => {
    const world = await createTestLog();
    const { journal } = world.log;
    const { request } = await requested(world);
    await journal.record({ kind: 'decided', decision: decisionOn(request.id, { decision: 'rejected' }) });
    const absent = createId(world.environment);
    const cases: readonly (readonly [ApprovalEvent, object])[] = [
      [
        { kind: 'decided', decision: decisionOn(request.id) },
        { code: 'ALREADY_DECIDED', state: 'rejected', decidedBy: ann },
      ],
      [{ kind: 'expired', requestId: request.id, cause: 'aborted' }, { code: 'ALREADY_DECIDED' }],
      [{ kind: 'requested', request }, { code: 'TRANSITION_REFUSED' }],
      [{ kind: 'decided', decision: decisionOn(absent) }, { code: 'REQUEST_NOT_FOUND' }],
      [{ kind: 'expired', requestId: absent, cause: 'timeout' }, { code: 'REQUEST_NOT_FOUND' }],
      [{ kind: 'grant-revoked', grantId: absent, by: ann }, { code: 'GRANT_NOT_FOUND' }],
    ];
    for (const [event, expected] of cases) await expect(journal.record(event)).rejects.toMatchObject(expected);
    expect(await kindsOf(world.store)).toEqual(['log-opened', 'approval-requested', 'approval-decided']);
    await expectRowsDerive(world);
  });

  it('lets the first of two deciders win, who decide at once in two processes', async () => {
    const world = await createTestLog();
    const { request } = await requested(world);
    const other = await world.reopen();
    const answers = await Promise.allSettled([
      world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id) }),
      other.journal.record({ kind: 'decided', decision: decisionOn(request.id, { decision: 'rejected' }) }),
      world.log.journal.record({ kind: 'expired', requestId: request.id, cause: 'aborted' }),
    ]);
    expect(answers.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(1);
    const decided = (await kindsOf(world.store)).filter((kind) => kind === 'approval-decided');
    expect(decided).toHaveLength(1);
    await expectRowsDerive(world);
    await expectSound(world.store, world.signer);
  });

  it('lets the first of two decisions in one commit win', async () => {
    const world = await createTestLog();
    const { request } = await requested(world);
    const answers = await Promise.allSettled(
      (['rejected', 'approved'] as const).map((decision) =>
        world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id, { decision }) }),
      ),
    );
    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'ALREADY_DECIDED', state: 'rejected' } },
    ]);
    await expectRowsDerive(world);
  });

  it('records expiry and revocation', async () => {
    const world = await createTestLog();
    const { request } = await requested(world);
    await expect(
      world.log.journal.record({ kind: 'expired', requestId: request.id, cause: 'timeout' }),
    ).rejects.toMatchObject({ code: 'NOT_YET_EXPIRED' });
    world.environment.advance(60_000);
    const expired = await world.log.journal.record({ kind: 'expired', requestId: request.id, cause: 'timeout' });
    expect(expired.request).toMatchObject({ state: 'expired', cause: 'timeout' });
    const second = await requested(world, { callId: 'call-2' });
    const grant = grantOn(world, second.request);
    await world.log.journal.record({
      kind: 'decided',
      decision: decisionOn(second.request.id, { grantId: grant.id }),
      grant,
    });
    const revoked = await world.log.journal.record({
      kind: 'grant-revoked',
      grantId: grant.id,
      by: ann,
      reason: 'done',
    });
    expect(revoked.grant).toMatchObject({ revoked: true, version: 2 });
    expect(await payloadsOf(world.store, 6)).toEqual({ reason: 'done' });
    await expectRowsDerive(world);
  });
});

describe('beginning an approved call', () => {
  it('consumes the approval in the commit of the intent', async () => {
    const world = await createTestLog();
    const { call, request } = await requested(world);
    await world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id) });
    await world.log.begin(approvedBegin(call, request.id));
    expect(await world.store.approvals.request(request.id)).toMatchObject({ state: 'used', version: 3 });
    await expectRowsDerive(world);
    await expectSound(world.store, world.signer);
  });

  it('binds to the digest of an edit instead, where there was one', async () => {
    const world = await createTestLog();
    const { call, request } = await requested(world);
    const edited = riskyCall(world, { args: { path: '/work/b.txt' } });
    const change = { editedArgs: edited.args, editedDigest: edited.argsDigest, editedRisk: 'destructive' } as const;
    await world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id, change) });
    await expect(world.log.begin(approvedBegin(call, request.id))).rejects.toMatchObject({ code: 'APPROVAL_MISMATCH' });
    await world.log.begin(approvedBegin(edited, request.id));
    expect(await world.store.approvals.request(request.id)).toMatchObject({ state: 'used' });
  });

  it('lets nothing run whose approval does not hold for exactly this call', async () => {
    const world = await createTestLog();
    const { journal } = world.log;
    const { call, request } = await requested(world);
    const begin = (over: Partial<BeginInput> = {}) => world.log.begin(approvedBegin(call, request.id, over));
    await expect(begin()).rejects.toMatchObject({ code: 'APPROVAL_MISMATCH' });
    await journal.record({ kind: 'decided', decision: decisionOn(request.id) });
    const { argsDigest: _argsDigest, ...unbound } = approvedBegin(call, request.id);
    const mismatches = [
      begin({ argsDigest: Buffer.alloc(32).toString('base64') }),
      begin({ callId: 'call-9' }),
      begin({ run: 'run-9' }),
      begin({ requestId: createId(world.environment) }),
      world.log.begin(unbound),
    ];
    for (const mismatch of mismatches) {
      await expect(mismatch).rejects.toMatchObject({ name: 'ApprovalMismatchError', code: 'APPROVAL_MISMATCH' });
    }
    world.environment.advance(60_000);
    await expect(begin()).rejects.toMatchObject({ name: 'ApprovalExpiredError', code: 'APPROVAL_EXPIRED' });
    const second = await requested(world, { callId: 'call-2' });
    await journal.record({ kind: 'decided', decision: decisionOn(second.request.id, { decision: 'rejected' }) });
    const rejected = world.log.begin(approvedBegin(second.call, second.request.id));
    await expect(rejected).rejects.toMatchObject({ name: 'ApprovalRejectedError', code: 'APPROVAL_REJECTED' });
    expect((await kindsOf(world.store)).includes('tool-call')).toBe(false);
    await expectRowsDerive(world);
  });

  it('uses an approval once, however many processes try at the same time', async () => {
    const world = await createTestLog();
    const { call, request } = await requested(world);
    await world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id) });
    const other = await world.reopen();
    const tries = Array.from({ length: 10 }, (_, i) =>
      (i % 2 === 0 ? world.log : other).begin(approvedBegin(call, request.id)),
    );
    const answers = await Promise.allSettled(tries);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await kindsOf(world.store)).filter((kind) => kind === 'tool-call')).toHaveLength(1);
    await expectRowsDerive(world);
  });
});

describe('beginning a call under a grant', () => {
  async function granted(over: Partial<GrantDraft> = {}) {
    const world = await createTestLog();
    const { request } = await requested(world);
    const grant = grantOn(world, request, over);
    await world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id, { grantId: grant.id }), grant });
    const begin = (callId: string, change: Partial<CallSubject> = {}) =>
      world.log.begin({
        ...riskyCall(world, { callId, ...change }),
        ...{ decision: 'auto', decisionBy: 'similar_match', grantId: grant.id },
      });
    return { world, grant, begin };
  }

  it('writes the use before the call, and counts it in the row', async () => {
    const { world, grant, begin } = await granted();
    const receipt = await begin('call-2');
    const entries = (await readAll(world.store)).slice(4);
    expect(entries.map(({ kind, index }) => [kind, index])).toEqual([
      ['grant-used', 4],
      ['tool-call', 5],
    ]);
    expect(entries[0]).toMatchObject({ use: 1, call: 'call-2', grant: grant.id });
    expect(receipt.index).toBe(5);
    expect(await world.store.approvals.grant(grant.id)).toMatchObject({ used: 1, version: 2 });
    await expectRowsDerive(world);
  });

  it('answers no more often than it may, even within one commit', async () => {
    const { world, grant, begin } = await granted();
    const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map((callId) => begin(callId)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(answers[2]).toMatchObject({ reason: { code: 'APPROVAL_MISMATCH' } });
    expect(await world.store.approvals.grant(grant.id)).toMatchObject({ used: 2, version: 3 });
    await expectRowsDerive(world);
    await expectSound(world.store, world.signer);
  });

  it('answers nothing when it is revoked, expired, or the call is not similar', async () => {
    const { world, grant, begin } = await granted();
    const code = 'APPROVAL_MISMATCH';
    const critical = sampleClassification({ level: 'critical' });
    await expect(begin('a', { classification: critical })).rejects.toMatchObject({ code });
    await expect(begin('b', { toolDigest: Buffer.alloc(32).toString('base64') })).rejects.toMatchObject({ code });
    await expect(begin('c', { context: { session: 'session-2' } })).rejects.toMatchObject({ code });
    const signals = sampleClassification().signals.map((signal) => ({ ...signal, id: 'other' }));
    await expect(begin('d', { classification: sampleClassification({ signals }) })).rejects.toMatchObject({ code });
    await world.log.journal.record({ kind: 'grant-revoked', grantId: grant.id, by: ann });
    await expect(begin('e')).rejects.toMatchObject({ code });
    const second = await granted();
    second.world.environment.advance(3_600_000);
    await expect(second.begin('f')).rejects.toMatchObject({ code });
    expect((await kindsOf(world.store)).includes('tool-call')).toBe(false);
  });
});

describe('projections', () => {
  it('make a grant that matches nothing of patterns that cannot be read', async () => {
    const world = await createTestLog();
    const { request } = await requested(world);
    const grant = grantOn(world, request);
    await world.log.journal.record({ kind: 'decided', decision: decisionOn(request.id, { grantId: grant.id }), grant });
    const entry = (await readAll(world.store)).find(({ kind }) => kind === 'grant-issued');
    if (entry?.kind !== 'grant-issued') throw new Error('no grant');
    expect(projectGrant(entry, {}).grant.arguments).toEqual(UNREADABLE_PATTERNS);
    expect(projectGrant(entry, { arguments: [] }).grant.arguments).toEqual([]);
  });
});
