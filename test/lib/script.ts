/**
 * Runs a script of the tests in a process of its own. It imports the packages as they are built: to compile their sources in each of
 * hundreds of processes would be most of what the tests do. `npm test` builds them first; a run of vitest by hand needs `npm run build`.
 */

import { fileURLToPath } from 'node:url';

/** What starts a process. */
export interface ScriptCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The command that runs a script with these arguments. */
export function scriptCommand(script: URL, args: readonly string[]): ScriptCommand {
  return {
    command: process.execPath,
    args: ['--import', 'tsx', fileURLToPath(script), ...args],
    env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL('./tsconfig.built.json', import.meta.url)) },
  };
}
