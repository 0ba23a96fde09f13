/** Packing every package as it would be published. */

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runPnpm, tailOf } from './run.mjs';
import { SetupError } from './say.mjs';
import { cacheDir, packagesInBuildOrder, root } from './workspace.mjs';

const packLog = join(cacheDir, 'logs', 'pack.log');

/**
 * Answers the paths of the archives, one per package, made anew below `.cache/<folder>`. pnpm's pack replaces `workspace:*` by the
 * version, as publishing does.
 */
export async function packAll(folder) {
  const dir = join(cacheDir, folder);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', dir];
  if ((await runPnpm(args, { cwd: root, logFile: packLog })) !== 0) throw new SetupError(tailOf(packLog));
  const archives = readdirSync(dir).filter((name) => name.endsWith('.tgz'));
  const expected = packagesInBuildOrder().length;
  if (archives.length !== expected) throw new SetupError(`expected ${expected} archives, found ${archives.length}`);
  return archives.map((name) => join(dir, name));
}
