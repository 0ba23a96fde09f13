/** `countersign classify`: how risky a call is, and why. */

import type { Command } from 'commander';
import { declareCallOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerClassify(program: Command, io: CliIo): void {
  const command = program
    .command('classify')
    .description('say how risky a command, a statement, a tool or a call is, and why; nothing is run')
    .argument('[command]', 'a shell command; - reads it from the standard input');
  declareCallOptions(command)
    .option('--dialect <name>', 'bash, sh, zsh, fish, powershell, cmd; postgres, mysql, mariadb, sqlite, sqlserver')
    .option('--workspace <path>', 'the folder that the agent works in (default: this one)')
    .action(async (text: string | undefined, _options: unknown, own: Command) => {
      const { runClassify } = await import('../actions/classify.js');
      await runClassify(io, text, own.optsWithGlobals());
    });
}
