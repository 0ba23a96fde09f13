/**
 * Makes a fresh clone ready to run: checks Node, installs, proves that the compiled addon loads, builds. Quick when there is
 * nothing to do, and safe to start twice at once. `--build` builds everything again.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, isBuilt } from './lib/build.mjs';
import { ensureInstalled, isInstalled } from './lib/install.mjs';
import { withLock } from './lib/lock.mjs';
import { checkNodeVersion } from './lib/node-version.mjs';
import { runMain, say } from './lib/say.mjs';
import { cacheDir } from './lib/workspace.mjs';

/** @throws SetupError with a message that says what to do. */
export async function setUp({ force = false } = {}) {
  checkNodeVersion();
  if (!force && isInstalled() && isBuilt()) return;
  const onWait = () => say('Another set-up is running in this checkout; waiting for it ...');
  await withLock(join(cacheDir, 'setup.lock'), () => setUpAlone(force), {
    onWait,
  });
}

async function setUpAlone(force) {
  await ensureInstalled();
  await ensureBuilt({ force });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    await setUp({ force: process.argv.includes('--build') });
    say('Ready.');
  });
}
