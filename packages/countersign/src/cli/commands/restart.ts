/** `countersign restart`: a new log in the place of one that cannot go on. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerRestart(program: Command, io: CliIo): void {
  program
    .command('restart')
    .description('keep a log that was rolled back, forked or damaged as evidence, and begin a new one that names it')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--against <file...>', 'checkpoints of the old log that were kept elsewhere')
    .option(
      '--identity <key>',
      "the verifier key of the new log's identity, or its file, where the private key is kept elsewhere",
    )
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .addHelpText('after', '\nStop the programs that write to the log first.')
    .action(async (_options: unknown, command: Command) => {
      const { runRestart } = await import('../actions/restart.js');
      await runRestart(io, command.optsWithGlobals());
    });
}
