/**
 * A lock between processes, so that two set-ups in one checkout take turns. The lock is a file that names its owner; an owner that
 * is gone is noticed by its process id, and by a lock that was not touched for a while (the id may have been given to someone else).
 */

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 250;
const touchMs = 2_000;
const staleMs = 30_000;
/** An owner writes its name right after making the file; a file that stays empty longer than this belongs to nobody. */
const unnamedMs = 5_000;

/** Runs `work` while holding the lock; `onWait` is called once if another process has it. */
export async function withLock(file, work, { onWait = () => {} } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  const token = randomUUID();
  let waited = false;
  while (!tryCreate(file, token)) {
    if (isStale(file)) {
      removeStale(file);
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(pollMs);
  }
  const touching = setInterval(() => touch(file), touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if (ownerOf(file)?.token === token) rmSync(file, { force: true });
  }
}

function tryCreate(file, token) {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, token }), {
      flag: 'wx',
    });
    return true;
  } catch (error) {
    // Windows answers EPERM for a file that is just being deleted.
    if (error.code === 'EEXIST' || error.code === 'EPERM') return false;
    throw error;
  }
}

function isStale(file) {
  const ageMs = ageOf(file);
  if (ageMs === undefined) return false;
  const owner = ownerOf(file);
  if (owner === undefined) return ageMs > unnamedMs;
  return ageMs > staleMs || !isRunning(owner.pid);
}

/** Two waiters may see the same stale lock: only one at a time removes it, and only after looking again. */
function removeStale(file) {
  const guard = `${file}.removing`;
  try {
    mkdirSync(guard);
  } catch {
    if ((ageOf(guard) ?? 0) > staleMs && existsSync(guard)) rmdirSync(guard);
    return;
  }
  try {
    if (isStale(file)) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function ownerOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The file went away with the folder (a clean checkout): there is nothing left to keep.
  }
}
