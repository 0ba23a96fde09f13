/**
 * The time of entries (log format, section 2): it does not go backwards, and a step of the clock is put on record instead of
 * poisoning what follows.
 */

import type { Environment } from '@countersign/core';

/** The largest difference that is no step, in microseconds: up to it, a time that lies behind is set to the last one. */
export const MAX_CLOCK_LAG_US = 2_000_000;

/** One look at both clocks, in integer microseconds. */
export interface ClockAnchor {
  readonly wallUs: number;
  readonly monotonicUs: number;
}

/** The time for the next entry. */
export interface ClockReading {
  readonly timeUs: number;
  /** Set when the clock stepped: how far, and a `clock-stepped` entry comes first. */
  readonly stepUs?: number;
  /** What the next reading is compared with, once this one has been used. */
  readonly anchor: ClockAnchor;
}

/** Looks at both clocks. */
export function readAnchor(environment: Environment): ClockAnchor {
  return { wallUs: environment.nowUs(), monotonicUs: environment.monotonicUs() };
}

/**
 * The time for the next entry. It is a step when the wall clock moved otherwise than the monotonic one since `before` by more
 * than 2 s, or when it lies behind the last entry (which another process may have written) by more than 2 s.
 */
export function readClock(options: {
  readonly environment: Environment;
  readonly before: ClockAnchor;
  /** Time of the last entry; undefined for an empty log. */
  readonly lastUs: number | undefined;
}): ClockReading {
  const { environment, before, lastUs } = options;
  const anchor = readAnchor(environment);
  if (lastUs !== undefined && anchor.wallUs < lastUs - MAX_CLOCK_LAG_US) {
    return { timeUs: anchor.wallUs, stepUs: anchor.wallUs - lastUs, anchor };
  }
  const timeUs = Math.max(anchor.wallUs, lastUs ?? 0);
  const driftUs = anchor.wallUs - before.wallUs - (anchor.monotonicUs - before.monotonicUs);
  return Math.abs(driftUs) > MAX_CLOCK_LAG_US ? { timeUs, stepUs: driftUs, anchor } : { timeUs, anchor };
}
