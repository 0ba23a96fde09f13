/**
 * When the automatic purge of a log ran last on this machine: one small file beside the high-water mark. It keeps several processes
 * from purging one log at the same time, and tells `doctor` what happened, also when nothing was old enough.
 */

import { readFileSync } from 'node:fs';
import type { Environment } from '@countersign/core';
import { z } from 'zod';
import { acquireFileLock, type FileLock } from '../file-lock.js';
import { isProcessRunning } from '../process-running.js';
import { type FilePlace, refuseSpecialFile, removeDraft, replaceLockedFile } from '../replace-file.js';
import { isErrorWithCode } from '../system-error.js';

/** What the file says. */
export type PurgeState = z.infer<typeof stateSchema>;

const stateSchema = z.object({
  version: z.literal(1),
  /** When the last run began, in microseconds since 1970. */
  startedAtUs: z.int().nonnegative(),
  pid: z.int().positive(),
  /** How often it is to run, in milliseconds. */
  everyMs: z.int().positive(),
  /** Absent while it runs, or when it was interrupted. */
  finishedAtUs: z.int().nonnegative().optional(),
  entries: z.int().nonnegative().optional(),
  payloads: z.int().nonnegative().optional(),
  /** The code of the error that ended it. */
  error: z.string().optional(),
});

/** Where the state of a log's automatic purge is, by its mark. */
export function purgeStatePath(markPath: string): string {
  return `${markPath}.purge`;
}

/**
 * The state; undefined where there is none, or none that can be read: then a run is due.
 * @throws ConfigError `FILE_NOT_REGULAR`; system errors are passed on.
 */
export function readPurgeState(path: string): PurgeState | undefined {
  refuseSpecialFile(placeOf(path));
  try {
    const parsed = stateSchema.safeParse(JSON.parse(readFileSync(path, 'utf8').slice(0, MAX_STATE_LENGTH)));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const MAX_STATE_LENGTH = 4096;

/** In how many milliseconds a run is due: 0 for now. */
export function dueInMs(state: PurgeState | undefined, { nowUs, everyMs }: { nowUs: number; everyMs: number }): number {
  if (state === undefined) return 0;
  const { startedAtUs, finishedAtUs, pid, error } = state;
  const isInterrupted = error === INTERRUPTED || (finishedAtUs === undefined && !isProcessRunning(pid));
  // A clock that was set back must not put the next run off for long.
  if (isInterrupted || startedAtUs > nowUs) return 0;
  return Math.max(0, everyMs - (nowUs - startedAtUs) / 1000);
}

/** What stands as the error of a run that its process ended on the way: the next one goes on at once. */
export const INTERRUPTED = 'INTERRUPTED';

/** Takes the turn to run: false where another process did, or does. @throws ConfigError `FILE_NOT_REGULAR` */
export async function beginRun(path: string, environment: Environment, everyMs: number): Promise<boolean> {
  const lock = await lockState(path, environment);
  if (lock === undefined) return false;
  try {
    const nowUs = environment.nowUs();
    if (dueInMs(readPurgeState(path), { nowUs, everyMs }) > 0) return false;
    return await writeState(path, { version: 1, startedAtUs: nowUs, pid: process.pid, everyMs }, lock);
  } finally {
    lock.release();
  }
}

/** Writes what came of a run. @throws ConfigError `FILE_NOT_REGULAR` */
export async function endRun(
  path: string,
  environment: Environment,
  outcome: Pick<PurgeState, 'entries' | 'payloads' | 'error'>,
): Promise<void> {
  const lock = await lockState(path, environment);
  if (lock === undefined) return;
  try {
    const state = readPurgeState(path);
    if (state?.pid !== process.pid) return;
    await writeState(path, { ...state, ...outcome, finishedAtUs: environment.nowUs() }, lock);
  } finally {
    lock.release();
  }
}

async function lockState(path: string, environment: Environment): Promise<FileLock | undefined> {
  // Before there is as much as a lock beside what is not ours.
  refuseSpecialFile(placeOf(path));
  return acquireFileLock({
    path: `${path}.lock`,
    environment,
    timeoutMs: LOCK_TIMEOUT_MS,
    onTakeover: (token) => removeDraft(path, token),
  });
}

const LOCK_TIMEOUT_MS = 3000;

/** False when the lock was lost, and the turn with it. */
function writeState(path: string, state: PurgeState, lock: FileLock): Promise<boolean> {
  return replaceLockedFile(placeOf(path), `${JSON.stringify(state)}\n`, { lock, flush: false });
}

function placeOf(path: string): FilePlace {
  return { path, what: 'state of the automatic purge' };
}
