/**
 * The file before SQLite touches it: made where that was asked for, and refused, untouched, when it is not ours or from the
 * future. SQLite's database header: https://www.sqlite.org/fileformat.html#the_database_header
 */

import { closeSync, lstatSync, mkdirSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreCorruptError, StoreUnavailableError } from '@countersign/audit';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.js';

/**
 * Sees that there is a file and that it may be opened as a store. With `create`, a missing file is made (its folder too) for
 * this account alone, and an empty one is taken for a creation that was killed: it holds nothing that could be lost.
 * @throws StoreUnavailableError `STORE_MISSING`, `STORE_IO`
 * @throws StoreCorruptError `STORE_NOT_OURS`, `STORE_FROM_THE_FUTURE`
 */
export function prepareFile(path: string, create: boolean): void {
  const found = statusOf(path);
  if (found === undefined) {
    if (!create) throw missing(path);
    createPrivately(path);
    return;
  }
  if (!found.isFile()) throw notOurs(path, 'it is no regular file');
  const header = readHeader(path);
  if (header.length > 0) checkHeader(path, header);
  else if (!create) throw missing(path);
}

/**
 * Refuses identifiers that this code does not know.
 * @throws StoreCorruptError `STORE_NOT_OURS`, `STORE_FROM_THE_FUTURE`
 */
export function checkIdentifiers(
  path: string,
  { application, version }: { readonly application: number; readonly version: number },
): void {
  if (application !== APPLICATION_ID) throw notOurs(path, 'another program made it');
  if (version <= SCHEMA_VERSION) return;
  throw new StoreCorruptError(
    'STORE_FROM_THE_FUTURE',
    `The store ${path} has schema version ${version}; this version of Countersign reads up to ${SCHEMA_VERSION}.`,
    { hint: 'Update Countersign. The file was not touched.' },
  );
}

/** The error for a store that is not there. */
export function missing(path: string): StoreUnavailableError {
  return new StoreUnavailableError('STORE_MISSING', `There is no store at ${path}.`, {
    hint: 'Check the path. A new store is made where an agent opens it (openCountersign, unless `create` is false), never by reading.',
  });
}

/** The error for a file that somebody else made. */
export function notOurs(path: string, why: string): StoreCorruptError {
  return new StoreCorruptError('STORE_NOT_OURS', `${path} is not a Countersign store: ${why}.`, {
    hint: 'Give another path. The file was not touched.',
  });
}

const HEADER_BYTES = 100;

/** Follows links. A link that leads nowhere is nothing to create a file behind. */
function statusOf(path: string): Stats | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined && lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw missing(path);
    return found;
  } catch (cause) {
    throw cause instanceof StoreUnavailableError ? cause : unreadable(path, cause);
  }
}

function createPrivately(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // 'a' and not 'wx': another process may have made it a moment ago, and both go on to make one schema.
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw new StoreUnavailableError('STORE_IO', `The store ${path} could not be created.`, {
      hint: 'See that the folder exists and that this account may write to it.',
      cause,
    });
  }
}

function readHeader(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return header.subarray(0, readSync(file, header, 0, header.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError('STORE_IO', `The store ${path} could not be read.`, {
    hint: 'See that this account may read the file.',
    cause,
  });
}

function checkHeader(path: string, header: Buffer): void {
  const isSqlite = header.length === HEADER_BYTES && header.toString('latin1', 0, 16) === 'SQLite format 3\0';
  if (!isSqlite) throw notOurs(path, 'it is no SQLite database');
  checkIdentifiers(path, { application: header.readUInt32BE(68), version: header.readUInt32BE(60) });
}
