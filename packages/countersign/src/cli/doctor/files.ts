/**
 * Checks of the files of a log: who can open them, and whether the disk has room.
 */

import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MarkFile } from '@countersign/audit';
import { sizeText } from '../format/words.js';
import type { LogFiles } from '../open-view.js';
import { type Check, fail, failed, ok, warn } from './check.js';

/** Whether others than the owner can read or change the database, and what SQLite keeps beside it. */
export async function checkDatabaseFiles({ database }: LogFiles): Promise<Check> {
  const exposed: string[] = [];
  for (const path of [database, `${database}-wal`, `${database}-shm`]) {
    const mode = await modeOf(path);
    if (mode !== undefined && isOpenToOthers(mode)) exposed.push(path);
  }
  const folderMode = await modeOf(dirname(database));
  const folderOpen =
    folderMode !== undefined && hasModes() && (folderMode & 0o022) !== 0 && (folderMode & STICKY) === 0;
  if (folderOpen) exposed.push(dirname(database));
  if (exposed.length === 0) return ok('database files', 'only their owner can open them');
  return warn(
    'database files',
    `others than their owner can open ${exposed.join(', ')}`,
    `Run: chmod go-rwx ${exposed.join(' ')}`,
  );
}

/** Whether the keys are there, and closed to others. @param isRemote The identity's private key is kept elsewhere. */
export async function checkKeyFiles({ keyDir }: LogFiles, isRemote: boolean): Promise<Check> {
  const names = await readdir(keyDir).catch(() => undefined);
  const keys = names?.filter((name) => name.endsWith('.key')) ?? [];
  if (keys.length === 0) {
    return warn(
      'keys',
      `no keys in ${keyDir}: this machine can read and verify the log, not write it`,
      'If this machine writes the log, give the folder with --key-dir, or restore the keys from a backup.',
    );
  }
  const needed = isRemote ? ['redaction.key'] : ['identity.key', 'redaction.key'];
  const missing = needed.filter((name) => !keys.includes(name));
  if (missing.length > 0) {
    return fail(
      'keys',
      `${missing.join(' and ')} is not in ${keyDir}`,
      'Restore the folder of the keys from a backup.',
    );
  }
  const modes = await Promise.all(keys.map((name) => modeOf(join(keyDir, name))));
  const exposed = keys.filter((_, at) => isOpenToOthers(modes[at] ?? 0));
  const elsewhere = isRemote ? "; the identity's private key is kept elsewhere" : '';
  if (exposed.length === 0) return ok('keys', `${keys.length} key files in ${keyDir}, closed to others${elsewhere}`);
  return fail(
    'keys',
    `others than their owner can open ${exposed.join(', ')} in ${keyDir}`,
    `Treat the keys as known to others; if they are not, run: chmod 600 ${join(keyDir, '*.key')}`,
  );
}

/** Whether the high-water mark is there and agrees with the newest checkpoint. */
export async function checkMarkFile(
  mark: MarkFile,
  head: { readonly size: number; readonly root: string | undefined },
): Promise<Check> {
  try {
    const known = await mark.read();
    if (known === undefined) {
      return warn(
        'mark',
        `no high-water mark at ${mark.path}`,
        'Without it, a log that was cut back is noticed only by checkpoints kept elsewhere.',
      );
    }
    const { size, root } = known.checkpoint;
    if (size > head.size) {
      return fail(
        'mark',
        `the log has ${head.size} entries, and this machine has seen ${size}: it was cut back or replaced`,
        RUN_VERIFY,
      );
    }
    if (size === head.size && Buffer.from(root).toString('base64') !== head.root) {
      return fail('mark', `the log has other entries than this machine has seen: it was rewritten`, RUN_VERIFY);
    }
    return ok(
      'mark',
      size === head.size ? 'agrees with the log' : `${head.size - size} entries behind the log, which does no harm`,
    );
  } catch (error) {
    return failed('mark', error, RUN_VERIFY);
  }
}

/** Whether there is room to go on writing. */
export async function checkDisk({ database }: LogFiles): Promise<Check> {
  const { bavail, bsize } = await statfs(dirname(database));
  const free = bavail * bsize;
  const text = `${sizeText(free)} free`;
  if (free < FULL_BYTES) return fail('disk', text, 'Free some disk space: what cannot be recorded does not run.');
  if (free < LOW_BYTES)
    return warn('disk', text, 'Free some disk space, or purge old entries with `countersign purge`.');
  return ok('disk', text);
}

const RUN_VERIFY = 'Run `countersign verify`, and keep a copy of the log as it is.';

const FULL_BYTES = 50 * 1024 ** 2;
const LOW_BYTES = 1024 ** 3;

/** In a folder with this bit, as /tmp, nobody can replace the files of others. */
const STICKY = 0o1000;

async function modeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mode;
}

function isOpenToOthers(mode: number): boolean {
  return hasModes() && (mode & 0o077) !== 0;
}

/** Windows has access lists instead, which a user's folder hands down. */
function hasModes(): boolean {
  return process.platform !== 'win32';
}
