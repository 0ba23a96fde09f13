/**
 * Checks of what is installed: Node and SQLite.
 */

import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, fail, failed, ok } from './check.js';

/** Whether this Node is new enough. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const needed = OLDEST_NODE.join('.');
  return isEnough
    ? ok('node', `Node ${version}`)
    : fail('node', `Node ${version}, ${needed} or newer is needed.`, `Install Node ${needed} or newer.`);
}

/** Whether the SQLite addon loads, writes a database, and which SQLite that is. */
export async function checkSqlite(): Promise<Check> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-doctor-'));
  try {
    const path = join(folder, 'scratch.db');
    const { openSqlite } = await import('@countersign/sqlite');
    await (await openSqlite({ path, create: true })).close();
    return ok('sqlite', `better-sqlite3 loads, with SQLite ${await versionIn(path)}`);
  } catch (error) {
    return failed('sqlite', error, 'Install better-sqlite3 again: `npm rebuild better-sqlite3` builds its addon.');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** SQLite's file format, section 1.3: bytes 96 to 99 hold the version that wrote the file last, such as 3053002. */
async function versionIn(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(4), position: 96 });
    const version = buffer.readUInt32BE();
    return [Math.floor(version / 1_000_000), Math.floor(version / 1000) % 1000, version % 1000].join('.');
  } finally {
    await file.close();
  }
}

const OLDEST_NODE = [20, 19] as const;
