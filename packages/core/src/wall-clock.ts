/**
 * A wall clock of microsecond resolution that still follows the system's clock when that is set.
 */

/** The two clocks that a wall clock is made of, in milliseconds. */
export interface ClockSources {
  /** Since 1970-01-01T00:00:00Z, in whole milliseconds: follows steps of the system's clock. */
  wallMs(): number;
  /** From an arbitrary start, with a fraction: never set. */
  monotonicMs(): number;
}

/**
 * A clock that answers integer microseconds since 1970-01-01T00:00:00Z. It counts on from an anchor by the monotonic source,
 * and drops the anchor for a new one when the wall clock says something else by more than 5 ms.
 */
export function createWallClock(sources: ClockSources): () => number {
  const readOffset = (): number => sources.wallMs() - sources.monotonicMs();
  let offsetMs = readOffset();
  return () => {
    const monotonicMs = sources.monotonicMs();
    const wallMs = sources.wallMs();
    if (Math.abs(offsetMs + monotonicMs - wallMs) > MAX_DRIFT_MS) offsetMs = wallMs - monotonicMs;
    return Math.round((offsetMs + monotonicMs) * 1000);
  };
}

/** More than the wall clock's grain of 1 ms and the time between two readings; far below the steps that the log records. */
const MAX_DRIFT_MS = 5;
