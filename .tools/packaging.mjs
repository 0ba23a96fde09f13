/**
 * Packs every package as it would be published, then has two outside checkers look at each archive: publint (the manifest against
 * the files) and are-the-types-wrong (does every entry point's types resolve). The archives stay in `.cache/packed`.
 */

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run, runPnpm, tailOf } from './lib/run.mjs';
import { runMain, SetupError, say } from './lib/say.mjs';
import { cacheDir, packagesInBuildOrder, root } from './lib/workspace.mjs';
import { setUp } from './setup.mjs';

const packedDir = join(cacheDir, 'packed');
const packLog = join(cacheDir, 'logs', 'pack.log');

await runMain(async () => {
  await setUp();
  const archives = await packAll();
  let problems = 0;
  for (const archive of archives) problems += await checkArchive(join(packedDir, archive));
  say(`${archives.length} packages packed, ${problems} problems`);
  return problems === 0 ? 0 : 1;
});

/** pnpm's pack replaces `workspace:*` by the version, as publishing does. */
async function packAll() {
  rmSync(packedDir, { recursive: true, force: true });
  mkdirSync(packedDir, { recursive: true });
  const args = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', packedDir];
  if ((await runPnpm(args, { cwd: root, logFile: packLog })) !== 0) throw new SetupError(tailOf(packLog));
  const archives = readdirSync(packedDir).filter((name) => name.endsWith('.tgz'));
  const expected = packagesInBuildOrder().length;
  if (archives.length !== expected) throw new SetupError(`expected ${expected} archives, found ${archives.length}`);
  return archives;
}

async function checkArchive(archive) {
  const checks = [
    ['publint', 'src/cli.js', [archive, '--strict']],
    ['@arethetypeswrong/cli', 'dist/index.js', [archive, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']],
  ];
  const logFile = join(cacheDir, 'logs', 'packaging.log');
  let problems = 0;
  for (const [name, file, args] of checks) {
    const code = await run(process.execPath, [join(root, 'node_modules', name, file), ...args], { cwd: root, logFile });
    say(`${basename(archive)}: ${name} ${code === 0 ? 'found nothing' : `failed\n${tailOf(logFile)}`}`);
    if (code !== 0) problems += 1;
  }
  return problems;
}
