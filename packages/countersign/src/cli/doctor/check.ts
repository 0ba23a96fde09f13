/**
 * One line of `countersign doctor`. Pure.
 */

/** How a check came out: `warn` lessens what the log is worth, `fail` keeps it from working or means that it was changed. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

/** One check. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A check that found nothing wrong. */
export function ok(name: string, message: string): Check {
  return { name, status: 'ok', message };
}

/** A check that found something doubtful. */
export function warn(name: string, message: string, advice: string): Check {
  return { name, status: 'warn', message, advice };
}

/** A check that found something wrong. */
export function fail(name: string, message: string, advice: string): Check {
  return { name, status: 'fail', message, advice };
}

/** What a check threw, as its line. */
export function failed(name: string, error: unknown, advice: string): Check {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : advice;
  return fail(name, message, hint);
}
