/** Which rows of the approvals may be acted on: those that this process wrote, and those that signed entries come to. */

import type { ApprovalRecord } from '@countersign/approval';
import { createId } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import type { BeginInput, CallSubject } from '../src/call-record.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import type { LogStore, StoredLeaf, StoredPayload } from '../src/store.js';
import { sampleCall, sampleClassification } from '../src/testing/sample-call.js';
import { createTestLog, type TestLog } from '../src/testing/test-log.js';
import { digestOf, requestOf } from './support.js';

const ann = { kind: 'person', id: 'ann' } as const;

/** A store of which somebody else can change what is read. */
function createAttackedStore() {
  const store = createMemoryLogStore();
  const attack: {
    leaf?: (leaf: StoredLeaf) => StoredLeaf;
    payload?: (payload: StoredPayload) => StoredPayload | undefined;
    request?: (row: ApprovalRecord) => ApprovalRecord;
    fail?: boolean;
  } = {};
  const attacked: LogStore = {
    description: store.description,
    head: () => store.head(),
    checkpoints: () => store.checkpoints(),
    requestRows: (page) => store.requestRows(page),
    grantRows: (page) => store.grantRows(page),
    inspect: () => store.inspect(),
    indexOfId: (id) => store.indexOfId(id),
    findCalls: (filter) => store.findCalls(filter),
    findCall: (call, run) => store.findCall(call, run),
    entriesOfCalls: (calls) => store.entriesOfCalls(calls),
    findEntries: (filter) => store.findEntries(filter),
    hashes: (range) => store.hashes(range),
    read: (indexes) => store.read(indexes),
    snapshot: () => store.snapshot(),
    measure: () => store.measure(),
    close: () => store.close(),
    leaves: async (range) => {
      if (attack.fail === true) throw new Error('no disk');
      return (await store.leaves(range)).map((leaf) => attack.leaf?.(leaf) ?? leaf);
    },
    payloads: async (range) =>
      (await store.payloads(range)).flatMap((payload) => {
        const shown = attack.payload === undefined ? payload : attack.payload(payload);
        return shown === undefined ? [] : [shown];
      }),
    exclusive: (request, build) =>
      store.exclusive(request, (state) => {
        const rows = [...state.requests].map(([id, row]) => [id, attack.request?.(row) ?? row] as const);
        return build({ ...state, requests: new Map(rows) });
      }),
  };
  return { store: attacked, attack };
}

/** A request that waits, and a call that its approval would let run. */
async function requested(world: TestLog): Promise<{ readonly id: string; readonly begin: BeginInput }> {
  const classification = sampleClassification({ level: 'destructive' });
  const call: CallSubject = sampleCall(world.log.origin, { classification, callId: createId(world.environment) });
  const argsDigest = digestOf(world.log.origin, call);
  const request = requestOf(world, { ...call, argsDigest }, { rule: 'default:destructive' });
  await world.log.journal.record({ kind: 'requested', request });
  const { id } = request;
  return { id, begin: { ...call, argsDigest, decision: 'approved', decisionBy: 'ann', requestId: id } };
}

function approve(requestId: string) {
  const decision = { requestId, decision: 'approved', approver: ann, attestation: 'server', reason: 'fine' } as const;
  return { kind: 'decided', decision } as const;
}

describe('a row that another process wrote', () => {
  it('lets a call run when the entries since this process opened the log come to it', async () => {
    const world = await createTestLog();
    const other = await world.reopen();
    const { id, begin } = await requested(world);
    await other.journal.record(approve(id));
    expect(await world.log.begin(begin)).toMatchObject({ index: 3 });
  });

  it('lets a call run when its entries are older than this process', async () => {
    const world = await createTestLog();
    const { id, begin } = await requested(world);
    await world.log.journal.record(approve(id));
    expect(await (await world.reopen()).begin(begin)).toMatchObject({ index: 3 });
  });

  it('is decided once, however many processes try at the same time', async () => {
    const world = await createTestLog();
    const { id } = await requested(world);
    const logs = await Promise.all(Array.from({ length: 5 }, () => world.reopen()));
    const results = await Promise.allSettled(logs.map((log) => log.journal.record(approve(id))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ALREADY_DECIDED' });
    }
  });

  it('lets nothing run when the text of any entry in between is gone and no purge says so', async () => {
    const { store, attack } = createAttackedStore();
    const world = await createTestLog({ store });
    const other = await world.reopen();
    await other.append({ kind: 'system-event', name: 'ping' });
    const { id, begin } = await requested(world);
    await other.journal.record(approve(id));
    attack.leaf = (leaf) => (leaf.index === 1 ? { index: 1, leafHash: leaf.leafHash } : leaf);
    expect(await world.log.begin(begin).catch((error: unknown) => error)).toMatchObject({
      code: 'APPROVAL_MISMATCH',
      cause: { code: 'STORE_DAMAGED' },
    });
  });

  it('lets nothing run when an entry was changed together with its hash', async () => {
    const { store, attack } = createAttackedStore();
    const world = await createTestLog({ store });
    const other = await world.reopen();
    const { id, begin } = await requested(world);
    await other.journal.record(approve(id));
    attack.leaf = (leaf) => (leaf.index === 2 ? { ...leaf, leafHash: new Uint8Array(32) } : leaf);
    expect(await world.log.begin(begin).catch((error: unknown) => error)).toMatchObject({ code: 'APPROVAL_MISMATCH' });
  });

  it('lets nothing run when a payload that its row repeats is gone', async () => {
    const { store, attack } = createAttackedStore();
    const world = await createTestLog({ store });
    const other = await world.reopen();
    const { id, begin } = await requested(world);
    await other.journal.record(approve(id));
    attack.payload = (payload) => (payload.name === 'reason' ? undefined : payload);
    expect(await world.log.begin(begin).catch((error: unknown) => error)).toMatchObject({ code: 'APPROVAL_MISMATCH' });
  });

  it('is read again after the store could not be read', async () => {
    const { store, attack } = createAttackedStore();
    const world = await createTestLog({ store });
    const other = await world.reopen();
    const { id, begin } = await requested(world);
    await other.journal.record(approve(id));
    attack.fail = true;
    expect(await world.log.begin(begin).catch((error: unknown) => error)).toMatchObject({ message: 'no disk' });
    attack.fail = false;
    expect(await world.log.begin(begin)).toMatchObject({ index: 3 });
  });

  it('lets nothing run when it says more than the entries', async () => {
    const { store, attack } = createAttackedStore();
    const world = await createTestLog({ store });
    const { id, begin } = await requested(world);
    const decision = {
      requestId: id,
      decision: 'approved',
      approver: ann,
      attestation: 'server',
      decidedAtUs: 1,
    } as const;
    attack.request = (row) => ({ ...row, state: 'approved', version: 2, decision });
    expect(await world.log.begin(begin).catch((error: unknown) => error)).toMatchObject({
      code: 'APPROVAL_MISMATCH',
      cause: { code: 'STORE_DAMAGED' },
    });
    expect((await store.head()).size).toBe(2);
  });
});
