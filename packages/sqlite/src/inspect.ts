/**
 * What the engine itself says of a file: its full integrity check, and whether its schema is the one that we made. A trigger,
 * a view or a changed index could make honest queries lie.
 */

import type { StoreProblem } from '@countersign/audit';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.js';
import { isBusy } from './sqlite-errors.js';

/** Inspects a database; answers nothing for a sound one. */
export function inspectDatabase(database: Database): readonly StoreProblem[] {
  return [settings, schema, integrity].flatMap((check) => reported(() => check(database)));
}

/** Damage can stop the engine in the middle of a check: that is an answer too. */
function reported(check: () => readonly StoreProblem[]): readonly StoreProblem[] {
  try {
    return check();
  } catch (error) {
    const isDamage = error instanceof SqliteDatabase.SqliteError && !isBusy(error);
    if (!isDamage) throw error;
    return [{ code: 'STORE_INTEGRITY', message: `The engine's check ended with ${error.code}.` }];
  }
}

/** At most this many lines of the engine's report are passed on. */
const MAX_LINES = 20;

function integrity(database: Database): readonly StoreProblem[] {
  const rows: unknown = database.pragma(`integrity_check(${MAX_LINES})`);
  const lines = z.array(z.object({ integrity_check: z.string() })).parse(rows);
  return lines
    .filter((line) => line.integrity_check !== 'ok')
    .map((line) => ({
      code: 'STORE_INTEGRITY',
      message: `The engine's integrity check reports: ${withoutValues(line.integrity_check)}`,
    }));
}

/** The report names tables, indexes and pages; anything in quotation marks could be content. */
function withoutValues(line: string): string {
  return line.replace(/'[^']*'/g, "'…'").slice(0, 200);
}

const schemaRows = z.array(
  z.object({ type: z.string(), name: z.string(), tbl_name: z.string(), sql: z.string().nullable() }),
);

function schema(database: Database): readonly StoreProblem[] {
  const rows: unknown = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  const found = new Set(schemaRows.parse(rows).filter(isStated).map(describe));
  const expected = new Set(SCHEMA.map((sql) => describe({ ...objectOf(sql), sql })));
  const missing = [...expected].filter((object) => !found.has(object)).length;
  const foreign = [...found].filter((object) => !expected.has(object)).length;
  return [
    ...(missing > 0 ? [problem(`${missing} of ${SCHEMA.length} objects of the schema are missing or changed.`)] : []),
    ...(foreign > 0 ? [problem(`${foreign} objects that Countersign did not make are in the schema.`)] : []),
  ];
}

type SchemaRow = z.infer<typeof schemaRows>[number];

/** The engine makes the index of a primary key itself, without a statement. */
function isStated({ type, name, sql }: SchemaRow): boolean {
  return !(type === 'index' && sql === null && name.startsWith('sqlite_autoindex_'));
}

function describe({ type, name, tbl_name, sql }: SchemaRow): string {
  return JSON.stringify([type, name, tbl_name, sql]);
}

/** What the engine lists for one of our statements. */
function objectOf(sql: string): Omit<SchemaRow, 'sql'> {
  const [, type = '', name = '', on] = /^CREATE (?:UNIQUE )?(TABLE|INDEX) (\w+)(?: ON (\w+))?/.exec(sql) ?? [];
  return { type: type.toLowerCase(), name, tbl_name: on ?? name };
}

function problem(message: string): StoreProblem {
  return { code: 'STORE_SCHEMA', message };
}

function settings(database: Database): readonly StoreProblem[] {
  const wanted = [
    ['application_id', APPLICATION_ID],
    ['user_version', SCHEMA_VERSION],
    ['encoding', 'UTF-8'],
  ] as const;
  return wanted.flatMap(([name, value]) => {
    const found: unknown = database.pragma(name, { simple: true });
    return found === value ? [] : [{ code: 'STORE_SETTINGS', message: `${name} is not ${value}.` } as const];
  });
}
