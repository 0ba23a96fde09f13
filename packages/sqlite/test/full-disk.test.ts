/** A log on a disk that is full: SQLite's limit on the pages of a file stands for it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditLog, createMemorySigner, openAuditLog } from '@countersign/audit';
import { sampleCall } from '@countersign/audit/testing';
import { createSystemEnvironment } from '@countersign/core';
import SqliteDatabase from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { Connection } from '../src/connection.js';
import { openSqlite } from '../src/open-sqlite.js';
import { applySettings } from '../src/settings.js';
import { SqliteLogStore } from '../src/sqlite-log-store.js';
import { prepareStatements } from '../src/statements.js';

const environment = createSystemEnvironment();
const large = { payloads: { details: { text: 'x'.repeat(3000) } } } as const;

/** A log over a connection whose room can be set. */
async function openLimited() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-full-'));
  const path = join(folder, 'log.db');
  await (await openSqlite({ path, create: true })).close();
  const database = new SqliteDatabase(path, { timeout: 0 });
  applySettings(database, path);
  const store = new SqliteLogStore(new Connection({ database, path, environment }), prepareStatements(database));
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const signer = createMemorySigner({ origin: 'example.test/full', environment });
  const log = await openAuditLog({ store, signer, environment, create: true });
  const pages = () => Number(database.pragma('page_count', { simple: true }));
  const leaveRoom = (more: number): void => void database.pragma(`max_page_count = ${pages() + more}`);
  return { log, leaveRoom };
}

/** Fills what room there is; answers how many entries were acknowledged on the way. */
async function fill(log: AuditLog): Promise<number> {
  for (let stored = 0; ; stored += 1) {
    const failed = await log.append({ kind: 'system-event', name: 'filler', ...large }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) continue;
    expect(failed).toMatchObject({ name: 'StoreUnavailableError', code: 'STORE_FULL' });
    return stored;
  }
}

it('A full disk stores nothing of what it refuses, again and again, and the log goes on when there is room', async () => {
  const { log, leaveRoom } = await openLimited();
  leaveRoom(12);
  const stored = await fill(log);
  expect(stored).toBeGreaterThan(2);
  for (let i = 0; i < 5; i += 1) expect(await fill(log)).toBe(0);
  expect((await log.stats()).size).toBe(1 + stored);
  leaveRoom(100);
  expect((await log.append({ kind: 'system-event', name: 'room', ...large })).index).toBe(1 + stored);
  expect(await log.verify()).toMatchObject({ integrity: 'ok', size: 2 + stored });
});

it('A disk that fills between intent and outcome leaves a dangling call, and no other call begins', async () => {
  const { log, leaveRoom } = await openLimited();
  const allowed = { decision: 'not_required', decisionBy: 'default:safe' } as const;
  const call = sampleCall(log.origin);
  const { index: begun } = await log.begin({ ...call, ...allowed });
  leaveRoom(0);
  await fill(log);
  const result = { text: 'y'.repeat(6000) };
  const { callId, run, tool } = call;
  const finish = {
    callId,
    run,
    session: 'session-1',
    tool: tool.name,
    begun,
    outcome: 'ok',
    durationUs: 5,
    result,
  } as const;
  await expect(log.finish(finish)).rejects.toMatchObject({ code: 'STORE_FULL' });
  const next = sampleCall(log.origin, { callId: 'call-2', args: { path: 'z'.repeat(6000) } });
  await expect(log.begin({ ...next, ...allowed })).rejects.toMatchObject({ code: 'STORE_FULL' });
  leaveRoom(100);
  await log.begin({ ...next, ...allowed });
  const { calls } = await log.query({});
  expect(calls.map((one) => one.callId)).toEqual(['call-2', 'call-1']);
  // The outcome was tried once: nobody says afterwards what nobody wrote in time.
  await expect(log.finish(finish)).rejects.toMatchObject({ code: 'ENTRY_INVALID' });
  expect(await log.verify()).toMatchObject({ integrity: 'ok' });
});
