/** `countersign show`: one call in full. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerShow(program: Command, io: CliIo): void {
  program
    .command('show')
    .description('show one call in full: arguments, result, reasons, decision, approvals, entries')
    .argument('<id>', "an index, a call's id, or an entry's id")
    .option('--run <run>', "the run, where several runs used one call's id")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runShow } = await import('../actions/show.js');
      await runShow(io, id, command.optsWithGlobals());
    });
}
