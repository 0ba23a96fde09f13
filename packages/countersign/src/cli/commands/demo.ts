/**
 * `countersign demo`: the main job, end to end, in a temporary folder.
 */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import { jsonText } from '../format/json.js';
import { type CliIo, mayColor, print, widthOf } from '../io.js';

/** Adds the command. */
export function registerDemo(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('run an agent with real tools and a scripted model, and look at what is on record')
    .option('--folder <path>', 'where to leave the log and the workspace (default: a new temporary folder)')
    .action(async ({ folder }: { readonly folder?: string }, command: Command) => {
      const { runDemo } = await import('../../demo/run-demo.js');
      const { color, json } = command.optsWithGlobals<{ readonly color: boolean; readonly json?: boolean }>();
      // With --json the standard output is for the program that asked, and the story goes where notes go.
      const output = json === true ? io.stderr : io.stdout;
      const result = await runDemo({
        input: io.stdin,
        output,
        interactive: io.stdin.isTTY === true && output.isTTY === true,
        color: mayColor(io, output, { color }),
        width: widthOf(output),
        ...(folder === undefined ? {} : { folder: resolve(folder) }),
      });
      if (json === true) await print(io, jsonText(result, { jsonl: false }));
      if (!result.asExpected) io.exitWith(EXIT.internal);
    });
}
