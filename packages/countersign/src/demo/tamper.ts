/**
 * The demo's attacker: copies the database, changes one byte of one signed entry, and has the copy verified.
 */

import { chmodSync, closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LogView, type VerifyReport } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import SqliteDatabase from 'better-sqlite3';
import type { Countersign } from '../open-countersign.js';

/** What was changed, and what verification says of it. */
export interface Tampered {
  readonly change: string;
  readonly report: VerifyReport;
}

/** Changes one byte of a copy and verifies it with the key of the original. */
export async function tamperWithCopy(cs: Countersign, folder: string): Promise<Tampered> {
  const copy = join(folder, 'tampered-copy.db');
  await backup(cs.path, copy);
  const change = changeOneByte(copy);
  const stores = await openSqlite({ path: copy });
  try {
    const { origin, identityKey } = cs.log;
    const view = new LogView({
      store: stores.log,
      origin,
      identityKey,
      environment: createSystemEnvironment(),
      isWriterAlive: () => false,
    });
    return { change, report: await view.verify({ key: identityKey, against: [await cs.log.checkpoint()] }) };
  } finally {
    await stores.close();
  }
}

/** SQLite's own online backup: one file, whatever stands in the write-ahead log. */
async function backup(from: string, to: string): Promise<void> {
  const source = new SqliteDatabase(from, { readonly: true, fileMustExist: true });
  try {
    await source.backup(to);
    // The copy holds what the log holds: it is closed to others likewise.
    chmodSync(to, 0o600);
  } finally {
    source.close();
  }
}

/** Makes the record of a rejected call say otherwise, in the file itself: SQLite has nothing to object. */
function changeOneByte(path: string): string {
  const bytes = readFileSync(path);
  const offset = bytes.indexOf(HIT);
  if (offset < 0) throw new Error('The demo found no rejected call to tamper with.');
  const file = openSync(path, 'r+');
  try {
    writeSync(file, 'd', offset + HIT.indexOf('j'));
  } finally {
    closeSync(file);
  }
  return `byte ${offset + HIT.indexOf('j')} of the file, inside ${HIT}`;
}

/** How a leaf says it; the row of a request says it in other words. */
const HIT = '"decision":"rejected","decisionBy"';
