/**
 * `npm test`: sets up, runs every suite over the sources, then the suite over the built output. Arguments are vitest filters;
 * `--allowed-skips=<file>` turns every skipped test that the file does not list into a failure. The last line is the count.
 */

import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './lib/run.mjs';
import { runMain, SetupError, say } from './lib/say.mjs';
import { addTallies, closingLine, describeSkip, emptyTally, forbidSkips, readAllowedSkips } from './lib/tally.mjs';
import { cacheDir, root } from './lib/workspace.mjs';
import { setUp } from './setup.mjs';

const suites = ['test/vitest.config.ts', 'test/built/vitest.config.ts'];
const skipsFlag = '--allowed-skips=';
const vectorsVariable = 'COUNTERSIGN_VECTORS';

await runMain(async () => {
  const { filters, allowedSkips } = parseArguments(process.argv.slice(2));
  const vectors = describeVectors();
  await setUp();
  let tally = emptyTally;
  for (const config of suites) tally = addTallies(tally, await runSuite(config, filters));
  for (const test of tally.skipped) say(`SKIPPED: ${describeSkip(test)}`);
  if (allowedSkips !== undefined) tally = forbidSkips(tally, allowedSkips);
  if (tally.passed + tally.failed === 0) say('No test ran.');
  process.stdout.write(`${vectors}\n${closingLine(tally)}\n`);
  return tally.passed > 0 && tally.failed === 0 ? 0 : 1;
});

function parseArguments(args) {
  const flag = args.find((each) => each.startsWith(skipsFlag));
  return {
    filters: args.filter((each) => each !== flag),
    allowedSkips: flag === undefined ? undefined : readAllowedSkips(resolve(flag.slice(skipsFlag.length))),
  };
}

/** A folder that is named but not there is a mistake, and would hide that the published vectors did not run. */
function describeVectors() {
  const folder = process.env[vectorsVariable];
  if (folder === undefined || folder === '') {
    return `Published test vectors: not there (${vectorsVariable} does not name a folder), so the suites that want them did not run.`;
  }
  if (existsSync(folder) && statSync(folder).isDirectory()) return `Published test vectors: ${folder}`;
  throw new SetupError(`${vectorsVariable} names ${folder}, which is not a folder.`);
}

async function runSuite(config, filters) {
  const tallyFile = join(cacheDir, 'tallies', `${config.replaceAll('/', '-')}.json`);
  rmSync(tallyFile, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--config', config, '--passWithNoTests', ...filters];
  const env = { ...process.env, COUNTERSIGN_TALLY_FILE: tallyFile };
  const code = await run(process.execPath, [vitest, ...args], { cwd: root, env });
  const tally = existsSync(tallyFile) ? JSON.parse(readFileSync(tallyFile, 'utf8')) : emptyTally;
  // Whatever made vitest fail without a failed test (a crash, a broken configuration) is one failure.
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
