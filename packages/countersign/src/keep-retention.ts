/**
 * Retention of an open deployment: what was interrupted is resumed, and the automatic purge begins.
 */

import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import {
  type AuditLog,
  type AutoPurge,
  type CheckedConfig,
  purgeStatePath,
  StoreCorruptError,
  startAutoPurge,
} from '@countersign/audit';
import type { Environment } from '@countersign/core';

/** What retention is kept with. */
export interface RetentionParts {
  readonly log: AuditLog;
  readonly config: CheckedConfig;
  /** The path of the high-water mark. */
  readonly markPath: string | undefined;
  readonly environment: Environment;
  readonly warn: (line: string) => void;
}

/** Undefined where the automatic purge is off. */
export async function keepRetention(parts: RetentionParts): Promise<AutoPurge | undefined> {
  const { log, config, markPath, environment, warn } = parts;
  await resume(log, warn);
  if (config.purge === undefined) return undefined;
  const { everyMs, archive } = config.purge;
  return startAutoPurge({
    log,
    environment,
    everyMs,
    warn,
    ...(markPath !== undefined && { statePath: purgeStatePath(markPath) }),
    ...(archive !== undefined && { archivePath: () => archivePath(archive, log, environment) }),
  });
}

/** A log that is not what was signed is left as it is: `verify` says what is wrong with it. */
async function resume(log: AuditLog, warn: (line: string) => void): Promise<void> {
  try {
    const { purge, erasure, forgetting } = await log.resumeRemovals();
    if (forgetting) warn('A session on record as forgotten still had its key: it was destroyed.');
    if (purge || erasure) warn(`An interrupted ${purge ? 'purge' : 'erasure'} of the log was resumed.`);
  } catch (error) {
    if (!(error instanceof StoreCorruptError)) throw error;
    warn(`What the newest purge left undone cannot be told (${error.code}): run \`countersign verify\`.`);
  }
}

/** A name of its own for each run: the log, and the time. */
function archivePath(folder: string, { origin }: AuditLog, environment: Environment): string {
  const log = createHash('sha256').update(origin).digest('hex').slice(0, 16);
  const time = new Date(environment.nowUs() / 1000).toISOString().replace(/[:.]/g, '-');
  return join(resolve(folder), `${log}-${time}.jsonl`);
}
