/** Installing the dependencies: exactly the lockfile, only when something that decides about it changed, and with a proof at the end. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerAdvice, environmentForCompiling, missingCompilers, whyAddonFails } from './native-addon.mjs';
import { pnpmPackage, runPnpm, tailOf } from './run.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, isStamped, removeStamp, writeStamp } from './stamp.mjs';
import { cacheDir, manifestFiles, root } from './workspace.mjs';

const stampName = 'install';
const installLog = join(cacheDir, 'logs', 'install.log');
const rebuildLog = join(cacheDir, 'logs', 'rebuild.log');

/** Whether `ensureInstalled` would find nothing to do. */
export function isInstalled() {
  return hasModules(installDigest()) && whyAddonFails() === undefined;
}

/** @throws SetupError when the dependencies can't be installed, or the compiled addon doesn't load. */
export async function ensureInstalled() {
  const digest = installDigest();
  if (!hasModules(digest)) {
    removeStamp(stampName);
    await install();
  }
  await ensureAddonLoads();
  writeStamp(stampName, digest);
}

/** Everything that decides what `node_modules` must hold; the compiled addon belongs to one Node version and one platform. */
export function installDigest() {
  return digestOf({
    texts: [pnpmPackage, process.versions.node, process.platform, process.arch],
    files: [...manifestFiles(), join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml'), join(root, '.npmrc')],
  });
}

/** The stamp alone would outlive a `node_modules` that someone deleted; pnpm writes this file last. */
function hasModules(digest) {
  return isStamped(stampName, digest) && existsSync(join(root, 'node_modules', '.modules.yaml'));
}

async function install() {
  say('Installing dependencies (a minute or two the first time, where better-sqlite3 has to be compiled) ...');
  const args = ['install', '--frozen-lockfile', '--config.confirm-modules-purge=false'];
  const code = await runPnpm(args, {
    cwd: root,
    env: environmentForCompiling(),
    logFile: installLog,
  });
  if (code === 0) return;
  const missing = missingCompilers();
  if (missing.length > 0 && /better-sqlite3 install: /.test(readFileSync(installLog, 'utf8'))) {
    throw new SetupError(compilerAdvice(missing));
  }
  throw new SetupError(
    `${tailOf(installLog)}\n\nInstalling the dependencies failed. The whole output is in ${installLog}`,
  );
}

/** pnpm leaves an addon alone that was built for another Node, or whose build once failed: one rebuild, then a clear answer. */
async function ensureAddonLoads() {
  if (whyAddonFails() === undefined) return;
  const missing = missingCompilers();
  say('The better-sqlite3 addon does not load; building it again ...');
  const args = ['--recursive', 'rebuild', 'better-sqlite3'];
  await runPnpm(args, {
    cwd: root,
    env: environmentForCompiling(),
    logFile: rebuildLog,
  });
  const problem = whyAddonFails();
  if (problem === undefined) return;
  if (missing.length > 0) throw new SetupError(compilerAdvice(missing));
  throw new SetupError(`${firstLines(problem)}\n\n${compilerAdvice(missing)}\nThe whole output is in ${rebuildLog}`);
}

function firstLines(text) {
  return text.split('\n').slice(0, 8).join('\n');
}
