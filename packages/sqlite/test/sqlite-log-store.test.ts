import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleGrant, sampleRequest } from '@countersign/approval/testing';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite, type SqliteStores } from '@countersign/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendSamples, NOTHING, type SampleEntry, sampleBatch } from '../../audit/src/testing/sample-batch.js';
import { Connection } from '../src/connection.js';
import { applySettings } from '../src/settings.js';
import { SqliteLogStore } from '../src/sqlite-log-store.js';
import { prepareStatements } from '../src/statements.js';
import { openRaw, temporaryFolder, withRaw } from './support.js';

const CALL = { kind: 'tool-call', run: 'r', call: 'c', session: 's', tool: 't', risk: 'safe', decision: 'auto' };
const NONE = { leaves: [], payloads: [], requests: [], grants: [] };

/** A new store with these entries; closed after the test. */
async function openStore(
  entries: readonly SampleEntry[] = [],
): Promise<SqliteStores & { reopen(): Promise<SqliteStores> }> {
  const path = join(temporaryFolder(), 'log.db');
  const stores = await openSqlite({ path, create: true });
  onTestFinished(() => stores.close());
  if (entries.length > 0) await appendSamples(stores.log, entries);
  const reopen = async () => {
    const again = await openSqlite({ path });
    onTestFinished(() => again.close());
    return again;
  };
  return { ...stores, reopen };
}

function call(i: number): SampleEntry {
  return { members: { ...CALL, call: `c${i}` }, payloads: { args: `"${i}"` } };
}

describe('the tables', () => {
  it('are strict', async () => {
    const { path } = await openStore();
    const tables = withRaw(path, (database) => database.pragma('table_list'));
    const ours = (Array.isArray(tables) ? tables : []).filter(({ name }) => !/^sqlite_/.test(String(name)));
    expect(ours.map(({ name, strict }) => [name, strict]).sort()).toEqual(
      ['approval_grants', 'approval_requests', 'checkpoints', 'entries', 'head', 'payloads'].map((name) => [name, 1]),
    );
  });

  it('derive every searchable column from the leaf, so that none can be written by itself', async () => {
    const members = { ...CALL, actor: { kind: 'agent', id: 'a' } };
    const { path } = await openStore([{ members }, { members: { kind: 'system-event' } }]);
    withRaw(path, (database) => {
      const row: unknown = database
        .prepare('SELECT kind, run, call, session, tool, risk, decision, actor, begins FROM entries WHERE idx = 0')
        .get();
      expect(row).toEqual({ ...CALL, actor: 'a', begins: 1 });
      expect(database.prepare('SELECT run, actor, begins FROM entries WHERE idx = 1').get()).toEqual({
        run: null,
        actor: null,
        begins: 0,
      });
      expect(() => database.exec("UPDATE entries SET risk = 'safe'")).toThrow(/generated column/);
    });
  });

  it('let a call begin once, whichever entry begins it', async () => {
    const { path, log } = await openStore([{ members: CALL }]);
    await expect(appendSamples(log, [{ members: { ...CALL, kind: 'tool-refused' } }])).rejects.toMatchObject({
      code: 'CONFLICTING_WRITE',
    });
    const text = JSON.stringify({ ...CALL, id: 'another' });
    const insert = () => withRaw(path, (db) => db.prepare('INSERT INTO entries VALUES (9, ?, zeroblob(32))').run(text));
    expect(insert).toThrow(/UNIQUE/);
  });
});

describe('what somebody else wrote into the file', () => {
  it('bytes that are no UTF-8 are reported as unreadable, and hidden by no replacement sign', async () => {
    const { path, log } = await openStore([{ members: CALL }, {}]);
    withRaw(path, (db) => db.exec("UPDATE entries SET leaf = CAST(x'7b2261223a22ff227d' AS TEXT) WHERE idx = 0"));
    const [leaf, next] = await log.leaves({ from: 0, limit: 2 });
    expect([leaf?.leaf, leaf?.unreadable, next?.unreadable]).toEqual([undefined, true, undefined]);
    expect((await log.read([0])).leaves.map(({ unreadable }) => unreadable)).toEqual([true]);
  });

  it('a replacement sign that was written is no sign of such bytes', async () => {
    const { path, log } = await openStore([{}, {}]);
    withRaw(path, (db) => db.exec("UPDATE entries SET leaf = replace(leaf, '{', '{\ufffd') WHERE idx = 0"));
    const [leaf] = await log.leaves({ from: 0, limit: 2 });
    expect([leaf?.leaf?.startsWith('{\ufffd'), leaf?.unreadable]).toEqual([true, undefined]);
  });

  it('a leaf that is no JSON is given back as it is, and is in nobody else’s way', async () => {
    const { path, log } = await openStore([{ members: CALL }, { members: { ...CALL, call: 'd' } }, {}]);
    withRaw(path, (db) => db.exec("UPDATE entries SET leaf = '{' || leaf WHERE idx = 0"));
    expect((await log.leaves({ from: 0, limit: 1 }))[0]?.leaf).toMatch(/^\{\{/);
    const filter = { order: 'oldest-first', limit: 10 } as const;
    expect(await log.findCalls(filter)).toEqual([1]);
    expect(await log.findCalls({ ...filter, actor: 'nobody', session: 's' })).toEqual([]);
    expect(await log.findEntries({ from: 0, limit: 10 })).toEqual([0, 1, 2]);
    await appendSamples(log, [{}]);
    expect((await log.head()).size).toBe(4);
  });

  it.each([
    ['a leaf hash that is a text', 'entries', "UPDATE entries SET leaf_hash = 'x'", 'leaves'],
    ['an edge that is a text', 'head', "UPDATE head SET edge = CAST(edge AS TEXT) || 'x'", 'head'],
    ['a head with a size below zero', 'head', 'UPDATE head SET size = -1', 'head'],
  ] as const)('%s is refused by the reader', async (_, table, change, method) => {
    const { path, log } = await openStore([{}]);
    withRaw(path, (db) => {
      db.pragma('ignore_check_constraints = ON');
      db.unsafeMode(true);
      // What a strict table refuses, a changed schema takes.
      db.exec(
        `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = '${table}'`,
      );
    });
    withRaw(path, (db) => {
      db.pragma('ignore_check_constraints = ON');
      db.exec(change);
    });
    const read = method === 'head' ? log.head() : log.leaves({ from: 0, limit: 1 });
    await expect(read).rejects.toMatchObject({ name: 'StoreCorruptError', code: 'STORE_DAMAGED' });
  });

  it('a newest entry that is gone is refused before anything is appended to it', async () => {
    const { path, log } = await openStore([{}, {}]);
    withRaw(path, (db) => db.exec('UPDATE entries SET leaf = NULL WHERE idx = 1'));
    await expect(log.head()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(appendSamples(log, [{}])).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('an approval row that was changed, or stands under another id, is refused', async () => {
    const request = sampleRequest();
    const { path, log, approvals } = await openStore();
    await appendSamples(log, [{}], {
      requests: [{ expectVersion: 0, record: { request, state: 'pending', version: 1 } }],
      grants: [{ expectVersion: 0, record: { grant: sampleGrant(), version: 1, used: 0, revoked: false } }],
    });
    withRaw(path, (db) => {
      db.exec("UPDATE approval_requests SET id = 'other'");
      db.exec('UPDATE approval_grants SET record = replace(record, \'"used":0\', \'"used":-1\')');
    });
    const damaged = { name: 'StoreCorruptError', code: 'STORE_DAMAGED' };
    await expect(approvals.request('other')).rejects.toMatchObject(damaged);
    await expect(approvals.requests()).rejects.toMatchObject(damaged);
    await expect(approvals.grants()).rejects.toMatchObject(damaged);
    await expect(log.grantRows({ limit: 1 })).rejects.toMatchObject(damaged);
  });
});

describe('the inspection', () => {
  it.each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM payloads; END'],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
    ['another table', 'CREATE TABLE notes (text)'],
    ['another index', 'CREATE INDEX extra ON entries (leaf_hash)'],
    ['an index that is gone', 'DROP INDEX calls_by_risk'],
    ['an index over less', "DROP INDEX calls_by_risk; CREATE INDEX calls_by_risk ON entries (risk) WHERE kind = 'x'"],
    ['another column', 'ALTER TABLE payloads ADD COLUMN note TEXT'],
    ['statistics that steer the engine', 'ANALYZE'],
  ])('finds %s', async (_, change) => {
    const { path, reopen } = await openStore([call(0)]);
    withRaw(path, (db) => db.exec(change));
    const { log } = await reopen();
    const codes = (await log.inspect()).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['STORE_SCHEMA']));
  });

  it('finds an index that says otherwise than its table', async () => {
    const { path, reopen } = await openStore([call(0), call(1)]);
    const restate = (from: string, to: string) =>
      withRaw(path, (db) => {
        db.unsafeMode(true);
        db.pragma('writable_schema = ON');
        const sql = 'UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = ?';
        expect(db.prepare(sql).run(from, to, 'calls_by_risk').changes).toBe(1);
      });
    restate('WHERE begins', 'WHERE idx > 0');
    withRaw(path, (db) => db.exec('REINDEX calls_by_risk'));
    restate('WHERE idx > 0', 'WHERE begins');
    const { log } = await reopen();
    expect(await log.findCalls({ order: 'oldest-first', limit: 9, risk: ['safe'] })).toEqual([1]);
    const codes = (await log.inspect()).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['STORE_INTEGRITY']));
  });

  it('finds bytes that were flipped in a page, wherever the engine can see them', async () => {
    const { path, close, reopen } = await openStore(Array.from({ length: 40 }, (_, i) => call(i)));
    await close();
    const bytes = readFileSync(path);
    // The header of every page but the first: what kind of page it is, and how many cells it has.
    for (let page = 4096; page < bytes.length; page += 4096) bytes[page + 4] = (bytes[page + 4] ?? 0) ^ 0x55;
    writeFileSync(path, bytes);
    const { log } = await reopen();
    const problems = await log.inspect();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every(({ code }) => code === 'STORE_INTEGRITY')).toBe(true);
    await expect(log.leaves({ from: 0, limit: 50 })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});

describe('when the store cannot be used', () => {
  it('a full disk is STORE_FULL, nothing of the batch is written, and the store goes on when there is room', async () => {
    const { path } = await openStore([call(0)]);
    const database = openRaw(path);
    const connection = new Connection({ database, path, environment: createSystemEnvironment() });
    applySettings(database, path);
    const log = new SqliteLogStore(connection, prepareStatements(database));
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 2}`);
    const large = Array.from({ length: 20 }, (_, i) => ({ ...call(i + 1), payloads: { args: 'x'.repeat(10_000) } }));
    await expect(appendSamples(log, large)).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect([(await log.head()).size, (await log.measure()).entries]).toEqual([1, 1]);
    database.pragma('max_page_count = 100000');
    await appendSamples(log, large);
    expect((await log.head()).size).toBe(21);
    expect(await log.inspect()).toEqual([]);
  });

  it('a file that was moved away takes no more entries', async () => {
    const { path, log } = await openStore([call(0)]);
    renameSync(path, `${path}.moved`);
    await expect(appendSamples(log, [call(1)])).rejects.toMatchObject({ code: 'STORE_MISSING' });
    writeFileSync(path, '');
    await expect(appendSamples(log, [call(1)])).rejects.toMatchObject({ code: 'STORE_MISSING' });
    expect((await log.head()).size).toBe(1);
    renameSync(`${path}.moved`, path);
    await appendSamples(log, [call(1)]);
    expect((await log.head()).size).toBe(2);
  });

  it('everything is STORE_CLOSED after closing, which may happen twice', async () => {
    const { log, approvals, close } = await openStore([call(0)]);
    await close();
    await close();
    const closed = { name: 'StoreUnavailableError', code: 'STORE_CLOSED' };
    for (const attempt of [
      () => log.exclusive(NOTHING, () => undefined),
      () => log.head(),
      () => log.inspect(),
      () => log.measure(),
      () => log.findCalls({ order: 'newest-first', limit: 1 }),
      () => approvals.requests(),
      () => approvals.grant('g'),
    ]) {
      await expect(attempt()).rejects.toMatchObject(closed);
    }
  });

  it('a store that is closed while it waits for the lock says so', async () => {
    const { path, log, close } = await openStore([call(0)]);
    openRaw(path).exec('BEGIN IMMEDIATE');
    const waiting = appendSamples(log, [call(1)]);
    await close();
    await expect(waiting).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  it('a write transaction that has begun is never run again, even where the engine says that it is busy', async () => {
    const { path } = await openStore();
    const connection = new Connection({ database: openRaw(path), path, environment: createSystemEnvironment() });
    let runs = 0;
    const busy = () => {
      runs += 1;
      return openRaw(path).exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
    };
    await expect(connection.writeTransaction(busy)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    expect(runs).toBe(1);
  });

  it('a build runs once, and never while another connection holds the lock', async () => {
    const { path, log } = await openStore();
    const other = openRaw(path);
    other.exec('BEGIN IMMEDIATE');
    let builds = 0;
    const waiting = log.exclusive(NOTHING, (state) => {
      builds += 1;
      return sampleBatch(state, [{}]);
    });
    await log.head();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(builds).toBe(0);
    other.exec('COMMIT');
    await waiting;
    expect(builds).toBe(1);
  });
});

describe('removal', () => {
  const CANARY = 'canary-4f1c9e';

  /** How often the text stands in the file and in what lies beside it. */
  function occurrences(path: string, text: string): number {
    return ['', '-wal']
      .map((suffix) => readFileSync(path + suffix).toString('latin1'))
      .reduce((sum, content) => sum + content.split(text).length - 1, 0);
  }

  /** Entries that carry the text in the leaf, in every index, and in payloads of several pages. */
  function marked(i: number): SampleEntry {
    const text = `${CANARY}-${i}`;
    const members = { ...CALL, call: text, session: text, tool: text, actor: { kind: 'agent', id: text } };
    return { members, payloads: { args: `"${text} ${'long '.repeat((i % 7) * 400)}${text}"`, reasons: `"${text}"` } };
  }

  it('leaves nothing of what was removed in the file or in its write-ahead log', async () => {
    const { path, log } = await openStore(Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? marked(i) : call(i))));
    expect(occurrences(path, CANARY)).toBeGreaterThan(120);
    const leaves = Array.from({ length: 60 }, (_, i) => i * 2);
    await appendSamples(log, [{}], { removal: { ...NONE, leaves } });
    expect(occurrences(path, CANARY)).toBe(0);
    expect(await log.measure()).toMatchObject({ entries: 61, payloads: 60 });
    expect(await log.inspect()).toEqual([]);
  });

  it('leaves nothing of a payload, or of the rows of approvals', async () => {
    const { path, log } = await openStore([{ payloads: { args: `"${CANARY}"`, reasons: '"kept"' } }, {}]);
    const request = sampleRequest({ id: CANARY, args: { text: CANARY } });
    const grant = sampleGrant({ id: CANARY });
    await appendSamples(log, [{}], {
      requests: [{ expectVersion: 0, record: { request, state: 'pending', version: 1 } }],
      grants: [{ expectVersion: 0, record: { grant, version: 1, used: 0, revoked: false } }],
    });
    expect(occurrences(path, CANARY)).toBeGreaterThan(3);
    const removal = { leaves: [], payloads: [{ index: 0, name: 'args' }], requests: [CANARY], grants: [CANARY] };
    await appendSamples(log, [{}], { removal });
    expect(occurrences(path, CANARY)).toBe(0);
    expect(occurrences(path, '"kept"')).toBe(1);
  });

  it('cuts the write-ahead log with a later commit, where a reader was in its way', async () => {
    const { path, log } = await openStore([{ payloads: { args: `"${CANARY}"` } }, {}]);
    const reader = openRaw(path);
    reader.exec('BEGIN; SELECT count(*) FROM entries');
    await appendSamples(log, [{}], { removal: { ...NONE, leaves: [0] } });
    expect((await log.measure()).payloads).toBe(0);
    expect(occurrences(path, CANARY)).toBeGreaterThan(0);
    reader.exec('COMMIT');
    await appendSamples(log, [{}]);
    expect(occurrences(path, CANARY)).toBe(0);
  });

  it('is measured', async () => {
    const { log } = await openStore(Array.from({ length: 30 }, (_, i) => call(i)));
    const before = await log.measure();
    expect(before).toMatchObject({ entries: 30, payloads: 30 });
    expect(before.bytes % 4096).toBe(0);
    await appendSamples(log, [{}], { removal: { ...NONE, leaves: [0, 1], payloads: [{ index: 5 }] } });
    expect(await log.measure()).toMatchObject({ entries: 29, payloads: 27 });
  });
});
