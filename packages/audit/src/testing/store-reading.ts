/**
 * What a log store must answer when it is read and searched.
 */

import { formatApprovalRecord, formatGrantRecord } from '@countersign/approval';
import { sampleGrant, sampleRequest, type TestTools } from '@countersign/approval/testing';
import type { CallFilter } from '../store.js';
import { callKey, type LogStore } from '../store.js';
import type { StoreTest } from './describe-log-store.js';
import { appendSamples, type SampleEntry, sampleId, sampleTime } from './sample-batch.js';

/** Declares the tests of reading and searching. */
export function describeReading(test: StoreTest, expect: TestTools['expect']): void {
  describeRanges(test, expect);
  describeRows(test, expect);
  describeSearch(test, expect);
  describeFilters(test, expect);
}

function describeRanges(test: StoreTest, expect: TestTools['expect']): void {
  test('leaves come back as the bytes that were written, page by page', async ({ store }) => {
    const written = await appendSamples(store, [
      { members: { note: 'plain' } },
      { members: { note: 'naïve \u{1f600} \u2028 \\u0000' } },
      {},
    ]);
    const first = await store.leaves({ from: 0, limit: 2 });
    const rest = await store.leaves({ from: 2, limit: 2 });
    expect([...first, ...rest].map(({ index, leaf }) => ({ index, leaf }))).toEqual(
      written.map(({ index, leaf }) => ({ index, leaf })),
    );
    expect([...first, ...rest].map(({ leafHash }) => hex(leafHash))).toEqual(
      written.map(({ leafHash }) => hex(leafHash)),
    );
    expect(await store.leaves({ from: 3, limit: 2 })).toEqual([]);
  });

  test('hashes of leaves come back without their leaves, page by page, those of purged leaves too', async ({
    store,
  }) => {
    const written = await appendSamples(store, [{}, {}, {}]);
    await appendSamples(store, [{}], { removal: { leaves: [1], payloads: [], requests: [], grants: [] } });
    const first = await store.hashes({ from: 0, limit: 2 });
    const rest = await store.hashes({ from: 2, limit: 1 });
    expect([...first, ...rest].map(({ index, leafHash }) => [index, hex(leafHash)])).toEqual(
      written.map(({ index, leafHash }) => [index, hex(leafHash)]),
    );
    expect(await store.hashes({ from: 4, limit: 2 })).toEqual([]);
  });

  test('payloads come back as the bytes that were written, by index and name', async ({ store }) => {
    await appendSamples(store, [
      { payloads: { reasons: '[]', args: '{"text":"\u{1f600}"}' } },
      {},
      { payloads: { result: 'null' } },
    ]);
    const all = await store.payloads({ from: 0, to: 3 });
    expect(all.map(({ index, name, salt, bytes }) => [index, name, salt.length, text(bytes)])).toEqual([
      [0, 'args', 16, '{"text":"\u{1f600}"}'],
      [0, 'reasons', 16, '[]'],
      [2, 'result', 16, 'null'],
    ]);
    expect((await store.payloads({ from: 1, to: 2 })).length).toEqual(0);
    expect((await store.payloads({ from: 2, to: 3 })).map(({ name }) => name)).toEqual(['result']);
  });

  test('chosen entries are read with their payloads', async ({ store }) => {
    await appendSamples(store, [{ payloads: { a: '1' } }, {}, { payloads: { b: '2', a: '3' } }]);
    const { leaves, payloads } = await store.read([2, 0, 9]);
    expect(leaves.map(({ index }) => index).sort()).toEqual([0, 2]);
    expect(payloads.map(({ index, name }) => `${index}${name}`).sort()).toEqual(['0a', '2a', '2b']);
    const none = await store.read([]);
    expect([none.leaves, none.payloads]).toEqual([[], []]);
  });
}

function describeRows(test: StoreTest, expect: TestTools['expect']): void {
  test('rows are paged in order of their ids', async ({ store }) => {
    const ids = [0, 1, 2].map((i) => sampleId(i));
    const request = (id: string) => ({ request: sampleRequest({ id }), state: 'pending', version: 1 }) as const;
    const grant = (id: string) => ({ grant: sampleGrant({ id }), version: 1, used: 0, revoked: false });
    await appendSamples(store, [{}], {
      requests: ids.toReversed().map((id) => ({ expectVersion: 0, record: request(id) })),
      grants: ids.toReversed().map((id) => ({ expectVersion: 0, record: grant(id) })),
    });
    expect(await store.requestRows({ limit: 2 })).toEqual(ids.slice(0, 2).map(request));
    expect(await store.requestRows({ after: sampleId(1), limit: 2 })).toEqual(ids.slice(2).map(request));
    expect(await store.grantRows({ limit: 2 })).toEqual(ids.slice(0, 2).map(grant));
    expect(await store.grantRows({ after: sampleId(1), limit: 2 })).toEqual(ids.slice(2).map(grant));
    const [requests, grants] = await readTexts(store);
    // A store that has no texts to hand out need not.
    if (requests !== undefined) expect(requests).toEqual(ids.map((id) => [id, formatApprovalRecord(request(id))]));
    if (grants !== undefined) expect(grants).toEqual(ids.slice(2).map((id) => [id, formatGrantRecord(grant(id))]));
  });

  test('a sound store has no problem to report, and says what it is', async ({ store }) => {
    await appendSamples(store, [{ payloads: { args: '1' } }, {}]);
    expect(await store.inspect()).toEqual([]);
    const { entries, payloads, bytes } = await store.measure();
    expect([entries, payloads, bytes > 0]).toEqual([2, 1, true]);
    expect(store.description.length > 0).toEqual(true);
  });
}

function describeSearch(test: StoreTest, expect: TestTools['expect']): void {
  test('an entry is found by its id', async ({ store }) => {
    await appendSamples(store, [{}, {}]);
    expect(await store.indexOfId(sampleId(1))).toEqual(1);
    expect(await store.indexOfId(sampleId(9))).toBeUndefined();
  });

  test('the entries of calls are found by run and call, all kinds of them', async ({ store }) => {
    await appendSamples(store, [
      { members: { kind: 'approval-requested', run: 'r', call: 'c' } },
      { members: { kind: 'tool-call', run: 'r', call: 'c' } },
      { members: { kind: 'tool-call', run: 'other', call: 'c' } },
      { members: { kind: 'tool-result', run: 'r', call: 'c' } },
    ]);
    const found = await store.entriesOfCalls([
      { run: 'r', call: 'c' },
      { run: 'r', call: 'absent' },
    ]);
    expect(found.get(callKey('r', 'c'))).toEqual([0, 1, 3]);
    expect(found.get(callKey('r', 'absent')) ?? []).toEqual([]);
    expect(await store.findCall('c')).toEqual([1, 2]);
    expect(await store.findCall('c', 'r')).toEqual([1]);
    expect(await store.findCall('absent')).toEqual([]);
  });

  test('entries are found by kind, page by page', async ({ store }) => {
    await appendSamples(store, [{}, { members: { kind: 'tool-call', run: 'r', call: 'c' } }, {}, {}]);
    expect(await store.findEntries({ kind: 'system-event', from: 0, limit: 2 })).toEqual([0, 2]);
    expect(await store.findEntries({ kind: 'system-event', from: 3, limit: 2 })).toEqual([3]);
    expect(await store.findEntries({ from: 1, limit: 2 })).toEqual([1, 2]);
    expect(await store.findEntries({ kind: 'absent', from: 0, limit: 2 })).toEqual([]);
  });
}

/** Five begin entries at the indexes 0 to 4, and a result at 5. */
const CALLS: readonly SampleEntry[] = [
  ['safe', 'not_required', 'read_file', 's1', 'ann'],
  ['critical', 'approved', 'run_shell', 's1', 'bob'],
  ['critical', 'rejected', 'run_sql', 's2', 'ann'],
  ['moderate', 'auto', 'a_100%', 's2', 'bob'],
  ['safe', 'not_required', 'READ_FILE', 's2', 'ann'],
].map(([risk = '', decision = '', tool = '', session = '', actor = ''], i) => ({
  members: {
    kind: i === 2 ? 'tool-refused' : 'tool-call',
    run: 'r',
    call: `c${i}`,
    ...{ risk, decision, tool, session, actor: { kind: 'agent', id: actor } },
  },
}));

function describeFilters(test: StoreTest, expect: TestTools['expect']): void {
  const cases: readonly (readonly [string, Partial<CallFilter>, readonly number[]])[] = [
    ['nothing', {}, [4, 3, 2, 1, 0]],
    ['a session', { session: 's1' }, [1, 0]],
    ['one level', { risk: ['critical'] }, [2, 1]],
    ['several levels', { risk: ['safe', 'moderate'] }, [4, 3, 0]],
    ['no level', { risk: [] }, []],
    ['an exact tool, upper and lower case apart', { tool: 'read_file' }, [0]],
    ['a pattern', { tool: 'run_*' }, [2, 1]],
    ['a pattern with several stars', { tool: '*_s*l*' }, [2, 1]],
    ['a pattern whose other signs stand for themselves', { tool: 'a_100%' }, [3]],
    ['a pattern whose other signs match nothing else', { tool: '*%*' }, [3]],
    ['decisions', { decision: ['approved', 'rejected'] }, [2, 1]],
    ['an actor', { actor: 'ann' }, [4, 2, 0]],
    ['a time from which on', { since: sampleTime(3) }, [4, 3]],
    ['a time before which', { until: sampleTime(2) }, [1, 0]],
    ['several conditions at once', { session: 's2', actor: 'ann', risk: ['safe'] }, [4]],
    ['a page', { limit: 2 }, [4, 3]],
    ['the page after', { limit: 2, after: 3 }, [2, 1]],
    ['the oldest first', { order: 'oldest-first', limit: 2 }, [0, 1]],
    ['the page after, oldest first', { order: 'oldest-first', limit: 2, after: 1 }, [2, 3]],
  ];
  for (const [title, filter, expected] of cases) {
    test(`calls are found by ${title}`, async ({ store }) => {
      await appendCalls(store);
      expect(await store.findCalls({ order: 'newest-first', limit: 100, ...filter })).toEqual(expected);
    });
  }
}

/** The rows of requests, and those of grants behind the second, as text. */
async function readTexts(store: LogStore): Promise<readonly (readonly (readonly string[])[] | undefined)[]> {
  const found = [
    await store.rowTexts?.({ of: 'requests', limit: 9 }),
    await store.rowTexts?.({ of: 'grants', after: sampleId(1), limit: 9 }),
  ];
  return found.map((rows) => rows?.map((row) => [row.id, row.text]));
}

async function appendCalls(store: LogStore): Promise<void> {
  await appendSamples(store, [...CALLS, { members: { kind: 'tool-result', run: 'r', call: 'c0', tool: 'read_file' } }]);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
