/** `countersign show`: one call in full. */

import type { Command } from 'commander';
import { declareCommonOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerShow(program: Command, io: CliIo): void {
  const command = program
    .command('show')
    .description('show one call in full: arguments, result, reasons, decision, approvals, entries')
    .argument('<id>', "an index, a call's id, or an entry's id");
  declareCommonOptions(command)
    .option('--run <run>', "the run, where several runs used one call's id")
    .action(async (id: string, options: unknown) => {
      const { runShow } = await import('../actions/show.js');
      await runShow(io, id, options);
    });
}
