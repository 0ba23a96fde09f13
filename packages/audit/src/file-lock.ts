/**
 * A lock between processes: a file that only one of them can make. Node has no advisory locks, so a lock that was left behind
 * by a crash has to be recognised and taken over.
 *
 * A lock is left behind when it has not changed for a second while its process is gone, or for ten seconds whatever its
 * process does (a process id is used again, and a container cannot see those of another). Both are measured by whoever waits,
 * on its own monotonic clock, so that no step of the wall clock matters. Taking over moves the file away, which succeeds for
 * one process only. A holder that was merely suspended finds on waking that the lock is no longer its own: `isHeld` says so, and
 * it must be asked right before the step that matters.
 */

import { closeSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '@countersign/core';
import { isProcessRunning } from './process-running.js';
import { isErrorWithCode } from './system-error.js';

/** What a lock is taken with. */
export interface FileLockOptions {
  /** The file that is the lock. Its directory is made (mode 0700) when it is not there. */
  readonly path: string;
  readonly environment: Environment;
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Called with the token of a lock that was left behind, to clear away what its holder was making. */
  readonly onTakeover: (token: string) => void;
}

/** A lock that is held. */
export interface FileLock {
  /** 32 hex digits, unlike those of any other holder. */
  readonly token: string;
  /** False when another process has taken the lock over. */
  isHeld(): boolean;
  release(): void;
}

/** A lock whose process is gone is taken over after this long; any other after `SUSPENDED_AFTER_MS`. */
export const DEAD_AFTER_MS = 1000;
export const SUSPENDED_AFTER_MS = 10_000;

/** The lock; undefined when it could not be had in time. System errors other than that it is taken are passed on. */
export async function acquireFileLock(options: FileLockOptions): Promise<FileLock | undefined> {
  const { path, environment, timeoutMs } = options;
  const token = Buffer.from(environment.randomBytes(16)).toString('hex');
  const mine = `${process.pid} ${token}\n`;
  const deadlineUs = environment.monotonicUs() + timeoutMs * 1000;
  let seen: Sighting = { text: undefined, sinceUs: environment.monotonicUs() };
  while (!tryCreate(path, mine)) {
    seen = look(path, seen, environment.monotonicUs());
    if (seen.text !== undefined && isLeftBehind(seen.text, environment.monotonicUs() - seen.sinceUs)) {
      takeOver(seen.text, options);
    } else if (environment.monotonicUs() >= deadlineUs) {
      return undefined;
    } else {
      await pause(environment);
    }
  }
  const isHeld = (): boolean => readIfThere(path) === mine;
  return { token, isHeld, release: () => (isHeld() ? removeIfThere(path) : undefined) };
}

/** What stood in the lock, and since when; `text` is undefined where there was none. */
interface Sighting {
  readonly text: string | undefined;
  readonly sinceUs: number;
}

function look(path: string, before: Sighting, nowUs: number): Sighting {
  const text = readIfThere(path);
  return text === before.text ? before : { text, sinceUs: nowUs };
}

function isLeftBehind(text: string, forUs: number): boolean {
  if (forUs >= SUSPENDED_AFTER_MS * 1000) return true;
  const pid = Number(OWNER.exec(text)?.[1] ?? Number.NaN);
  return forUs >= DEAD_AFTER_MS * 1000 && Number.isSafeInteger(pid) && !isProcessRunning(pid);
}

/** What a holder writes: its process id and its token. The text is empty for a moment after the file was made. */
const OWNER = /^([1-9]\d{0,9}) ([0-9a-f]{32})\n$/;

/** Moves a lock away. Where a new holder's was moved by mistake, that holder notices through `isHeld` and asks again. */
function takeOver(text: string, { path, environment, onTakeover }: FileLockOptions): void {
  const aside = `${path}.${Buffer.from(environment.randomBytes(8)).toString('hex')}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return;
    throw error;
  }
  removeIfThere(aside);
  const token = OWNER.exec(text)?.[2];
  if (token !== undefined) onTakeover(token);
}

function tryCreate(path: string, text: string): boolean {
  const file = openNew(path);
  if (file === undefined) return false;
  try {
    writeSync(file, text);
    return true;
  } catch (error) {
    removeIfThere(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

function openNew(path: string): number | undefined {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return undefined;
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'wx', 0o600);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
  }
}

/** Half a millisecond to two, at random, so that waiting processes get their turn fairly. */
function pause(environment: Environment): Promise<void> {
  const [byte = 0] = environment.randomBytes(1);
  return new Promise((resolve) => {
    environment.setTimer(resolve, 0.5 + (1.5 * byte) / 255, { keepAlive: true });
  });
}
