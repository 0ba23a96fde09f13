/**
 * A lock between processes: a name in a folder that only one of them can make. Node has no advisory locks, so a lock that was
 * left behind by a crash has to be recognised and taken over.
 *
 * The lock is a symbolic link whose target is a text that says who holds it, because a link comes into being with its text, in
 * one step; a file, which is empty for a moment, stands in where the file system has no links.
 *
 * A lock is left behind at once when its holder ran in our own place (see process-identity) and is gone. What ran elsewhere (a
 * container counts its own process ids), or does not say, is left behind when it has not changed for a second while nothing runs
 * under its id, or for ten seconds whatever runs: both are measured by whoever waits, on its own monotonic clock, so that no step
 * of the wall clock matters. Taking over moves the lock away, which succeeds for one process only. A holder that was merely
 * suspended finds on waking that the lock is no longer its own: `isHeld` says so, and it must be asked right before the step that
 * matters.
 */

import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '@countersign/core';
import { isCertainlyGone, ownProcess, type ProcessIdentity } from './process-identity.js';
import { isProcessRunning } from './process-running.js';
import { isErrorWithCode } from './system-error.js';

/** What a lock is taken with. */
export interface FileLockOptions {
  /** The name that is the lock. Its directory is made (mode 0700) when it is not there. */
  readonly path: string;
  readonly environment: Environment;
  /** Who takes it; this process when not given (whoever locks often asks for its identity once). */
  readonly owner?: ProcessIdentity;
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Asked each time before it waits: false gives up, because what the lock was for has been done by another process. */
  readonly isWanted?: () => boolean;
  /** Called with the token of a lock that was left behind, to clear away what its holder was making. */
  readonly onTakeover: (token: string) => void;
}

/** A lock that is held. */
export interface FileLock {
  /** 16 hex digits, unlike those of any other holder. */
  readonly token: string;
  /** False when another process has taken the lock over. */
  isHeld(): boolean;
  release(): void;
}

/** A lock of another place, whose process is gone as far as can be seen, is taken over after this long; any after `SUSPENDED_AFTER_MS`. */
export const DEAD_AFTER_MS = 1000;
export const SUSPENDED_AFTER_MS = 10_000;

/**
 * The lock; undefined when it could not be had in time, or is no longer wanted. System errors other than that it is taken are
 * passed on.
 */
export async function acquireFileLock(options: FileLockOptions): Promise<FileLock | undefined> {
  const { path, environment, owner = ownProcess(), timeoutMs, isWanted = () => true } = options;
  const token = Buffer.from(environment.randomBytes(8)).toString('hex');
  const mine = formatHolder(owner, token);
  const deadlineUs = environment.monotonicUs() + timeoutMs * 1000;
  let seen: Sighting = { text: undefined, sinceUs: environment.monotonicUs() };
  while (!tryCreate(path, mine)) {
    seen = look(path, seen, environment.monotonicUs());
    if (seen.text !== undefined && isLeftBehind(seen.text, owner, environment.monotonicUs() - seen.sinceUs)) {
      takeOver(seen.text, options);
    } else if (environment.monotonicUs() >= deadlineUs || !isWanted()) {
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

function isLeftBehind(text: string, own: ProcessIdentity, forUs: number): boolean {
  const holder = parseHolder(text)?.owner;
  if (holder !== undefined && isCertainlyGone(holder, own)) return true;
  if (forUs >= SUSPENDED_AFTER_MS * 1000) return true;
  return forUs >= DEAD_AFTER_MS * 1000 && holder !== undefined && !isProcessRunning(holder.pid);
}

/** What a holder writes: its process id, place and start (a dash where the system does not tell), and its token. */
function formatHolder({ pid, place = '-', startedAt = '-' }: ProcessIdentity, token: string): string {
  return `${pid} ${place} ${startedAt} ${token}`;
}

function parseHolder(text: string): { readonly owner: ProcessIdentity; readonly token: string } | undefined {
  const [, pid = '', place = '', startedAt = '', token = ''] = HOLDER.exec(text) ?? [];
  if (pid === '') return undefined;
  const told = (value: string): string | undefined => (value === '-' ? undefined : value);
  return { owner: { pid: Number(pid), place: told(place), startedAt: told(startedAt) }, token };
}

const HOLDER = /^([1-9]\d{0,9}) ([0-9a-f]{12}|-) (\d{1,20}|-) ([0-9a-f]{16})$/;

/** Moves a lock away. Where a new holder's was moved by mistake it is put back; a holder whose lock is gone notices through `isHeld`. */
function takeOver(text: string, { path, environment, onTakeover }: FileLockOptions): void {
  const aside = `${path}.${Buffer.from(environment.randomBytes(8)).toString('hex')}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readIfThere(aside);
  removeIfThere(aside);
  if (moved !== undefined && moved !== text) {
    tryCreate(path, moved);
    return;
  }
  const token = parseHolder(text)?.token;
  if (token !== undefined) onTakeover(token);
}

/** False when the lock is taken. */
function tryCreate(path: string, text: string): boolean {
  try {
    create(path, text);
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return false;
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return tryCreate(path, text);
}

function create(path: string, text: string): void {
  if (!createLink(path, text)) createFile(path, text);
}

/** False where there are no links. */
function createLink(path: string, text: string): boolean {
  if (!HAS_LINKS) return false;
  try {
    symlinkSync(text, path);
    return true;
  } catch (error) {
    if (NO_LINKS_HERE.some((code) => isErrorWithCode(error, code))) return false;
    throw error;
  }
}

function createFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
  } catch (error) {
    removeIfThere(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Windows lets few accounts make symbolic links. */
const HAS_LINKS = process.platform !== 'win32';

/** How file systems without symbolic links say so. */
const NO_LINKS_HERE = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'] as const;

function readIfThere(path: string): string | undefined {
  try {
    if (HAS_LINKS) return readlinkSync(path, 'latin1');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    // It is there, and no link.
    if (!isErrorWithCode(error, 'EINVAL')) throw error;
  }
  return readFileIfThere(path);
}

function readFileIfThere(path: string): string | undefined {
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
