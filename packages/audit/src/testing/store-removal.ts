/**
 * What a log store must remove, and what it must keep, when a purge or an erasure says so.
 */

import { sampleGrant, sampleRequest, type TestTools } from '@countersign/approval/testing';
import type { LogStore } from '../store.js';
import type { StoreTest } from './describe-log-store.js';
import { appendSamples, sampleId } from './sample-batch.js';

/** Declares the tests of removal. */
export function describeRemoval(test: StoreTest, expect: TestTools['expect']): void {
  test('a removed leaf keeps its place and its hash, and nothing else', async ({ store }) => {
    const before = await appendFour(store);
    await appendSamples(store, [{}], { removal: { ...NONE, leaves: [1, 2] } });
    const after = await store.leaves({ from: 0, limit: 10 });
    expect(after.map(({ leaf }) => leaf === undefined)).toEqual([false, true, true, false, false]);
    expect(after.slice(0, 4).map(({ leafHash }) => hex(leafHash))).toEqual(before.map(({ leafHash }) => hex(leafHash)));
    expect((await store.payloads({ from: 0, to: 10 })).map(({ index }) => index)).toEqual([0, 3]);
    const { entries, payloads } = await store.measure();
    expect([entries, payloads, (await store.head()).size]).toEqual([3, 2, 5]);
  });

  test('a removed leaf is not found any more', async ({ store }) => {
    await appendFour(store);
    await appendSamples(store, [{}], { removal: { ...NONE, leaves: [1] } });
    expect(await store.indexOfId(sampleId(1))).toBeUndefined();
    expect(await store.findCall('c1')).toEqual([]);
    expect(await store.findEntries({ from: 0, limit: 10 })).toEqual([0, 2, 3, 4]);
    expect(await store.findCalls({ order: 'oldest-first', limit: 10 })).toEqual([0, 2, 3]);
    const { leaves } = await store.read([1]);
    expect(leaves.map(({ index, leaf }) => [index, leaf === undefined])).toEqual([[1, true]]);
  });

  test('payloads are removed alone, by name or all of an entry', async ({ store }) => {
    await appendSamples(store, [{ payloads: { args: '1', reasons: '2' } }, { payloads: { args: '3', reasons: '4' } }]);
    const payloads = [{ index: 0, name: 'args' }, { index: 1 }];
    await appendSamples(store, [{}], { removal: { ...NONE, payloads } });
    expect((await store.payloads({ from: 0, to: 9 })).map(({ index, name }) => `${index} ${name}`)).toEqual([
      '0 reasons',
    ]);
    expect((await store.leaves({ from: 0, limit: 9 })).every(({ leaf }) => leaf !== undefined)).toEqual(true);
  });

  test('a snapshot shows the log as it stood, whatever is written and removed after', async ({ store, other }) => {
    const written = await appendFour(store);
    const snapshot = await store.snapshot();
    await appendSamples(other, [{}], { removal: { ...NONE, leaves: [1, 2] } });
    await appendSamples(store, [{ payloads: { args: '4' } }]);
    expect((await snapshot.head()).size).toEqual(4);
    const leaves = await snapshot.leaves({ from: 0, limit: 10 });
    expect(leaves.map(({ leaf }) => leaf)).toEqual(written.map(({ leaf }) => leaf));
    expect((await snapshot.payloads({ from: 0, to: 10 })).length).toEqual(4);
    expect((await snapshot.checkpoints()).map(({ size }) => size)).toEqual([4]);
    expect([await snapshot.requestRows({ limit: 9 }), await snapshot.grantRows({ limit: 9 })]).toEqual([[], []]);
    await snapshot.close();
    expect((await store.head()).size).toEqual(6);
  });

  describeRows(test, expect);
}

function describeRows(test: StoreTest, expect: TestTools['expect']): void {
  test('rows are removed with the batch that says so', async ({ store }) => {
    const request = sampleRequest();
    const grant = sampleGrant();
    await appendSamples(store, [{}], {
      requests: [{ expectVersion: 0, record: { request, state: 'pending', version: 1 } }],
      grants: [{ expectVersion: 0, record: { grant, version: 1, used: 0, revoked: false } }],
    });
    await appendSamples(store, [{}], { removal: { ...NONE, requests: [request.id], grants: [grant.id] } });
    expect([await store.requestRows({ limit: 9 }), await store.grantRows({ limit: 9 })]).toEqual([[], []]);
  });

  test('rows lose values with the batch that says so: the same version, another text', async ({ store }) => {
    const request = sampleRequest();
    const grant = sampleGrant();
    await appendSamples(store, [{}], {
      requests: [{ expectVersion: 0, record: { request, state: 'pending', version: 1 } }],
      grants: [{ expectVersion: 0, record: { grant, version: 1, used: 0, revoked: false } }],
    });
    const cleared = {
      requests: [
        { expectVersion: 1, record: { request: { ...request, args: null }, state: 'pending' as const, version: 1 } },
      ],
      grants: [
        { expectVersion: 1, record: { grant: { ...grant, arguments: [] }, version: 1, used: 0, revoked: false } },
      ],
    };
    await appendSamples(store, [{}], { removal: { ...NONE, cleared } });
    expect((await store.requestRows({ limit: 9 })).map((row) => [row.request.args, row.version])).toEqual([[null, 1]]);
    expect((await store.grantRows({ limit: 9 })).map((row) => [row.grant.arguments, row.version])).toEqual([[[], 1]]);
    const stale = { requests: cleared.requests.map((change) => ({ ...change, expectVersion: 7 })), grants: [] };
    await expect(appendSamples(store, [{}], { removal: { ...NONE, cleared: stale } })).rejects.toMatchObject({
      code: 'CONFLICTING_WRITE',
    });
    expect((await store.head()).size).toEqual(2);
  });
}

const NONE = { leaves: [], payloads: [], requests: [], grants: [] };

/** Four begin entries with one payload each. */
function appendFour(store: LogStore) {
  return appendSamples(
    store,
    [0, 1, 2, 3].map((i) => ({
      members: { kind: 'tool-call', run: 'r', call: `c${i}` },
      payloads: { args: `${i}` },
    })),
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
