/**
 * A signal that aborts when a time is over, on the environment's clock, or when another one aborts.
 */

import type { Environment } from '@countersign/core';

/** A deadline. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Forgets the time. */
  cancel(): void;
}

/** A deadline so many milliseconds from now. The timer keeps the process alive: somebody waits for what comes of it. */
export function createDeadline(options: {
  readonly environment: Environment;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}): Deadline {
  const { environment, timeoutMs, signal } = options;
  const timeout = new AbortController();
  const cancel = environment.setTimer(() => timeout.abort(), timeoutMs, { keepAlive: true });
  return { signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]), cancel };
}
