/**
 * Attacks on a SQLite file that are found when a query asks for proofs, without a verification of the whole log: rows hidden,
 * relabelled, moved, forged and swapped, in the table, in the index and in the schema. Each is tried on a file that an honest log
 * wrote, by somebody who has the file and no key.
 */

import { copyFileSync } from 'node:fs';
import { type AuditedCall, LogView, type QueryFilter, type QueryResult } from '@countersign/audit';
import { createTestEnvironment } from '@countersign/core/testing';
import { openSqlite } from '@countersign/sqlite';
import { hashLeaf } from '@countersign/tlog';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { ORIGIN } from '../../packages/audit/test/verify-world.js';
import { type LogFile, temporaryFolder, writeLogFile } from './log-file.js';
import { openRaw, type RawDatabase } from './raw-sqlite.js';

const folder = temporaryFolder();
afterAll(folder.remove);

let file: LogFile;
let honest: QueryResult;
/** A refused critical call, an allowed safe call with an outcome, and another one. */
let critical: AuditedCall;
let first: AuditedCall;
let second: AuditedCall;

beforeAll(async () => {
  file = await writeLogFile(`${folder.path}/honest.db`, 'fifty');
  honest = await queryFile(file.path, {});
  critical = callWhere(({ risk }) => risk === 'critical');
  [first, second] = [callWhere(({ callId }) => callId === 'safe-1'), callWhere(({ callId }) => callId === 'safe-2')];
});

function callWhere(matches: (call: AuditedCall) => boolean): AuditedCall {
  const call = honest.calls.find(matches);
  if (call === undefined) throw new Error('no such call');
  return call;
}

/** A reader as it comes to the file for the first time, with the key and a checkpoint from elsewhere. */
async function queryFile(path: string, filter: QueryFilter): Promise<QueryResult> {
  const stores = await openSqlite({ path, create: false });
  try {
    const view = new LogView({
      store: stores.log,
      origin: ORIGIN,
      identityKey: file.key,
      environment: createTestEnvironment({ seed: 5 }),
      isWriterAlive: () => false,
    });
    return await view.query({ proofs: true, key: file.key, against: [file.mark], limit: 1000, ...filter });
  } finally {
    await stores.close();
  }
}

/** What a query of an attacked copy comes to: the codes of its statement, or of its error. */
async function attacked(name: string, attack: (raw: RawDatabase) => void, filter: QueryFilter): Promise<string[]> {
  const path = `${folder.path}/${name.replaceAll(/[^a-z]/g, '-')}-${Object.keys(filter).join('-')}.db`;
  copyFileSync(file.path, path);
  const raw = openRaw(path);
  raw.unsafeMode(true);
  raw.pragma('writable_schema = ON');
  attack(raw);
  raw.close();
  try {
    const { completeness } = await queryFile(path, filter);
    return [completeness?.status ?? 'none', ...(completeness?.findings ?? []).map(({ code }) => code)];
  } catch (error) {
    return error instanceof Error && 'code' in error ? [String(error.code)] : [String(error)];
  }
}

function leafOf(raw: RawDatabase, index: number): string {
  const [row] = raw.prepare('SELECT leaf FROM entries WHERE idx = ?').all(index);
  if (typeof row !== 'object' || row === null || !('leaf' in row)) throw new Error('no leaf');
  return String(row.leaf);
}

/** Index of the outcome of a call. */
function outcomeOf(raw: RawDatabase, { callId }: AuditedCall): number {
  const [row] = raw.prepare("SELECT idx FROM entries WHERE call = ? AND kind = 'tool-result'").all(callId);
  if (typeof row !== 'object' || row === null || !('idx' in row)) throw new Error('no outcome');
  return Number(row.idx);
}

/** Makes an index or a table again under another text, and puts the honest text back: what it holds stays as it was made. */
function rebuildUnder(raw: RawDatabase, name: string, change: (sql: string) => string): void {
  const [row] = raw.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').all(name);
  if (typeof row !== 'object' || row === null || !('sql' in row)) throw new Error('no such object');
  const text = String(row.sql);
  const changed = change(text);
  expect(changed).not.toBe(text);
  const put = raw.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?');
  put.run(changed, name);
  raw.pragma('schema_version = 1001');
  raw.exec('REINDEX');
  put.run(text, name);
  raw.pragma('schema_version = 1002');
}

const CRITICAL: QueryFilter = { risk: 'critical' };

describe('the file as it was written', () => {
  it('answers every query with proofs as verified', async () => {
    expect(honest.completeness).toMatchObject({ status: 'verified', findings: [] });
    for (const filter of [CRITICAL, { risk: 'safe' }, { session: 'session-1' }, { limit: 3 }] as const) {
      expect((await queryFile(file.path, filter)).completeness).toMatchObject({ status: 'verified', findings: [] });
    }
  });
});

describe('a call that is hidden', () => {
  it.each<readonly [string, (raw: RawDatabase) => void, readonly string[]]>([
    [
      'by deleting its row',
      (raw) => raw.prepare('DELETE FROM entries WHERE idx = ?').run(critical.index),
      ['STORE_DAMAGED'],
    ],
    [
      'by removing its text as a purge does',
      (raw) => raw.prepare('UPDATE entries SET leaf = NULL WHERE idx = ?').run(critical.index),
      ['failed', 'CALLS_MISSING'],
    ],
    [
      'from the index that is asked',
      (raw) => rebuildUnder(raw, 'calls_by_risk', (sql) => `${sql} AND idx <> ${critical.index}`),
      ['failed', 'CALLS_MISSING'],
    ],
    [
      'by a generated column that says otherwise',
      (raw) => relabelInSchema(raw, critical.index),
      ['failed', 'CALLS_MISSING'],
    ],
    [
      'by relabelling it in its text',
      (raw) => {
        const forged = leafOf(raw, critical.index).replace('"risk":"critical"', '"risk":"safe"');
        raw.prepare('UPDATE entries SET leaf = ? WHERE idx = ?').run(forged, critical.index);
      },
      ['failed', 'CALLS_MISSING'],
    ],
    ['by relabelling it in its text and its hash', (raw) => forgeRisk(raw, critical.index), ['STORE_DAMAGED']],
    [
      'by cutting the log back to before it',
      (raw) => {
        raw.prepare('DELETE FROM entries WHERE idx >= ?').run(critical.index);
        raw.prepare('UPDATE head SET size = ?').run(critical.index);
      },
      ['STORE_DAMAGED'],
    ],
  ])('%s is missed', async (name, attack, codes) => {
    expect(await attacked(name, attack, CRITICAL)).toEqual(codes);
  });

  it('is missed as well when the filter asks for more than the level', async () => {
    const hide = (raw: RawDatabase) =>
      rebuildUnder(raw, 'calls_by_risk', (sql) => `${sql} AND idx <> ${critical.index}`);
    expect(await attacked('tool', hide, { ...CRITICAL, tool: '*' })).toEqual(['failed', 'CALLS_MISSING']);
    expect(await attacked('since', hide, { ...CRITICAL, since: '2001-01-01' })).toEqual(['failed', 'CALLS_MISSING']);
  });
});

describe('a call that is relabelled', () => {
  it.each<readonly [string, (raw: RawDatabase) => void]>([
    ['by a generated column', (raw) => relabelInSchema(raw, critical.index)],
    [
      'in its text',
      (raw) => {
        const forged = leafOf(raw, critical.index).replace('"risk":"critical"', '"risk":"safe"');
        raw.prepare('UPDATE entries SET leaf = ? WHERE idx = ?').run(forged, critical.index);
      },
    ],
  ])('%s is refused where it is now answered', async (name, attack) => {
    expect(await attacked(`safe ${name}`, attack, { risk: 'safe' })).toEqual(['ENTRY_CORRUPT']);
  });

  it('to another index is refused', async () => {
    const swap = (raw: RawDatabase) => {
      raw.exec(`UPDATE entries SET idx = -1 WHERE idx = ${first.index}`);
      raw.exec(`UPDATE entries SET idx = ${first.index} WHERE idx = ${second.index}`);
      raw.exec(`UPDATE entries SET idx = ${second.index} WHERE idx = -1`);
    };
    expect(await attacked('moved', swap, {})).toEqual(['STORE_DAMAGED']);
  });
});

describe('an outcome', () => {
  it.each<readonly [string, (raw: RawDatabase) => void, string]>([
    [
      'that changed places with that of another call',
      (raw) => {
        const [one, two] = [outcomeOf(raw, first), outcomeOf(raw, second)];
        const [left, right] = [leafOf(raw, one), leafOf(raw, two)];
        raw.prepare('UPDATE entries SET leaf = NULL WHERE idx = ?').run(one);
        raw.prepare('UPDATE entries SET leaf = ? WHERE idx = ?').run(left, two);
        raw.prepare('UPDATE entries SET leaf = ? WHERE idx = ?').run(right, one);
      },
      'ENTRY_CORRUPT',
    ],
    [
      'that the index of calls does not show',
      (raw) => {
        const hidden = outcomeOf(raw, first);
        rebuildUnder(raw, 'entries_by_call', (sql) => `${sql} WHERE idx <> ${hidden}`);
      },
      'ENTRY_CORRUPT',
    ],
    [
      'that was deleted',
      (raw) => raw.prepare('DELETE FROM entries WHERE idx = ?').run(outcomeOf(raw, first)),
      'STORE_DAMAGED',
    ],
    [
      'whose result was changed',
      (raw) => {
        const changed = Buffer.from('{"n":2,"text":"done"}');
        const name = 'result';
        raw
          .prepare('UPDATE payloads SET bytes = ? WHERE idx = ? AND name = ?')
          .run(changed, outcomeOf(raw, first), name);
      },
      'ENTRY_CORRUPT',
    ],
    [
      'that was turned into a success',
      (raw) => {
        const at = outcomeOf(raw, first);
        const forged = leafOf(raw, at).replace('"durationUs":3000', '"durationUs":1');
        const leafHash = hashLeaf(sha256, Buffer.from(forged));
        raw.prepare('UPDATE entries SET leaf = ?, leaf_hash = ? WHERE idx = ?').run(forged, leafHash, at);
      },
      'STORE_DAMAGED',
    ],
  ])('%s is refused', async (name, attack, code) => {
    expect(await attacked(name, attack, { risk: 'safe' })).toEqual([code]);
  });
});

/** The generated column says that the call is safe. */
function relabelInSchema(raw: RawDatabase, index: number): void {
  const [row] = raw.prepare("SELECT sql FROM sqlite_schema WHERE name = 'entries'").all();
  if (typeof row !== 'object' || row === null || !('sql' in row)) throw new Error('no table');
  const text = String(row.sql);
  const changed = text.replace(
    /risk TEXT AS \((.*)\) VIRTUAL/,
    `risk TEXT AS (CASE WHEN idx = ${index} THEN 'safe' ELSE ($1) END) VIRTUAL`,
  );
  expect(changed).not.toBe(text);
  raw.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'entries'").run(changed);
  raw.pragma('schema_version = 1001');
  raw.exec('REINDEX');
}

/** As somebody does who can compute hashes. */
function forgeRisk(raw: RawDatabase, index: number): void {
  const forged = leafOf(raw, index).replace('"risk":"critical"', '"risk":"safe"');
  const leafHash = hashLeaf(sha256, Buffer.from(forged));
  raw.prepare('UPDATE entries SET leaf = ?, leaf_hash = ? WHERE idx = ?').run(forged, leafHash, index);
}
