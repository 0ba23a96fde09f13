/**
 * Files that are replaced whole: written beside their place, flushed, and renamed into it, so that a reader finds the old file or
 * the new one. A rename takes away whatever stands in its way, a device or a pipe included, so that is looked at first: only a
 * regular file is ever replaced.
 *
 * A symbolic link is no regular file here, wherever it leads. The rename would put a file in the place of the link (of
 * `/dev/stdout`, say) and leave alone what it leads to, which nobody who gives the path of a link can mean.
 */

import { closeSync, fsync, lstatSync, openSync, renameSync, type Stats, unlinkSync, writeFileSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ConfigError, type Environment } from '@countersign/core';
import type { FileLock } from './file-lock.js';
import { isErrorWithCode } from './system-error.js';

/** A file that is replaced. */
export interface FilePlace {
  readonly path: string;
  /** What the file is, or which option names it, for messages: `mark`, `file of --out`. */
  readonly what: string;
}

/** A file that is replaced by one process, or by several that need not know of each other. */
export interface ReplacedFile extends FilePlace {
  /** Its permissions; 0600 when not given. */
  readonly mode?: number;
  /** Its random bytes keep two that write the file at once apart. */
  readonly environment: Pick<Environment, 'randomBytes'>;
}

/** What stands at a path and is no regular file, in words (`a named pipe`); undefined for a regular file, and where there is none. */
export function specialFileAt(path: string): string | undefined {
  const status = statusOf(path);
  return status === undefined || status.isFile() ? undefined : kindOf(status);
}

/** @throws ConfigError `FILE_NOT_REGULAR` when what stands there is no regular file. Nothing is opened to find out. */
export function refuseSpecialFile({ path, what }: FilePlace): void {
  const found = specialFileAt(path);
  if (found === undefined) return;
  throw new ConfigError(
    'FILE_NOT_REGULAR',
    `The ${what} ${path}: a regular file was expected, and ${found} is there.`,
    {
      hint: 'Give the path of a regular file, or of none. Nothing was touched.',
    },
  );
}

/**
 * Replaces a file by these bytes, or these pieces of text one after the other; it is on the disk when this returns.
 * @throws ConfigError `FILE_NOT_REGULAR`, before anything is written or taken from the pieces; system errors, and what the pieces
 * throw, are passed on, and nothing is left behind.
 */
export async function replaceFile(
  file: ReplacedFile,
  content: string | Uint8Array | AsyncIterable<string>,
): Promise<void> {
  refuseSpecialFile(file);
  const draft = draftOf(file.path, Buffer.from(file.environment.randomBytes(16)).toString('hex'));
  try {
    await writeDraft(draft, content, file.mode);
    refuseSpecialFile(file);
    await rename(draft, file.path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Replaces a file that a lock guards, with synchronous calls but for the flush: they take less time than waiting for a thread.
 * False when the lock was lost on the way; nothing was replaced then.
 * @throws ConfigError `FILE_NOT_REGULAR`; system errors are passed on. Nothing is left behind.
 */
export async function replaceLockedFile(
  place: FilePlace,
  text: string,
  { lock, flush }: { readonly lock: FileLock; readonly flush: boolean },
): Promise<boolean> {
  const draft = draftOf(place.path, lock.token);
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600 });
    if (flush) await flushPath(draft, 'r+');
    if (lock.isHeld()) {
      refuseSpecialFile(place);
      renameSync(draft, place.path);
      return true;
    }
  } catch (error) {
    removeDraft(place.path, lock.token);
    throw error;
  }
  removeDraft(place.path, lock.token);
  return false;
}

/** Clears away what the holder of a lock was writing. */
export function removeDraft(path: string, token: string): void {
  try {
    unlinkSync(draftOf(path, token));
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
  }
}

/** Puts a file on the disk. Some systems flush only what was opened for writing; a folder can only be opened for reading. */
export async function flushPath(path: string, mode: 'r' | 'r+'): Promise<void> {
  const file = openSync(path, mode);
  try {
    await flushFile(file);
  } finally {
    closeSync(file);
  }
}

/** Puts the names in a folder on the disk, where the system lets folders be flushed. Other failures are passed on. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    await flushPath(path, 'r');
  } catch (error) {
    if (!NO_FLUSH_HERE.some((code) => isErrorWithCode(error, code))) throw error;
  }
}

/** How file systems that do not flush folders say so. */
const NO_FLUSH_HERE = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'] as const;

const flushFile = promisify(fsync);

/** Writes a file that is not there yet and flushes it. System errors, and what the pieces throw, are passed on. */
export async function writeDraft(
  path: string,
  content: string | Uint8Array | AsyncIterable<string>,
  mode = 0o600,
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await writeFile(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function draftOf(path: string, token: string): string {
  return `${path}.${token}.tmp`;
}

/** Where a place cannot be looked at, nothing can be put or read either: whoever tries is told why. */
function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder';
  if (status.isSymbolicLink()) return 'a symbolic link';
  if (status.isFIFO()) return 'a named pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}
