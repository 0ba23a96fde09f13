/** Installing the dependencies: exactly the lockfile, only when something that decides about it changed, and with a proof at the end. */

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
  return isStamped(stampName, installDigest()) && whyAddonFails() === undefined;
}

/** @throws SetupError when the dependencies can't be installed, or the compiled addon doesn't load. */
export async function ensureInstalled() {
  const digest = installDigest();
  if (!isStamped(stampName, digest)) {
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

async function install() {
  say('Installing dependencies (a minute or two the first time, where better-sqlite3 has to be compiled) ...');
  const args = ['install', '--frozen-lockfile', '--config.confirm-modules-purge=false'];
  const code = await runPnpm(args, {
    cwd: root,
    env: environmentForCompiling(),
    logFile: installLog,
  });
  if (code === 0) return;
  const output = tailOf(installLog);
  if (/better-sqlite3/.test(output) && missingCompilers().length > 0)
    throw new SetupError(compilerAdvice(missingCompilers()));
  throw new SetupError(`${output}\n\nInstalling the dependencies failed. The whole output is in ${installLog}`);
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
