/** SQLite as an attacker has it: a connection of one's own, without our settings. The driver belongs to the package that uses it. */

import { createRequire } from 'node:module';

/** The part of the driver that the tests use. */
export interface RawDatabase {
  prepare(sql: string): {
    all(...parameters: readonly unknown[]): unknown[];
    run(...parameters: readonly unknown[]): unknown;
  };
  exec(sql: string): unknown;
  pragma(text: string): unknown;
  unsafeMode(isUnsafe?: boolean): unknown;
  close(): unknown;
}

/** Opens a file. */
export function openRaw(path: string, options: { readonly readonly?: boolean } = {}): RawDatabase {
  const require = createRequire(new URL('../../packages/sqlite/package.json', import.meta.url));
  const Driver: new (file: string, settings: object) => RawDatabase = require(DRIVER);
  return new Driver(path, options);
}

/** Named here only: the workspace's root does not depend on it, so it is resolved from the package that does. */
const DRIVER = 'better-sqlite3';
