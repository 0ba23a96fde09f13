/**
 * What a log store must hold to when it is written to.
 */

import type { TestTools } from '@countersign/approval/testing';
import { sampleGrant, sampleRequest } from '@countersign/approval/testing';
import { decodeEdge } from '@countersign/tlog';
import { callKey, type LockedState, type LogStore } from '../store.js';
import type { StoreTest } from './describe-log-store.js';
import { appendSamples, NOTHING, sampleBatch, sampleNote } from './sample-batch.js';

/** Declares the tests of `exclusive`. */
export function describeWriting(test: StoreTest, expect: TestTools['expect']): void {
  describeCommits(test, expect);
  describeRefusals(test, expect);
  describeNewest(test, expect);
  describeConcurrency(test, expect);
}

function describeCommits(test: StoreTest, expect: TestTools['expect']): void {
  test('an empty store has an empty head', async ({ store }) => {
    const { size, checkpoint, last } = await store.head();
    expect([size, checkpoint]).toEqual([0, '']);
    expect(last).toBeUndefined();
  });

  test('a commit moves the head to its last leaf', async ({ store }) => {
    await appendSamples(store, [{}]);
    const [, last] = await appendSamples(store, [{}, {}]);
    const head = await store.head();
    expect([head.size, head.checkpoint, decodeEdge(head.edge).size]).toEqual([3, sampleNote(3), 3]);
    expect([head.last?.leaf, hex(head.last?.leafHash)]).toEqual([last?.leaf, hex(last?.leafHash)]);
  });

  test('a build that answers undefined writes nothing', async ({ store }) => {
    await store.exclusive(NOTHING, () => undefined);
    expect((await store.head()).size).toEqual(0);
  });

  test('a build sees the head, rows, calls and probe that it asked for', async ({ store }) => {
    const request = sampleRequest();
    const grant = sampleGrant();
    const rows = {
      requests: [{ expectVersion: 0, record: { request, state: 'pending', version: 1 } as const }],
      grants: [{ expectVersion: 0, record: { grant, version: 1, used: 0, revoked: false } }],
    };
    await appendSamples(store, [{ members: { kind: 'tool-call', run: 'r', call: 'c' } }], rows);
    const [leaf] = await store.leaves({ from: 0, limit: 1 });
    const seen = await look(store, {
      requests: [request.id, 'absent'],
      grants: [grant.id],
      calls: [
        { run: 'r', call: 'c' },
        { run: 'rc', call: '' },
      ],
      probe: 0,
    });
    expect([...seen.requests.keys(), ...seen.grants.keys()]).toEqual([request.id, grant.id]);
    expect(seen.requests.get(request.id)).toEqual(rows.requests[0]?.record);
    expect(seen.grants.get(grant.id)).toEqual(rows.grants[0]?.record);
    expect([...seen.calls]).toEqual([[callKey('r', 'c'), 0]]);
    expect(hex(seen.probed)).toEqual(hex(leaf?.leafHash));
    expect((await look(store, { ...NOTHING, probe: 1 })).probed).toBeUndefined();
  });

  test('only the newest checkpoint and those that are kept for good stay', async ({ store }) => {
    await appendSamples(store, [{}]);
    await appendSamples(store, [{}], { keepCheckpoint: true });
    await appendSamples(store, [{}]);
    await appendSamples(store, [{}]);
    expect(await store.checkpoints()).toEqual([
      { size: 2, note: sampleNote(2), kept: true },
      { size: 4, note: sampleNote(4), kept: false },
    ]);
  });

  test('an older checkpoint is kept with a later commit, whether it is still there or not', async ({ store }) => {
    for (let i = 0; i < 3; i += 1) await appendSamples(store, [{}]);
    const keep = [
      { size: 1, note: sampleNote(1) },
      { size: 3, note: sampleNote(3) },
    ];
    await appendSamples(store, [{}], { keep });
    await appendSamples(store, [{}], { keep: keep.slice(0, 1) });
    await appendSamples(store, [{}]);
    expect(await store.checkpoints()).toEqual([
      { size: 1, note: sampleNote(1), kept: true },
      { size: 3, note: sampleNote(3), kept: true },
      { size: 6, note: sampleNote(6), kept: false },
    ]);
  });
}

function describeRefusals(test: StoreTest, expect: TestTools['expect']): void {
  test('a build that throws writes nothing, and its error is passed on', async ({ store }) => {
    await appendSamples(store, [{}]);
    const failure = store.exclusive(NOTHING, () => {
      throw new RangeError('not now');
    });
    await expect(failure).rejects.toMatchObject({ name: 'RangeError', message: 'not now' });
    expect((await store.head()).size).toEqual(1);
    await appendSamples(store, [{}]);
    expect((await store.head()).size).toEqual(2);
  });

  test('a row that is not in the expected version refuses the whole batch', async ({ store }) => {
    const request = sampleRequest();
    const pending = { request, state: 'pending', version: 1 } as const;
    await appendSamples(store, [{}], { requests: [{ expectVersion: 0, record: pending }] });
    const stale = { expectVersion: 2, record: { ...pending, state: 'rejected', version: 3 } as const };
    const failure = appendSamples(store, [{ payloads: { details: '1' } }], { requests: [stale] });
    await expect(failure).rejects.toMatchObject({ code: 'CONFLICTING_WRITE' });
    const again = appendSamples(store, [{}], { requests: [{ expectVersion: 0, record: pending }] });
    await expect(again).rejects.toMatchObject({ code: 'CONFLICTING_WRITE' });
    expect([(await store.head()).size, (await store.measure()).payloads]).toEqual([1, 0]);
    expect((await store.checkpoints()).map(({ size }) => size)).toEqual([1]);
    expect(await store.requestRows({ limit: 10 })).toEqual([pending]);
  });

  test('a grant that is not in the expected version refuses the whole batch', async ({ store }) => {
    const record = { grant: sampleGrant(), version: 2, used: 1, revoked: false };
    const failure = appendSamples(store, [{}], { grants: [{ expectVersion: 1, record }] });
    await expect(failure).rejects.toMatchObject({ code: 'CONFLICTING_WRITE' });
    expect((await store.head()).size).toEqual(0);
  });

  test('a row that changed several times in one commit is written once, its version ahead by as many', async ({
    store,
  }) => {
    const record = { grant: sampleGrant(), version: 1, used: 0, revoked: false };
    await appendSamples(store, [{}], { grants: [{ expectVersion: 0, record }] });
    const later = { ...record, version: 4, used: 3 };
    await appendSamples(store, [{}], { grants: [{ expectVersion: 1, record: later }] });
    expect(await store.grantRows({ limit: 10 })).toEqual([later]);
  });

  test('a second begin entry of one call refuses the whole batch', async ({ store }) => {
    await appendSamples(store, [{ members: { kind: 'tool-call', run: 'r', call: 'c' } }]);
    const failure = appendSamples(store, [{}, { members: { kind: 'tool-refused', run: 'r', call: 'c' } }]);
    await expect(failure).rejects.toMatchObject({ code: 'CONFLICTING_WRITE' });
    expect((await store.head()).size).toEqual(1);
    await appendSamples(store, [{ members: { kind: 'tool-result', run: 'r', call: 'c' } }]);
    expect((await store.head()).size).toEqual(2);
  });

  test('leaves that do not follow the head refuse the whole batch', async ({ store }) => {
    await appendSamples(store, [{}]);
    const failure = store.exclusive(NOTHING, ({ head }) => {
      const batch = sampleBatch({ head }, [{}, {}]);
      return { ...batch, leaves: batch.leaves.slice(1) };
    });
    await expect(failure).rejects.toMatchObject({ code: 'CONFLICTING_WRITE' });
    expect((await store.head()).size).toEqual(1);
  });

  test('a closed store refuses everything', async ({ store }) => {
    await appendSamples(store, [{}]);
    await store.close();
    await expect(appendSamples(store, [{}])).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.leaves({ from: 0, limit: 1 })).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await store.close();
  });
}

function describeNewest(test: StoreTest, expect: TestTools['expect']): void {
  test('the newest entry of a kind is found under the lock', async ({ store }) => {
    const kinds = ['hold-placed', 'system-event', 'hold-placed', 'system-event'];
    await appendSamples(
      store,
      kinds.map((kind) => ({ members: { kind } })),
    );
    let found: ReadonlyMap<string, number> | undefined;
    await store.exclusive({ ...NOTHING, newest: ['hold-placed', 'system-event', 'entries-purged'] }, ({ newest }) => {
      found = newest;
      return undefined;
    });
    expect([...(found ?? [])].sort()).toEqual([
      ['hold-placed', 2],
      ['system-event', 3],
    ]);
  });
}

function describeConcurrency(test: StoreTest, expect: TestTools['expect']): void {
  test('a request that is a function is called once, under the lock', async ({ store }) => {
    const order: string[] = [];
    const first = store.exclusive(NOTHING, (state) => {
      order.push('first built');
      return sampleBatch(state, [{ members: { kind: 'tool-call', run: 'r', call: 'c' } }]);
    });
    const ask = () => {
      order.push('second asked');
      return { ...NOTHING, calls: [{ run: 'r', call: 'c' }] };
    };
    const second = store.exclusive(ask, ({ calls }) => {
      order.push(`second built on ${calls.get(callKey('r', 'c'))}`);
      return undefined;
    });
    await Promise.all([first, second]);
    expect(order).toEqual(['first built', 'second asked', 'second built on 0']);
  });

  test('commits at the same time, over two connections, never fork', async ({ store, other }) => {
    const sizes: number[] = [];
    const append = (through: LogStore) =>
      through.exclusive(NOTHING, (state) => {
        sizes.push(state.head.size);
        return sampleBatch(state, [{}]);
      });
    await Promise.all(Array.from({ length: 40 }, (_, i) => append(i % 2 === 0 ? store : other)));
    expect(sizes).toEqual(Array.from({ length: 40 }, (_, i) => i));
    const leaves = await other.leaves({ from: 0, limit: 100 });
    expect(leaves.map(({ index }) => index)).toEqual(sizes);
    expect(decodeEdge((await store.head()).edge).size).toEqual(40);
  });

  test('each commit sees the rows that the ones before it wrote', async ({ store, other }) => {
    const grant = sampleGrant();
    const record = { grant, version: 1, used: 0, revoked: false };
    await appendSamples(store, [{}], { grants: [{ expectVersion: 0, record }] });
    const use = (through: LogStore) =>
      through.exclusive({ ...NOTHING, grants: [grant.id] }, (state) => {
        const row = state.grants.get(grant.id);
        if (row === undefined) return undefined;
        const next = { ...row, version: row.version + 1, used: row.used + 1 };
        return sampleBatch(state, [{}], { grants: [{ expectVersion: row.version, record: next }] });
      });
    await Promise.all(Array.from({ length: 20 }, (_, i) => use(i % 2 === 0 ? store : other)));
    const [row] = await other.grantRows({ limit: 1 });
    expect([row?.used, row?.version]).toEqual([20, 21]);
  });
}

/** What a build gets to see for this request. */
async function look(store: LogStore, request: Parameters<LogStore['exclusive']>[0]): Promise<LockedState> {
  let seen: LockedState | undefined;
  await store.exclusive(request, (state) => {
    seen = state;
    return undefined;
  });
  if (seen === undefined) throw new TypeError('The store did not call build.');
  return seen;
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
}
