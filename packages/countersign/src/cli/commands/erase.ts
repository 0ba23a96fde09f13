/** `countersign erase`: take one payload, or all that a session said, out of the log for good, and say so in it. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerErase(program: Command, io: CliIo): void {
  program
    .command('erase')
    .description('remove one payload of an entry, and the copies that its call has of it, or a whole session, for good')
    .argument('[id]', 'an index, the id of a call, or the id of an entry')
    .option('--payload <name>', 'the payload: args, result, error, reason, ...')
    .option('--session <session>', 'instead of both: destroy the key of this session, whose payloads are encrypted')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who asks (default: the account that runs the command)')
    .option('--run <run>', 'the run, where several used the id of the call')
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const { runErase } = await import('../actions/erase.js');
      await runErase(io, id, command.optsWithGlobals());
    });
}
