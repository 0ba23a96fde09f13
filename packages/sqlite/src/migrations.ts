/**
 * Migrations by `user_version`: each step takes a file from one schema version to the next, in one transaction.
 */

import type { Database } from 'better-sqlite3';
import type { Connection } from './connection.js';
import { APPLICATION_ID, SCHEMA_1, SCHEMA_2, SCHEMA_VERSION } from './schema.js';
import { checkIdentifiers, missing, notOurs } from './store-file.js';

/**
 * Brings a file to the schema version of this code. One that is up to date is opened without taking its write lock.
 * @throws StoreUnavailableError `STORE_MISSING` when the file holds nothing and `create` is not set.
 * @throws StoreCorruptError `STORE_NOT_OURS`, `STORE_FROM_THE_FUTURE`
 */
export async function bringUpToDate(connection: Connection, create: boolean): Promise<void> {
  const { database, path } = connection;
  const version = await connection.readTransaction(() => knownVersion(database, path));
  if (version === SCHEMA_VERSION) return;
  await connection.exclusiveTransaction(() => {
    const found = knownVersion(database, path);
    if (found === 0 && !create) throw missing(path);
    for (const step of STEPS.slice(found)) step(database);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  });
}

/** The file's schema version as the engine sees it, its journals included; 0 for a file that holds nothing. */
export function knownVersion(database: Database, path: string): number {
  const version = Number(database.pragma('user_version', { simple: true }));
  const application = Number(database.pragma('application_id', { simple: true }));
  // A creation that was killed is rolled back to nothing, when the engine first looks.
  if (version === 0 && application === 0) {
    const objects: unknown = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (objects !== 0) throw notOurs(path, 'another program made it');
    return 0;
  }
  checkIdentifiers(path, { application, version });
  return version;
}

/** STEPS[n] takes version n to n + 1. */
const STEPS: readonly ((database: Database) => void)[] = [createVersion1, createVersion2];

function createVersion1(database: Database): void {
  database.pragma(`application_id = ${APPLICATION_ID}`);
  for (const statement of SCHEMA_1) database.exec(statement);
}

function createVersion2(database: Database): void {
  for (const statement of SCHEMA_2) database.exec(statement);
}
