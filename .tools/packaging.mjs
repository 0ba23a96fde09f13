/**
 * Packs every package, then has two outside checkers look at each archive: publint (the manifest against the files) and
 * are-the-types-wrong (does every entry point's types resolve).
 */

import { basename, join } from 'node:path';
import { packAll } from './lib/pack.mjs';
import { run, tailOf } from './lib/run.mjs';
import { runMain, say } from './lib/say.mjs';
import { cacheDir, root } from './lib/workspace.mjs';
import { setUp } from './setup.mjs';

const logFile = join(cacheDir, 'logs', 'packaging.log');

await runMain(async () => {
  await setUp();
  const archives = await packAll('packed');
  let problems = 0;
  for (const archive of archives) problems += await checkArchive(archive);
  say(`${archives.length} packages packed, ${problems} problems`);
  return problems === 0 ? 0 : 1;
});

async function checkArchive(archive) {
  const checks = [
    ['publint', 'src/cli.js', [archive, '--strict']],
    ['@arethetypeswrong/cli', 'dist/index.js', [archive, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']],
  ];
  let problems = 0;
  for (const [name, file, args] of checks) {
    const code = await run(process.execPath, [join(root, 'node_modules', name, file), ...args], { cwd: root, logFile });
    say(`${basename(archive)}: ${name} ${code === 0 ? 'found nothing' : `failed\n${tailOf(logFile)}`}`);
    if (code !== 0) problems += 1;
  }
  return problems;
}
