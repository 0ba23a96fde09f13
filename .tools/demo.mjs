/** `npm run demo`: sets up, then runs the demonstration with the arguments, the terminal and the exit code passed through. */

import { join } from 'node:path';
import { run } from './lib/run.mjs';
import { runMain } from './lib/say.mjs';
import { root } from './lib/workspace.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  await setUp();
  const command = join(root, 'packages', 'countersign', 'dist', 'cli', 'main.js');
  return run(process.execPath, [command, 'demo', ...process.argv.slice(2)], {
    cwd: process.cwd(),
  });
});
