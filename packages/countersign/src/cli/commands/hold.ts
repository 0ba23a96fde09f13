/** `countersign hold`: keep entries from being purged or erased, until somebody releases them. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerHold(program: Command, io: CliIo): void {
  const hold = program.command('hold').description('keep entries from being purged or erased');
  hold
    .command('list', { isDefault: true })
    .description('list the holds in force')
    .action(async (_options: unknown, command: Command) => {
      const { runHoldList } = await import('../actions/hold.js');
      await runHoldList(io, command.optsWithGlobals());
    });
  hold
    .command('place')
    .description('hold a session, a range of entries, or everything')
    .option('--session <id>', 'hold all entries of this session, those to come included')
    .option('--from <index>', 'hold entries from this index on')
    .option('--to <index>', 'hold entries before this index')
    .option('--everything', 'hold the whole log')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who asks (default: the account that runs the command)')
    .action(async (_options: unknown, command: Command) => {
      const { runHoldPlace } = await import('../actions/hold.js');
      await runHoldPlace(io, command.optsWithGlobals());
    });
  hold
    .command('release')
    .description('end a hold')
    .argument('<hold>', 'the id of the hold, as list prints it')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who asks (default: the account that runs the command)')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runHoldRelease } = await import('../actions/hold.js');
      await runHoldRelease(io, id, command.optsWithGlobals());
    });
}
