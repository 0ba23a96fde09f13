/** `countersign doctor`: is everything in place. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerDoctor(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .description('check the installation, the log and its files, and say what to do')
    .action(async (_options: unknown, command: Command) => {
      const { runDoctor } = await import('../actions/doctor.js');
      await runDoctor(io, command.optsWithGlobals());
    });
}
