/**
 * Waiting that can be ended.
 */

import type { Environment } from '@countersign/core';

/** Waits `ms` milliseconds, or until `signal` aborts. A call waits for what comes after, so the process stays alive. */
export function pause(environment: Pick<Environment, 'setTimer'>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      done();
    };
    const cancel = environment.setTimer(finish, ms, { keepAlive: true });
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}

/** The longest wait between two tries, in milliseconds. */
export const MAX_RETRY_WAIT_MS = 15_000;

const FIRST_RETRY_WAIT_MS = 500;

/** Doubling from half a second on, from half of that to all of it: many that fail at once do not come back at once. */
export function retryWaitMs(failures: number, environment: Pick<Environment, 'randomBytes'>): number {
  const ceiling = Math.min(FIRST_RETRY_WAIT_MS * 2 ** failures, MAX_RETRY_WAIT_MS);
  const [byte = 0] = environment.randomBytes(1);
  return Math.round(ceiling * (0.5 + byte / 512));
}
