/**
 * better-sqlite3 is a compiled addon. Where no prebuilt binary can be had it is compiled on the spot, which needs a compiler and
 * Node's headers; an install that skips or fails that step can look successful, so the proof is to open a database.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from './workspace.mjs';

const proof =
  "const { createRequire } = require('node:module');" +
  "const Database = createRequire(process.argv[1])('better-sqlite3');" +
  "const database = new Database(':memory:'); database.prepare('SELECT 1').get(); database.close();";

/** Opens a database in a process of its own, found the way the sqlite package finds it. Answers what went wrong, or nothing. */
export function whyAddonFails(nodeFile = process.execPath) {
  const from = join(root, 'packages', 'sqlite', 'package.json');
  const result = spawnSync(nodeFile, ['-e', proof, from], { encoding: 'utf8' });
  if (result.status === 0) return undefined;
  return result.stderr?.trim() || result.error?.message || `Node ended with ${result.signal ?? result.status}`;
}

/** The environment for installs: tells node-gyp where this Node's headers are, so that it does not fetch them. */
export function environmentForCompiling(environment = process.env) {
  const { npm_config_nodedir: configured, ...rest } = environment;
  const prefixes = [configured, dirname(dirname(realpathSync(process.execPath))), '/usr', '/usr/local'];
  const headers = prefixes.find((prefix) => prefix !== undefined && hasHeadersOfThisNode(prefix));
  return headers === undefined ? rest : { ...rest, npm_config_nodedir: headers };
}

/** Which of the programs that compiling needs are not on PATH. */
export function missingCompilers() {
  if (process.platform === 'win32') return isOnPath(['py', 'python', 'python3']) ? [] : ['python3'];
  const wanted = {
    python3: ['python3', 'python'],
    make: ['make', 'gmake'],
    'g++': ['g++', 'c++', 'clang++'],
  };
  return Object.entries(wanted)
    .filter(([, names]) => !isOnPath(names))
    .map(([label]) => label);
}

/** The one message for a machine that cannot compile. */
export function compilerAdvice(missing) {
  const found = missing.length > 0 ? `Missing here: ${missing.join(', ')}.\n` : '';
  return (
    `better-sqlite3 has no ready-made binary for this machine (Node ${process.versions.node}, ${process.platform} ${process.arch}), and could not be compiled.\n${found}` +
    'Compiling needs python3, make and a C++ compiler:\n' +
    '  Debian, Ubuntu   sudo apt-get install -y python3 make g++\n' +
    '  Fedora           sudo dnf install -y python3 make gcc-c++\n' +
    '  Alpine           sudo apk add python3 make g++\n' +
    '  macOS            xcode-select --install\n' +
    '  Windows          Python 3, and "Desktop development with C++" from the Visual Studio Build Tools\n' +
    'Then run the same command again.'
  );
}

/** Headers of another major version would compile, and the addon would then not load. */
function hasHeadersOfThisNode(prefix) {
  const include = join(prefix, 'include', 'node');
  const version = join(include, 'node_version.h');
  if (!existsSync(join(include, 'node.h')) || !existsSync(version)) return false;
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(version, 'utf8'))?.[1];
  return major === process.versions.node.split('.')[0];
}

function isOnPath(names) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) =>
    names.some((name) => endings.some((ending) => existsSync(join(folder, name + ending)))),
  );
}
