/**
 * Begins a new incarnation of a log that cannot go on: rolled back, forked, damaged, or without its keys. The old file is kept
 * as evidence; the new log has a fresh origin and fresh keys, and its first entry names the old one and the newest checkpoint
 * that is known of it (log format, section 6).
 */

import { constants, existsSync, statSync } from 'node:fs';
import { copyFile, link, rename } from 'node:fs/promises';
import {
  createOrigin,
  createSigner,
  defaultKeyDir,
  defaultMarkPath,
  type LogIdentity,
  openAuditLog,
  openKeyDir,
  openMark,
  openRemoteKeyDir,
  type ParentLog,
  refuseSpecialFile,
  remoteIdentityOf,
  type Signer,
  StoreUnavailableError,
} from '@countersign/audit';
import { type Actor, ConfigError, type Environment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import type { VerifierKey } from '@countersign/tlog';

/** How to begin anew. */
export interface RestartOptions {
  /** The path of the database. */
  readonly path: string;
  readonly home: string;
  /** Where the keys and the mark of the log are, when not at their default places: what is there is kept beside. */
  readonly keyDir?: string | undefined;
  readonly mark?: string | undefined;
  /** The newest checkpoint of the old log. */
  readonly parent: ParentLog;
  readonly by: Actor;
  readonly reason: string;
  readonly environment: Environment;
  /** The verifier key of the new log's identity, where its private key is kept elsewhere; its name is the new origin. */
  readonly identity?: VerifierKey | undefined;
}

/** What was done. */
export interface Restarted extends LogIdentity {
  readonly database: string;
  readonly keyDir: string;
  readonly mark: string;
  /** What was moved aside: from, to. */
  readonly kept: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Makes the new log beside the old one, gives the old one a second name, and puts the new one in its place. A crash on the way
 * leaves the old log where it was; keys and a mark that were given by name may have been moved aside already.
 * @throws ConfigError `FILE_NOT_REGULAR`, `OPTION_INVALID` when what was given by name is no mark or no folder of keys.
 */
export async function restartLog(options: RestartOptions): Promise<Restarted> {
  const { path, home, environment } = options;
  checkUnused(path);
  checkMovable(options);
  const suffix = suffixOf(environment);
  const origin = options.identity?.name ?? createOrigin(environment);
  const keyDir = options.keyDir ?? defaultKeyDir(origin, home);
  const mark = options.mark ?? defaultMarkPath(origin, home);
  const kept: { from: string; to: string }[] = [];
  const keep = async (from: string, to: string): Promise<void> => {
    if (!existsSync(from)) return;
    await rename(from, to);
    kept.push({ from, to });
  };
  // Given by name, they belong to the old log as yet. At their default places every log has its own.
  if (options.keyDir !== undefined) await keep(keyDir, `${keyDir}${suffix}`);
  if (options.mark !== undefined) await keep(mark, `${mark}${suffix}`);
  const fresh = `${path}.new${suffix}`;
  const identityKey = await makeLog({ ...options, keyDir, mark, origin, path: fresh });
  checkUnused(path);
  await replaceWith(fresh, { path, kept: `${path}${suffix}` });
  kept.push({ from: path, to: `${path}${suffix}` });
  return { origin, identityKey, database: path, keyDir, mark, kept };
}

/** What is moved aside must be of its kind: a device or a pipe is nobody's mark. */
function checkMovable({ keyDir, mark }: RestartOptions): void {
  if (mark !== undefined) refuseSpecialFile({ path: mark, what: 'mark' });
  if (keyDir === undefined || !existsSync(keyDir) || statSync(keyDir).isDirectory()) return;
  throw new ConfigError(
    'OPTION_INVALID',
    `The keys at ${keyDir}: a folder was expected, and something else is there.`,
    {
      hint: 'Give the folder of the keys. Nothing was changed.',
    },
  );
}

/**
 * Gives the old file a second name, and then its place to the new one in a single step: at no moment is there no log at the
 * path, where a program that starts would make one that knows nothing of the old.
 */
async function replaceWith(
  fresh: string,
  { path, kept }: { readonly path: string; readonly kept: string },
): Promise<void> {
  try {
    await link(path, kept);
  } catch (error) {
    if (existsSync(kept)) throw error;
    // A file system without second names: a copy is evidence as well.
    await copyFile(path, kept, constants.COPYFILE_EXCL);
  }
  await rename(fresh, path);
}

/** SQLite removes its log of writes with the last connection: where it is there, somebody has the database open. */
function checkUnused(path: string): void {
  if (!existsSync(`${path}-wal`)) return;
  throw new StoreUnavailableError('STORE_LOCKED', `Another program has the log ${path} open; nothing was changed.`, {
    hint: 'Stop the programs that write to the log, and repeat the command.',
  });
}

interface NewLog extends RestartOptions {
  readonly keyDir: string;
  readonly mark: string;
  readonly origin: string;
}

async function makeLog(options: NewLog): Promise<string> {
  const { path, mark, parent, by, reason, environment } = options;
  const signer = await makeSigner(options);
  const stores = await openSqlite({ path, create: true, environment });
  try {
    const log = await openAuditLog({
      store: stores.log,
      signer,
      mark: openMark({ path: mark, environment }),
      environment,
      create: true,
      opening: { parent, by, reason },
    });
    await log.close();
    return log.identityKey;
  } finally {
    await stores.close();
  }
}

/** Without its identity's signature, which follows when the log is opened by who can ask for it. */
async function makeSigner({ keyDir: dir, origin, identity, environment }: NewLog): Promise<Signer> {
  if (identity === undefined) return createSigner(await openKeyDir({ dir, origin, create: true, environment }));
  const { epochs } = await openRemoteKeyDir({ dir, identity, create: true, environment });
  return { origin, identity: remoteIdentityOf(identity), epochs };
}

/** `.old-` and the time, so that nothing that was kept before is overwritten. */
function suffixOf(environment: Environment): string {
  const time = new Date(Math.floor(environment.nowUs() / 1000)).toISOString().replace(/[-:]|\.\d+/g, '');
  return `.old-${time}-${Buffer.from(environment.randomBytes(2)).toString('hex')}`;
}
