/** `countersign approve`: decide about calls that wait, from any terminal on the machine that holds the log. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerApprove(program: Command, io: CliIo): void {
  const approve = program.command('approve').description('see the calls that wait for a person, and decide about them');
  approve
    .command('list', { isDefault: true })
    .description('list the requests that wait, oldest first')
    .option('--session <id>', 'requests of this session')
    .action(async (_options: unknown, command: Command) => {
      const { runApproveList } = await import('../actions/approve.js');
      await runApproveList(io, command.optsWithGlobals());
    });
  approve
    .command('show')
    .description('show one request whole: arguments, reasons, state')
    .argument('<request>', 'the id of the request, as list prints it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runApproveShow } = await import('../actions/approve.js');
      await runApproveShow(io, id, command.optsWithGlobals());
    });
  declareDecision(approve.command('approve').description('let the call run'))
    .option('--confirm <tool>', 'the name of the tool, typed out: needed for a critical call')
    .option('--similar', 'let similar calls run too, as `grants preview` shows')
    .option('--scope <file>', 'which calls are similar, as JSON; - for the standard input')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runApprove } = await import('../actions/decide.js');
      await runApprove(io, id, command.optsWithGlobals());
    });
  declareDecision(approve.command('edit').description('let the call run with other arguments'))
    .requiredOption('--args <file>', 'the new arguments as JSON; - for the standard input')
    .option('--confirm <tool>', 'the name of the tool, typed out: needed for a critical call')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runEdit } = await import('../actions/edit.js');
      await runEdit(io, id, command.optsWithGlobals());
    });
  declareDecision(approve.command('reject').description('refuse the call')).action(
    async (id: string, _options: unknown, command: Command) => {
      const { runReject } = await import('../actions/decide.js');
      await runReject(io, id, command.optsWithGlobals());
    },
  );
  declareDecision(approve.command('respond').description("answer in the tool's place, which does not run"))
    .requiredOption('--with <file>', 'the answer as JSON; - for the standard input')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runRespond } = await import('../actions/respond.js');
      await runRespond(io, id, command.optsWithGlobals());
    });
  approve
    .command('withdraw')
    .description('take an approval back, while its call has not begun')
    .argument('<request>', 'the id of the request')
    .option('--by <name>', 'who withdraws (default: the account that runs the command)')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { runWithdraw } = await import('../actions/decide.js');
      await runWithdraw(io, id, command.optsWithGlobals());
    });
  approve
    .command('watch')
    .description('show requests as they come, and ask about each at a terminal')
    .option('--session <id>', 'requests of this session')
    .option('--by <name>', 'who decides (default: the account that runs the command)')
    .action(async (_options: unknown, command: Command) => {
      const { runApproveWatch } = await import('../actions/watch.js');
      await runApproveWatch(io, command.optsWithGlobals());
    });
}

/** What every decision takes. */
function declareDecision(command: Command): Command {
  return command
    .argument('<request>', 'the id of the request, as list prints it')
    .option('--reason <text>', 'why, for the record')
    .option('--message <text>', 'what the agent is told')
    .option('--by <name>', 'who decides (default: the account that runs the command)')
    .option('--sign-key <file>', "the approver's key, which signs the decision");
}
