/**
 * What the engine itself says of a file: its full integrity check, and whether its schema is the one that we made. A trigger,
 * a view or a changed index could make honest queries lie.
 */

import type { StoreProblem } from '@countersign/audit';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { APPLICATION_ID, SCHEMA_1, SCHEMA_VERSION } from './schema.js';

/** Inspects a database; answers nothing for a sound one. */
export function inspectDatabase(database: Database): readonly StoreProblem[] {
  return [...settings(database), ...schema(database), ...integrity(database)];
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

function schema(database: Database): readonly StoreProblem[] {
  const rows: unknown = database
    .prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name')
    .all();
  const found = new Set(
    z
      .array(z.object({ name: z.string(), sql: z.string() }))
      .parse(rows)
      .map((row) => row.sql),
  );
  const missing = SCHEMA_1.filter((statement) => !found.has(statement)).length;
  const foreign = [...found].filter((statement) => !SCHEMA_1.includes(statement)).length;
  return [
    ...(missing > 0 ? [problem(`${missing} of ${SCHEMA_1.length} objects of the schema are missing or changed.`)] : []),
    ...(foreign > 0 ? [problem(`${foreign} objects that Countersign did not make are in the schema.`)] : []),
  ];
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
