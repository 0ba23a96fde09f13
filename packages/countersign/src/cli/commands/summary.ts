/** `countersign summary`: a session in figures. */

import type { Command } from 'commander';
import { declareCommonOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerSummary(program: Command, io: CliIo): void {
  const command = program
    .command('summary')
    .description('count the calls of a session')
    .argument('<session>', "the session's id");
  declareCommonOptions(command).action(async (session: string, options: unknown) => {
    const { runSummary } = await import('../actions/summary.js');
    await runSummary(io, session, options);
  });
}
