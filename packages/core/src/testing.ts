/**
 * An `Environment` for tests: a clock that is set by hand, timers that fire when it is moved, and seeded random bytes.
 */

import { createHash } from 'node:crypto';
import type { Environment, Fetch } from './environment.js';
import { ConfigError } from './errors.js';

/** An environment in which nothing happens by itself. */
export interface TestEnvironment extends Environment {
  /** Moves both clocks forward and fires the timers that fall due on the way, earliest first, each at its own time. */
  advance(ms: number): void;
  /** Sets the wall clock forward or back, as an administrator or NTP would; the monotonic clock and the timers do not notice. */
  stepWallClock(ms: number): void;
  /** How many timers are waiting. */
  pendingTimers(): number;
}

/** What a test environment starts from. */
export interface TestEnvironmentOptions {
  /** Another seed gives other random bytes; the same seed the same. */
  readonly seed?: number | string;
  /** The wall clock at the start, in integer microseconds; 2026-11-21T06:11:00Z by default. */
  readonly startUs?: number;
  /** The network; without it every request fails. */
  readonly fetch?: Fetch;
}

/** A deterministic environment: the same options and the same calls give the same answers. */
export function createTestEnvironment(options: TestEnvironmentOptions = {}): TestEnvironment {
  const { seed = 0, startUs = DEFAULT_START_US } = options;
  const timers = new Set<Timer>();
  let elapsedUs = 0;
  let steppedUs = 0;

  return {
    nowUs: () => startUs + steppedUs + elapsedUs,
    monotonicUs: () => elapsedUs,
    randomBytes: createRandom(seed),
    setTimer: (callback, delayMs) => {
      const timer = { dueUs: elapsedUs + toUs(Math.max(delayMs, 0)), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      if (ms < 0) throw new ConfigError('OPTION_INVALID', 'ms: expected 0 or more; stepWallClock sets the clock back');
      const endUs = elapsedUs + toUs(ms);
      for (let timer = nextDue(timers, endUs); timer !== undefined; timer = nextDue(timers, endUs)) {
        timers.delete(timer);
        elapsedUs = Math.max(elapsedUs, timer.dueUs);
        timer.callback();
      }
      elapsedUs = Math.max(elapsedUs, endUs);
    },
    stepWallClock: (ms) => {
      steppedUs += toUs(ms);
    },
    pendingTimers: () => timers.size,
    fetch: options.fetch ?? noNetwork,
  };
}

async function noNetwork(): Promise<never> {
  throw new TypeError('This test environment has no network.');
}

/** 2026-11-21T06:11:00Z. */
const DEFAULT_START_US = Date.UTC(2026, 10, 21, 6, 11) * 1000;

interface Timer {
  readonly dueUs: number;
  readonly callback: () => void;
}

function toUs(ms: number): number {
  return Math.round(ms * 1000);
}

/** The earliest timer due by `endUs`; of several due at one time the one that was set first. */
function nextDue(timers: ReadonlySet<Timer>, endUs: number): Timer | undefined {
  let next: Timer | undefined;
  for (const timer of timers) {
    if (timer.dueUs <= endUs && (next === undefined || timer.dueUs < next.dueUs)) next = timer;
  }
  return next;
}

/** Bytes from SHA-256 over the seed and a block counter; every call starts a new block. */
function createRandom(seed: number | string): (length: number) => Uint8Array {
  let block = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += HASH_BYTES, block += 1) {
      const digest = createHash('sha256')
        .update(JSON.stringify([seed, block]))
        .digest();
      bytes.set(digest.subarray(0, Math.min(HASH_BYTES, length - at)), at);
    }
    return bytes;
  };
}

const HASH_BYTES = 32;
