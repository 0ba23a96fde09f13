/** Type-checks the README's examples: every ```ts block that follows a line `<!-- compiled -->`, against the built packages. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { cacheDir, root } from './workspace.mjs';

const marked = /<!-- compiled -->\s*\n```ts\n(.*?)\n```/gs;

/** Answers the exit code of the type check, or 1 when the README has no example. */
export async function checkReadme() {
  const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(marked)].map((match) => match[1]);
  if (blocks.length === 0) {
    say('README.md has no ```ts block after a line <!-- compiled -->');
    return 1;
  }
  const dir = join(cacheDir, 'readme');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  for (const [index, block] of blocks.entries()) {
    // The export makes each block a module of its own.
    writeFileSync(join(dir, `block-${index + 1}.ts`), `${block}\nexport {};\n`);
  }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json', include: ['*.ts'] }));
  return run(process.execPath, [join(root, 'node_modules', 'typescript', 'lib', 'tsc.js'), '-p', dir], { cwd: root });
}
