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
