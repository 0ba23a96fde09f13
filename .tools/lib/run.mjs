/** Starting other programs. */

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';

/** pnpm is never expected on PATH, and its version is this one everywhere. */
export const pnpmPackage = 'pnpm@10.34.9';

/** How much of a program's output is repeated when it failed. */
const maxTailLines = 40;

/**
 * Runs a program to its end and answers its exit code (128 + the signal's number when a signal ended it, as a shell does).
 * `logFile` takes both output streams instead of the terminal.
 */
export async function run(command, args, { cwd, env = process.env, logFile } = {}) {
  const log = logFile === undefined ? undefined : openLog(logFile);
  const stdio = log === undefined ? 'inherit' : ['ignore', log, log];
  // Ctrl-C reaches the program as well: it decides how to end, and this process waits for it.
  const onInterrupt = () => {};
  if (log === undefined) process.on('SIGINT', onInterrupt);
  try {
    return await endOf(command, args, { cwd, env, stdio });
  } finally {
    process.off('SIGINT', onInterrupt);
    if (log !== undefined) closeSync(log);
  }
}

/** Runs pnpm through npx. Under `npm run --silent` it would say nothing, not even why it failed. */
export function runPnpm(args, { env = process.env, ...options }) {
  const { npm_config_loglevel: _, ...rest } = env;
  return run('npx', ['-y', pnpmPackage, '--reporter=append-only', ...args], { env: rest, ...options });
}

/** The end of a log file, for a failure's report. */
export function tailOf(logFile) {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-maxTailLines).join('\n');
}

function endOf(command, args, options) {
  return new Promise((resolve, reject) => {
    // Windows starts .cmd files through a shell only; no argument here needs quoting.
    const shell = process.platform === 'win32' && ['npm', 'npx'].includes(command);
    const child = spawn(command, args, { ...options, shell });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function openLog(file) {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'w');
}
