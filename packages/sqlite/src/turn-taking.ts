/**
 * Fair turns at a lock that several processes poll for. Who finds it free takes it, so among equals some wait many rounds by bad
 * luck. A process that usually waits therefore leaves the lock alone for a while after it had it: the longer its own waits of
 * late, the longer, so that few compete at a time and those have waited the longest. It knows its own waits and nothing of the
 * others, so a crashed process can be in nobody's way; where waits become shorter, so does the leave. Pure.
 */

/** The turns of one process. All times are microseconds of one forward clock. */
export class TurnTaking {
  #usualWaitUs = 0;
  #leaveUntilUs = 0;

  /** Notes a turn that was had after `waitedUs` and is over now. */
  note({ waitedUs, nowUs }: { readonly waitedUs: number; readonly nowUs: number }): void {
    this.#usualWaitUs += (waitedUs - this.#usualWaitUs) / WEIGHED_TURNS;
    this.#leaveUntilUs = nowUs + Math.min(this.#usualWaitUs * LEAVE_PER_WAIT, MAX_LEAVE_US);
  }

  /** How long to leave the lock to others yet, in whole milliseconds. */
  leaveMs(nowUs: number): number {
    return Math.max(0, Math.round((this.#leaveUntilUs - nowUs) / 1000));
  }
}

/** The usual wait follows about so many turns. */
const WEIGHED_TURNS = 8;

/** Twice the wait: about a third of all processes compete at a time. More would leave the lock idle when there are two. */
const LEAVE_PER_WAIT = 2;

/** The longest leave, in microseconds. */
export const MAX_LEAVE_US = 30_000;
