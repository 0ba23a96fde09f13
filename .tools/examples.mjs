/** Runs every `examples/<name>/index.ts` as a user would, each with an empty home and an empty working folder, and type-checks the README. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReadme } from './lib/readme.mjs';
import { run } from './lib/run.mjs';
import { runMain, say } from './lib/say.mjs';
import { root } from './lib/workspace.mjs';
import { setUp } from './setup.mjs';

const examplesDir = join(root, 'examples');

await runMain(async () => {
  await setUp();
  const examples = readdirSync(examplesDir)
    .sort()
    .filter((name) => existsSync(join(examplesDir, name, 'index.ts')));
  const failed = [];
  for (const name of examples) if ((await runExample(name)) !== 0) failed.push(`examples/${name}`);
  if ((await checkReadme()) !== 0) failed.push('README.md');
  say(`${examples.length} examples run${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`);
  return failed.length === 0 && examples.length > 0 ? 0 : 1;
});

async function runExample(name) {
  say(`\n--- examples/${name}`);
  const home = mkdtempSync(join(tmpdir(), 'countersign-example-'));
  try {
    const args = ['--import', import.meta.resolve('tsx'), join(examplesDir, name, 'index.ts')];
    return await run(process.execPath, args, { cwd: home, env: { ...process.env, HOME: home, USERPROFILE: home } });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
