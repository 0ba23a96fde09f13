/**
 * Files that hold one key each: read only where nobody else could have read or changed them, and made so that a reader
 * sees the whole of one or none.
 */

import { constants } from 'node:fs';
import { type FileHandle, link, open, unlink } from 'node:fs/promises';
import type { Environment } from '@countersign/core';
import { KeyError } from '../errors.js';
import { isErrorWithCode } from '../system-error.js';

/** Key files are read up to this many bytes. */
export const MAX_KEY_FILE_BYTES = 16 * 1024;

/** Who may read a key file. */
export type KeyFileAccess = 'private' | 'public';

/** A key file to be made. */
export interface NewKeyFile {
  readonly path: string;
  readonly text: string;
  readonly access: KeyFileAccess;
  /** Its random bytes keep two that make the file at once apart. */
  readonly environment: Environment;
}

/**
 * The text of a key file; undefined when there is none.
 * @throws KeyError KEY_EXPOSED when a private file is a symbolic link, belongs to somebody else, or is open to others;
 * KEY_INVALID when it is no file of at most 16 KiB.
 */
export async function readKeyFile(path: string, access: KeyFileAccess): Promise<string | undefined> {
  const file = await openWithoutLinks(path);
  if (file === undefined) return undefined;
  try {
    // The checks are of the very file that is read, not of whatever the path may name a moment later.
    const status = await file.stat();
    if (!status.isFile()) throw new KeyError('KEY_INVALID', `Reading ${path}: a file was expected.`);
    if (access === 'private') checkPrivate(path, status);
    if (status.size > MAX_KEY_FILE_BYTES) {
      throw new KeyError('KEY_INVALID', `Reading ${path}: at most ${MAX_KEY_FILE_BYTES} bytes were expected.`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Makes a key file with the whole of `text`, on the disk when this returns. Answers false when a file of that name is there
 * already; that one is left as it is.
 * @throws KeyError KEY_MISSING when it cannot be made.
 */
export async function createKeyFile({ path, text, access, environment }: NewKeyFile): Promise<boolean> {
  const temporary = `${path}.${Buffer.from(environment.randomBytes(16)).toString('hex')}.tmp`;
  const mode = access === 'private' ? 0o600 : 0o644;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // A rename would replace the key that another process made at the same time; a second name for the file cannot.
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return false;
    throw new KeyError('KEY_MISSING', `Making the key ${path} failed.`, { cause: error });
  } finally {
    await unlink(temporary).catch(ignoreMissing);
  }
}

/**
 * Erases a key file: overwrites it, flushes that, and takes its name away; the caller flushes the directory. One that is gone
 * is no failure. What a file system or a disk keeps of the old bytes elsewhere (copies on write, spare blocks, snapshots,
 * backups) no program can reach.
 */
export async function eraseKeyFile(path: string, environment: Environment): Promise<void> {
  try {
    // A link in the place of a key loses its name, and what it points to stays as it is.
    const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = await file.stat();
      // Random bytes into a device or a pipe would be somebody else's harm.
      if (!status.isFile()) throw new KeyError('KEY_INVALID', `The key ${path} is no regular file.`);
      const { size } = status;
      await file.write(environment.randomBytes(Math.min(size, MAX_KEY_FILE_BYTES)), 0, null, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT') && !isErrorWithCode(error, 'ELOOP')) throw error;
  }
  await unlink(path).catch(ignoreMissing);
}

/** Puts the names in a directory on the disk, where the system allows a directory to be flushed. */
export async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function openWithoutLinks(path: string): Promise<FileHandle | undefined> {
  try {
    // Non-blocking, so that a pipe in the place of a key does not make its reader wait.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    if (isErrorWithCode(error, 'ELOOP')) throw exposed(path, 'it is a symbolic link', error);
    throw new KeyError('KEY_INVALID', `Reading ${path} failed.`, { cause: error });
  }
}

function checkPrivate(path: string, status: { readonly mode: number; readonly uid: number }): void {
  // Windows knows neither owner numbers nor modes; its access lists are inherited from the user's directory.
  if (process.getuid === undefined) return;
  if (status.uid !== process.getuid()) throw exposed(path, 'it belongs to another user');
  if ((status.mode & 0o077) !== 0) throw exposed(path, 'others than its owner can open it');
}

function exposed(path: string, reason: string, cause?: unknown): KeyError {
  return new KeyError('KEY_EXPOSED', `The key ${path} is not used: ${reason}.`, {
    hint: `Treat the key as known to others. If you are sure that it is not, run: chmod 600 ${path}`,
    cause,
  });
}

function ignoreMissing(error: unknown): void {
  if (!isErrorWithCode(error, 'ENOENT')) throw error;
}
