/** `countersign doctor`: is everything in place. */

import type { Command } from 'commander';
import { declareCommonOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerDoctor(program: Command, io: CliIo): void {
  const command = program
    .command('doctor')
    .description('check the installation, the log and its files, and say what to do');
  declareCommonOptions(command).action(async (options: unknown) => {
    const { runDoctor } = await import('../actions/doctor.js');
    await runDoctor(io, options);
  });
}
