/**
 * One text for the pair that names a call. Pure.
 */

/** One key for (run, call): the length keeps the two apart. */
export function callKey(run: string, call: string): string {
  return `${run.length}:${run}:${call}`;
}
