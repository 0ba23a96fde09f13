/** Which reporters a run has: the usual one, and the counting one when `npm test` asks for the counts. */

import { fileURLToPath } from 'node:url';

type Reporters = (string | [string, { file: string }])[];

const tallyReporter = fileURLToPath(new URL('../.tools/lib/tally-reporter.mjs', import.meta.url));

/** Reads COUNTERSIGN_TALLY_FILE, which `.tools/test.mjs` sets. */
export function reporters(env: NodeJS.ProcessEnv = process.env): Reporters {
  const file = env.COUNTERSIGN_TALLY_FILE;
  return file === undefined ? ['default'] : ['default', [tallyReporter, { file }]];
}
