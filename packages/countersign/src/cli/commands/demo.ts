/**
 * `countersign demo`: the main job, end to end, in a temporary folder.
 */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import { type CliIo, mayColor, widthOf } from '../io.js';

/** Adds the command. */
export function registerDemo(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('run an agent with real tools and a scripted model, and look at what is on record')
    .option('--folder <path>', 'where to leave the log and the workspace (default: a new temporary folder)')
    .action(async ({ folder }: { readonly folder?: string }, command: Command) => {
      const { runDemo } = await import('../../demo/run-demo.js');
      const { color } = command.optsWithGlobals<{ readonly color: boolean }>();
      const result = await runDemo({
        input: io.stdin,
        output: io.stdout,
        interactive: io.stdin.isTTY === true && io.stdout.isTTY === true,
        color: mayColor(io, io.stdout, { color }),
        width: widthOf(io.stdout),
        ...(folder === undefined ? {} : { folder: resolve(folder) }),
      });
      if (!result.asExpected) io.exitWith(EXIT.internal);
    });
}
