/**
 * Migrations by `user_version`: each step takes a file from one schema version to the next, in one transaction.
 */

import type { Database } from 'better-sqlite3';
import { APPLICATION_ID, SCHEMA_1, SCHEMA_VERSION } from './schema.js';

/** Brings a database to the schema version of this code. Must run inside a transaction. */
export function migrate(database: Database): void {
  const found = Number(database.pragma('user_version', { simple: true }));
  for (const step of STEPS.slice(found)) step(database);
  database.pragma(`user_version = ${SCHEMA_VERSION}`);
}

/** STEPS[n] takes version n to n + 1. */
const STEPS: readonly ((database: Database) => void)[] = [createVersion1];

function createVersion1(database: Database): void {
  database.pragma(`application_id = ${APPLICATION_ID}`);
  for (const statement of SCHEMA_1) database.exec(statement);
}
