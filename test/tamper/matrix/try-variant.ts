/**
 * Verifies what an attacker left behind, in each store: the rows in memory, the rows in a SQLite file that is opened anew, and an
 * export that was made of the rows.
 */

import { copyFileSync, rmSync } from 'node:fs';
import { exportSourceOf, openExport, type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { entriesJsonl } from '../../../packages/audit/src/export/entries-jsonl.js';
import { openRaw, type RawDatabase } from '../raw-sqlite.js';
import { type RawRow, readerOf, type Snapshot, TABLES, type TableName } from '../snapshot.js';
import { verifyBoth } from '../verify-both.js';
import type { Ground, Level, Variant } from './attack.js';

export const STORES = ['memory', 'SQLite', 'export'] as const;

export type StoreName = (typeof STORES)[number];

/** What came of it. */
export type Verdict =
  | { readonly kind: 'verified'; readonly report: VerifyReport }
  /** The store cannot hold the change: the engine does not take the rows, or nothing of them stands in an export. */
  | { readonly kind: 'not stored' }
  /** Opening the file ended with an error of this code. */
  | { readonly kind: 'refused'; readonly code: string };

/** The evidence that a verifier brings at a level. */
export function evidenceAt(level: Level, ground: Ground, { key = ground.key, mark = ground.mark }: Partial<Variant>) {
  return {
    ...(key === null ? {} : { key }),
    ...(level === 'key' ? {} : { mark }),
    ...(level === 'anchor' ? { against: [ground.mark] } : {}),
  };
}

/** Verifies the rows of a variant in memory, with the evidence of each level. */
export async function tryInMemory(
  variant: Variant,
  ground: Ground,
  levels: readonly Level[],
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const level of levels) {
    // Both ways at the first level alone: the evidence makes no difference to how entries are read.
    const verify = level === levels[0] ? verifyBoth : verifyLog;
    const report = await verify(readerOf(variant.rows), evidenceAt(level, ground, variant));
    verdicts.push({ kind: 'verified', report });
  }
  return verdicts;
}

/** Exports the rows of a variant and verifies the export, with the evidence of each level. */
export async function tryInExport(
  variant: Variant,
  ground: Ground,
  levels: readonly Level[],
): Promise<readonly Verdict[]> {
  const text = await exportOf(variant.rows, ground);
  if (text === undefined || (variant.key === undefined && text === (await exportOf(ground.rows, ground)))) {
    return levels.map(() => ({ kind: 'not stored' }));
  }
  const verdicts: Verdict[] = [];
  for (const level of levels) {
    verdicts.push({ kind: 'verified', report: await verifyExport(text, evidenceAt(level, ground, variant)) });
  }
  return verdicts;
}

/** The text of an export of rows; undefined when they cannot be read as what was written. */
export async function exportOf(rows: Snapshot, { world, key }: Ground): Promise<string | undefined> {
  const parts: string[] = [];
  try {
    const about = { origin: world.signer.origin, identityKey: key };
    for await (const part of entriesJsonl(readerOf(rows), about)) parts.push(part);
  } catch {
    // Whatever the rows are, nobody can be handed an export of them.
    return undefined;
  }
  return parts.join('');
}

/** Verifies the text of an export. */
export async function verifyExport(text: string, evidence: ReturnType<typeof evidenceAt>): Promise<VerifyReport> {
  return verifyLog(await openExport(exportSourceOf(Buffer.from(text))), evidence);
}

/** Puts the rows of a variant into a copy of the file at `base`, opens it, and verifies it with the evidence of each level. */
export async function tryInFile(
  variant: Variant,
  ground: Ground,
  { base, levels }: { readonly base: string; readonly levels: readonly Level[] },
): Promise<readonly Verdict[]> {
  const path = `${base}.attacked`;
  const isStored = attackFile(base, path, (database) => replaceRows(database, variant.rows));
  if (!isStored) return levels.map(() => ({ kind: 'not stored' }));
  return verifyFile(path, { ground, variant, levels });
}

/** Copies a file and changes the copy; false when the engine refuses the change. */
export function attackFile(base: string, path: string, attack: (database: RawDatabase) => void): boolean {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  copyFileSync(base, path);
  const database = openRaw(path);
  try {
    attack(database);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')) return false;
    throw error;
  } finally {
    database.close();
  }
}

/** Runs the statements of an attack. */
export function runScript(database: RawDatabase, sql: string): void {
  database.unsafeMode(true);
  database.exec(sql);
}

/** Opens and verifies a file. */
export async function verifyFile(
  path: string,
  { ground, variant, levels }: { ground: Ground; variant: Partial<Variant>; levels: readonly Level[] },
): Promise<readonly Verdict[]> {
  let stores: Awaited<ReturnType<typeof openSqlite>>;
  try {
    stores = await openSqlite({ path });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return levels.map(() => ({ kind: 'refused', code }));
  }
  try {
    const verdicts: Verdict[] = [];
    for (const level of levels) {
      verdicts.push({
        kind: 'verified',
        report: await verifyLog(stores.log, evidenceAt(level, ground, variant)),
      });
    }
    return verdicts;
  } finally {
    await stores.close();
  }
}

/** Columns that hold text; an attacker's other types go in as they are, for the engine to refuse. */
const TEXT: Readonly<Record<TableName, readonly string[]>> = {
  entries: ['leaf'],
  payloads: ['name'],
  checkpoints: ['note'],
  head: [],
  approval_requests: ['id', 'record'],
  approval_grants: ['id', 'record'],
};

/** Puts these rows in the place of all that a file holds. */
export function replaceRows(database: RawDatabase, rows: Snapshot): void {
  database.exec('BEGIN');
  for (const table of TABLES) {
    database.prepare(`DELETE FROM ${table}`).run();
    for (const row of rows[table]) insertRow(database, table, row);
  }
  database.exec('COMMIT');
}

function insertRow(database: RawDatabase, table: TableName, row: RawRow): void {
  const columns = Object.keys(row);
  const values = columns.map((column) =>
    TEXT[table].includes(column) && row[column] instanceof Uint8Array ? 'CAST(? AS TEXT)' : '?',
  );
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`;
  // The driver binds every number as a float; a whole one is meant as an integer.
  const bound = columns.map((column) => {
    const value = row[column] ?? null;
    if (typeof value === 'number') return BigInt(value);
    return value === null ? null : Buffer.from(value);
  });
  database.prepare(sql).run(...bound);
}
