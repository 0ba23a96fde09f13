/** `countersign grants`: approvals that are remembered for similar calls. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerGrants(program: Command, io: CliIo): void {
  const grants = program.command('grants').description('see, try and revoke approvals that are remembered');
  grants
    .command('list', { isDefault: true })
    .description('list the grants that may still answer a call, oldest first')
    .option('--all', 'also those that were revoked, ran out or are used up')
    .action(async (_options: unknown, command: Command) => {
      const { runGrantsList } = await import('../actions/grants.js');
      await runGrantsList(io, command.optsWithGlobals());
    });
  grants
    .command('show')
    .description('show one grant whole: what it answers, who issued it, how often it did')
    .argument('<grant>', 'the id of the grant, as list prints it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runGrantsShow } = await import('../actions/grants.js');
      await runGrantsShow(io, id, command.optsWithGlobals());
    });
  grants
    .command('preview')
    .description(
      'show which past calls would have been answered, had a request been approved as similar; changes nothing',
    )
    .argument('<request>', 'the id of the request, as approve list prints it')
    .option(
      '--scope <file>',
      'the scope as JSON; - for the standard input (default: what "approve similar" stands for)',
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runGrantsPreview } = await import('../actions/preview-grant.js');
      await runGrantsPreview(io, id, command.optsWithGlobals());
    });
  grants
    .command('revoke')
    .description('end a grant for good')
    .argument('<grant>', 'the id of the grant, as list prints it')
    .option('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who revokes (default: the account that runs the command)')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runGrantsRevoke } = await import('../actions/grants.js');
      await runGrantsRevoke(io, id, command.optsWithGlobals());
    });
}
