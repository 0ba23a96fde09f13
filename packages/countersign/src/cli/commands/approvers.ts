/** `countersign approvers`: who may decide about calls that wait. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerApprovers(program: Command, io: CliIo): void {
  const approvers = program.command('approvers').description('see and change who may decide about calls that wait');
  approvers
    .command('list', { isDefault: true })
    .description('list the approvers on record; where there are none, everybody but the requester may decide')
    .action(async (_options: unknown, command: Command) => {
      const { runApproversList } = await import('../actions/approvers.js');
      await runApproversList(io, command.optsWithGlobals());
    });
  approvers
    .command('add')
    .description('put an approver on record, or change what they may decide about')
    .argument('<name>', 'the name that stands in decisions')
    .option('--role <name>', 'the role, for the record')
    .option('--max-risk <level>', 'the highest risk that they may decide about (default: any)')
    .option('--tool <glob>', 'only about these tools; repeat it for several', collect)
    .option('--session <glob>', 'only about these sessions; repeat it for several', collect)
    .option('--until <time>', 'only before this time, as where somebody stands in for another: 2026-11-21T06:00:00Z')
    .option(
      '--sign-key <file>',
      'their decisions must be signed by the key in this file, which is made where it is missing',
    )
    .option('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who puts them on record (default: the account that runs the command)')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { runApproversAdd } = await import('../actions/approvers.js');
      await runApproversAdd(io, name, command.optsWithGlobals());
    });
  approvers
    .command('revoke')
    .description('let an approver decide no more')
    .argument('<name>', 'the name, as list prints it')
    .option('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who revokes (default: the account that runs the command)')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { runApproversRevoke } = await import('../actions/approvers.js');
      await runApproversRevoke(io, name, command.optsWithGlobals());
    });
  approvers
    .command('delegate')
    .description('let somebody decide in the place of an approver on record, within bounds and for a time')
    .argument('<delegator>', 'the approver on record')
    .argument('<delegate>', 'the name of whoever decides in their place')
    .requiredOption('--until <time>', 'only before this time: 2026-11-21T06:00:00Z')
    .option('--max-risk <level>', 'the highest risk that they may decide about (default: that of the delegator)')
    .option('--tool <glob>', 'only about these tools; repeat it for several', collect)
    .option('--session <glob>', 'only about these sessions; repeat it for several', collect)
    .option('--sign-key <file>', 'the key of the delegator, which signs the delegation')
    .option('--delegate-key <file>', 'their decisions must be signed by the key in this file, made where it is missing')
    .option('--reason <text>', 'why, for the record')
    .action(async (delegator: string, delegate: string, _options: unknown, command: Command) => {
      const { runDelegate } = await import('../actions/delegate.js');
      await runDelegate(io, { delegator, delegate }, command.optsWithGlobals());
    });
  approvers
    .command('end-delegation')
    .description('end a delegation')
    .argument('<id>', 'the id of the delegation, as list prints it')
    .option('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who ends it (default: the account that runs the command)')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runEndDelegation } = await import('../actions/delegate.js');
      await runEndDelegation(io, id, command.optsWithGlobals());
    });
}

/** An option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
