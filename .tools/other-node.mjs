/**
 * Installs the packed packages with npm into an empty project, as a user would, under another version of Node (which comes from the
 * npm registry too), and works with them there: `node .tools/other-node.mjs 24`.
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { packAll } from './lib/pack.mjs';
import { run, tailOf } from './lib/run.mjs';
import { runMain, SetupError, say } from './lib/say.mjs';
import { cacheDir, root } from './lib/workspace.mjs';
import { setUp } from './setup.mjs';

const logFile = join(cacheDir, 'logs', 'other-node.log');

await runMain(async () => {
  const major = process.argv[2] ?? '24';
  await setUp();
  const archives = await packAll('packed-for-other-node');
  const dir = mkdtempSync(join(tmpdir(), 'countersign-other-node-'));
  try {
    const environment = await installNode(join(dir, 'node'), major);
    return await workWith(archives, join(dir, 'project'), { ...environment, HOME: dir, USERPROFILE: dir });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

/** Answers an environment in which `node` is that version and its headers are found. */
async function installNode(dir, major) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  await npm(['install', '--no-save', `${name}@${major}`], dir, process.env);
  const prefix = join(dir, 'node_modules', name);
  const environment = { ...process.env, PATH: `${join(prefix, 'bin')}${delimiter}${process.env.PATH}` };
  const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node.h'));
  return hasHeaders ? { ...environment, npm_config_nodedir: prefix } : environment;
}

async function workWith(archives, dir, env) {
  await npm(['install', ...archives], dir, env);
  cpSync(join(root, 'test', 'built', 'round-trip.mjs'), join(dir, 'round-trip.mjs'));
  await run('node', ['--version'], { cwd: dir, env });
  const roundTrip = await run('node', ['round-trip.mjs'], { cwd: dir, env });
  const command = await run('npx', ['--no-install', 'countersign', '--version'], { cwd: dir, env });
  return roundTrip + command === 0 ? 0 : 1;
}

async function npm(args, dir, env) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  say(`npm ${args.map((each) => basename(each)).join(' ')} ...`);
  const code = await run('npm', [...args, '--no-audit', '--no-fund'], { cwd: dir, env, logFile });
  if (code !== 0) throw new SetupError(`${tailOf(logFile)}\n\nnpm install failed`);
}
