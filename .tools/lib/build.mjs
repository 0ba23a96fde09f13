/** Building the packages: dependencies first, two at a time, and only those whose sources (or dependencies) changed. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installDigest } from './install.mjs';
import { run, tailOf } from './run.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, isStamped, removeStamp, writeStamp } from './stamp.mjs';
import { cacheDir, entryFilesOf, packagesInBuildOrder, root } from './workspace.mjs';

const maxAtOnce = 2;

/** Whether every package's output belongs to its present sources. */
export function isBuilt() {
  return planBuild().every((each) => each.isFresh);
}

/** @throws SetupError naming the first package that doesn't build. */
export async function ensureBuilt({ force = false } = {}) {
  const limit = limitTo(maxAtOnce);
  const started = new Map();
  for (const each of planBuild()) {
    const before = Promise.all(each.siblings.map((name) => started.get(name)));
    const needed = force || !each.isFresh;
    started.set(each.name, needed ? before.then(() => limit(() => buildPackage(each))) : before);
  }
  await settleAll([...started.values()]);
}

/** The packages in order, each with the digest of all that goes into its output. */
function planBuild() {
  const digests = new Map();
  return packagesInBuildOrder().map((each) => {
    const digest = digestOf({
      texts: [installDigest(), ...each.siblings.map((name) => digests.get(name))],
      files: [
        join(root, '.tools', 'tsup.base.ts'),
        join(root, '.tools', 'program-tables.ts'),
        join(root, 'tsconfig.base.json'),
        ...['src', 'package.json', 'tsconfig.json', 'tsup.config.ts'].map((name) => join(each.dir, name)),
      ],
    });
    digests.set(each.name, digest);
    const isComplete = entryFilesOf(each.manifest).every((file) => existsSync(join(each.dir, file)));
    return {
      ...each,
      digest,
      isFresh: isComplete && isStamped(stampName(each), digest),
    };
  });
}

async function buildPackage(each) {
  say(`Building ${each.name} ...`);
  removeStamp(stampName(each));
  const logFile = join(cacheDir, 'logs', `${stampName(each)}.log`);
  const code = await run(process.execPath, [join(root, 'node_modules', 'tsup', 'dist', 'cli-default.js')], {
    cwd: each.dir,
    logFile,
  });
  if (code !== 0)
    throw new SetupError(`${tailOf(logFile)}\n\nBuilding ${each.name} failed. The whole output is in ${logFile}`);
  writeStamp(stampName(each), each.digest);
}

function stampName(each) {
  return `build-${each.name.replace('@countersign/', '')}`;
}

/** Waits for all of them, so that no build still runs when the first error is reported. */
async function settleAll(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function limitTo(max) {
  let running = 0;
  const waiting = [];
  return async (work) => {
    if (running >= max) await new Promise((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
