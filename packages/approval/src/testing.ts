/**
 * The conformance suite of the approval store contract. Every store runs it; so can a store of your own.
 */

import type { Grant, GrantRecord } from './grant.js';
import type { ApprovalChanges } from './memory-store.js';
import type { ApprovalRecord, ApprovalRequest } from './request.js';
import type { ApprovalStore } from './store.js';

/** The parts of a test runner that the suite needs; vitest's `describe`, `it` and `expect` fit. */
export interface TestTools {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly expect: (value: unknown) => {
    toEqual(expected: unknown): void;
    toBeUndefined(): void;
    readonly rejects: { toMatchObject(expected: object): Promise<void> };
  };
}

/** A store under test, empty at first. */
export interface ApprovalStoreUnderTest {
  readonly store: ApprovalStore;
  /** Writes the changes in one transaction, as the log's commit does. */
  apply(changes: ApprovalChanges): Promise<void>;
  close(): Promise<void>;
}

/** Declares the tests that every approval store passes. */
export function describeApprovalStore(
  name: string,
  factory: () => Promise<ApprovalStoreUnderTest>,
  { describe, it, expect }: TestTools,
): void {
  const test = (title: string, body: (under: ApprovalStoreUnderTest) => Promise<void>) => {
    it(title, async () => {
      const under = await factory();
      try {
        await body(under);
      } finally {
        await under.close();
      }
    });
  };

  describe(`approval store: ${name}`, () => {
    describeReading(test, expect);
    describeWaiting(test, expect);
    describeWriting(test, expect);
  });
}

/** A request for tests; `over` replaces members. */
export function sampleRequest(over: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: '019aa000-0000-7000-8000-000000000001',
    callId: 'call-1',
    run: 'run-1',
    log: 'example.test/log',
    session: 'session-1',
    requester: { kind: 'agent', id: 'builder' },
    tool: 'delete_file',
    toolDigest: sampleDigest('A'),
    argsDigest: sampleDigest('B'),
    args: { path: '/work/a.txt', note: 'naïve \u{1f600} text', list: [1, null, { deep: true }] },
    redacted: false,
    risk: 'destructive',
    confidencePercent: 90,
    reversible: false,
    effects: ['fs.delete'],
    signals: ['filesystem.delete'],
    ruleSet: 'rules-1',
    reasons: [{ id: 'filesystem.delete', level: 'destructive', text: 'Deletes a file.', at: { pointer: '/path' } }],
    policy: sampleDigest('C'),
    rule: 'default:destructive',
    requestedAtUs: 1_790_000_000_000_000,
    expiresAtUs: 1_790_000_600_000_000,
    ...over,
  };
}

/** A grant for tests; `over` replaces members. */
export function sampleGrant(over: Partial<Grant> = {}): Grant {
  return {
    id: '019aa000-0000-7000-8000-0000000000f1',
    requestId: '019aa000-0000-7000-8000-000000000001',
    tool: 'delete_file',
    toolDigest: sampleDigest('A'),
    session: 'session-1',
    maxRisk: 'destructive',
    signals: ['filesystem.delete'],
    ruleSet: 'rules-1',
    policy: sampleDigest('C'),
    arguments: [{ pointer: '/path', kind: 'under', value: '/work' }],
    uses: 20,
    issuedBy: { kind: 'person', id: 'ada' },
    issuedAtUs: 1_790_000_000_000_000,
    expiresAtUs: 1_790_003_600_000_000,
    ...over,
  };
}

/** A text in the form of a base64 SHA-256 digest. */
export function sampleDigest(letter: string): string {
  return `${letter.repeat(42)}A=`;
}

type Test = (title: string, body: (under: ApprovalStoreUnderTest) => Promise<void>) => void;

function describeReading(test: Test, expect: TestTools['expect']): void {
  test('answers undefined and nothing for what is not there', async ({ store }) => {
    expect(await store.request('nowhere')).toBeUndefined();
    expect(await store.grant('nowhere')).toBeUndefined();
    expect(await store.requests()).toEqual([]);
    expect(await store.grants()).toEqual([]);
  });

  test('gives back a request and a grant exactly as they were written', async ({ store, apply }) => {
    const request = approved(sampleRequest());
    const grant = { grant: sampleGrant(), version: 1, used: 0, revoked: false };
    await apply({ requests: [insert(request)], grants: [insert(grant)] });
    expect(await store.request(request.request.id)).toEqual(request);
    expect(await store.grant(grant.grant.id)).toEqual(grant);
  });

  test('lists requests oldest first, by state and session, up to the limit', async ({ store, apply }) => {
    const old = pending(sampleRequest({ id: 'r-b', requestedAtUs: 1_000 }));
    const other = pending(sampleRequest({ id: 'r-c', requestedAtUs: 2_000, session: 'session-2' }));
    const done = approved(sampleRequest({ id: 'r-a', requestedAtUs: 3_000 }));
    await apply({ requests: [insert(done), insert(other), insert(old)] });
    expect(ids(await store.requests())).toEqual(['r-b', 'r-c', 'r-a']);
    expect(ids(await store.requests({ states: ['pending'] }))).toEqual(['r-b', 'r-c']);
    expect(ids(await store.requests({ states: ['approved', 'used'] }))).toEqual(['r-a']);
    expect(ids(await store.requests({ states: [] }))).toEqual([]);
    expect(ids(await store.requests({ session: 'session-1' }))).toEqual(['r-b', 'r-a']);
    expect(ids(await store.requests({ states: ['pending'], session: 'session-2' }))).toEqual(['r-c']);
    expect(ids(await store.requests({ limit: 2 }))).toEqual(['r-b', 'r-c']);
  });

  test('lists at most 100 requests unless a limit is given', async ({ store, apply }) => {
    const records = Array.from({ length: 101 }, (_, at) =>
      pending(sampleRequest({ id: `r-${String(at).padStart(3, '0')}`, requestedAtUs: 1_000 + at })),
    );
    await apply({ requests: records.map(insert) });
    expect(ids(await store.requests())).toEqual(ids(records.slice(0, 100)));
    expect((await store.requests({ limit: 101 })).length).toEqual(101);
  });

  test('lists grants oldest first, revoked ones included', async ({ store, apply }) => {
    const young = { grant: sampleGrant({ id: 'g-a', issuedAtUs: 2_000 }), version: 1, used: 0, revoked: false };
    const old = { grant: sampleGrant({ id: 'g-b', issuedAtUs: 1_000 }), version: 1, used: 0, revoked: false };
    const revoked = { ...old, version: 2, revoked: true };
    await apply({ grants: [insert(young), insert(old)] });
    await apply({ grants: [{ expectVersion: 1, record: revoked }] });
    expect(await store.grants()).toEqual([revoked, young]);
  });

  test('lists for a call the grants alone that may answer it', async ({ store, apply }) => {
    const { session: _, ...unbound } = sampleGrant({ id: 'g-any', issuedAtUs: 1_000 });
    const inSession = sampleGrant({ id: 'g-session', issuedAtUs: 2_000 });
    const { toolDigest, expiresAtUs, uses } = inSession;
    const others = [
      sampleGrant({ id: 'g-other-session', session: 'session-2' }),
      sampleGrant({ id: 'g-other-tool', toolDigest: sampleDigest('Z') }),
      sampleGrant({ id: 'g-over', expiresAtUs: expiresAtUs - 1 }),
    ];
    const row = (grant: Grant) => ({ grant, version: 1, used: 0, revoked: false });
    const rows = [unbound, inSession, ...others].map(row);
    const revoked = row(sampleGrant({ id: 'g-revoked' }));
    const spent = row(sampleGrant({ id: 'g-spent' }));
    await apply({ grants: [...rows, revoked, spent].map(insert) });
    await apply({
      grants: [
        { expectVersion: 1, record: { ...revoked, version: 2, revoked: true } },
        { expectVersion: 1, record: { ...spent, version: 2, used: uses } },
      ],
    });
    const found = async (session?: string) => {
      const filter = { toolDigest, nowUs: expiresAtUs - 1, ...(session !== undefined && { session }) };
      return (await store.grants(filter)).map(({ grant }) => grant.id);
    };
    expect(await found('session-1')).toEqual(['g-any', 'g-session']);
    expect(await found('session-3')).toEqual(['g-any']);
    expect(await found()).toEqual(['g-any']);
    expect(await store.grants({ toolDigest, session: 'session-1', nowUs: expiresAtUs })).toEqual([]);
  });
}

function describeWaiting(test: Test, expect: TestTools['expect']): void {
  test('tells which requests no longer wait, those that are not there included', async ({ store, apply }) => {
    const waits = pending(sampleRequest({ id: 'r-a' }));
    const done = approved(sampleRequest({ id: 'r-b' }));
    await apply({ requests: [insert(waits), insert(done)] });
    expect(await store.settled(['r-c', 'r-a', 'r-b'])).toEqual(['r-c', 'r-b']);
    expect(await store.settled([])).toEqual([]);
  });
}

function describeWriting(test: Test, expect: TestTools['expect']): void {
  test('replaces a row whose version is the expected one', async ({ store, apply }) => {
    const first = pending(sampleRequest());
    await apply({ requests: [insert(first)] });
    const second = { ...approved(first.request), version: 2 };
    await apply({ requests: [{ expectVersion: 1, record: second }] });
    expect(await store.request(first.request.id)).toEqual(second);
    expect(ids(await store.requests({ states: ['pending'] }))).toEqual([]);
  });

  test('refuses an insertion over a row that is there', async ({ store, apply }) => {
    const record = pending(sampleRequest());
    await apply({ requests: [insert(record)] });
    await expect(apply({ requests: [insert(record)] })).rejects.toMatchObject(CONFLICT);
    expect(await store.request(record.request.id)).toEqual(record);
  });

  test('refuses a change of a row that is not there', async ({ store, apply }) => {
    const record = { ...approved(sampleRequest()), version: 2 };
    await expect(apply({ requests: [{ expectVersion: 1, record }] })).rejects.toMatchObject(CONFLICT);
    expect(await store.request(record.request.id)).toBeUndefined();
  });

  test('refuses the second of two changes that expect the same version', async ({ store, apply }) => {
    const record = { grant: sampleGrant(), version: 1, used: 0, revoked: false };
    await apply({ grants: [insert(record)] });
    const used = { ...record, version: 2, used: 1 };
    await apply({ grants: [{ expectVersion: 1, record: used }] });
    await expect(
      apply({ grants: [{ expectVersion: 1, record: { ...record, version: 2, revoked: true } }] }),
    ).rejects.toMatchObject(CONFLICT);
    expect(await store.grant(record.grant.id)).toEqual(used);
  });

  test('writes nothing of a batch in which one version is another', async ({ store, apply }) => {
    const request = pending(sampleRequest());
    const grant = { grant: sampleGrant(), version: 3, used: 2, revoked: false };
    await expect(
      apply({ requests: [insert(request)], grants: [{ expectVersion: 2, record: grant }] }),
    ).rejects.toMatchObject(CONFLICT);
    expect(await store.request(request.request.id)).toBeUndefined();
    expect(await store.grant(grant.grant.id)).toBeUndefined();
  });

  test('lets one of many concurrent changes win', async ({ store, apply }) => {
    const record = pending(sampleRequest());
    await apply({ requests: [insert(record)] });
    const change = { expectVersion: 1, record: { ...approved(record.request), version: 2 } };
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => apply({ requests: [change] })));
    expect(results.filter((result) => result.status === 'fulfilled').length).toEqual(1);
    expect((await store.request(record.request.id))?.version).toEqual(2);
  });
}

const CONFLICT = { code: 'CONFLICTING_WRITE' };

function pending(request: ApprovalRequest): ApprovalRecord {
  return { request, state: 'pending', version: 1 };
}

function approved(request: ApprovalRequest): ApprovalRecord {
  return {
    request,
    state: 'approved',
    version: 1,
    decision: {
      requestId: request.id,
      decision: 'approved',
      approver: { kind: 'person', id: 'ada', role: 'operator' },
      attestation: 'server',
      channel: 'terminal',
      reason: 'Looked at it.',
      decidedAtUs: request.requestedAtUs + 5_000_000,
    },
  };
}

function insert<T extends ApprovalRecord | GrantRecord>(record: T): { readonly expectVersion: 0; readonly record: T } {
  return { expectVersion: 0, record };
}

function ids(records: readonly ApprovalRecord[]): readonly string[] {
  return records.map((record) => record.request.id);
}
