/**
 * When the automatic purge of a log ran last on this machine: one small file beside the high-water mark. It keeps several processes
 * from purging one log at the same time, and tells `doctor` what happened, also when nothing was old enough.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Environment } from '@countersign/core';
import { z } from 'zod';
import { acquireFileLock } from '../file-lock.js';
import { isProcessRunning } from '../process-running.js';
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

/** The state; undefined where there is none, or none that can be read: then a run is due. */
export function readPurgeState(path: string): PurgeState | undefined {
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

/** Takes the turn to run: false where another process did, or does. */
export async function beginRun(path: string, environment: Environment, everyMs: number): Promise<boolean> {
  const lock = await lockState(path, environment);
  if (lock === undefined) return false;
  try {
    const nowUs = environment.nowUs();
    if (dueInMs(readPurgeState(path), { nowUs, everyMs }) > 0) return false;
    writeState(path, { version: 1, startedAtUs: nowUs, pid: process.pid, everyMs }, lock.token);
    return true;
  } finally {
    lock.release();
  }
}

/** Writes what came of a run. */
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
    writeState(path, { ...state, ...outcome, finishedAtUs: environment.nowUs() }, lock.token);
  } finally {
    lock.release();
  }
}

function lockState(path: string, environment: Environment) {
  return acquireFileLock({
    path: `${path}.lock`,
    environment,
    timeoutMs: LOCK_TIMEOUT_MS,
    onTakeover: (token) => rmSync(draftPath(path, token), { force: true }),
  });
}

function draftPath(path: string, token: string): string {
  return `${path}.${token}.new`;
}

const LOCK_TIMEOUT_MS = 3000;

function writeState(path: string, state: PurgeState, token: string): void {
  const draft = draftPath(path, token);
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
