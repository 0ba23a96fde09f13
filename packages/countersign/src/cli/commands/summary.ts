/** `countersign summary`: a session in figures. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerSummary(program: Command, io: CliIo): void {
  program
    .command('summary')
    .description('count the calls of a session')
    .argument('<session>', "the session's id")
    .action(async (session: string, _options: unknown, command: Command) => {
      const { runSummary } = await import('../actions/summary.js');
      await runSummary(io, session, command.optsWithGlobals());
    });
}
