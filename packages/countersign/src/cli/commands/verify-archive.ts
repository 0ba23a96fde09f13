/** `countersign verify-archive`: check archives with the log's public key alone, also when the log is gone. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerVerifyArchive(program: Command, io: CliIo): void {
  program
    .command('verify-archive')
    .description('verify archives of purged entries offline, with --key; no log is opened')
    .argument('<file...>', 'archives')
    .action(async (files: readonly string[], _options: unknown, command: Command) => {
      const { runVerifyArchive } = await import('../actions/verify-archive.js');
      await runVerifyArchive(io, files, command.optsWithGlobals());
    });
}
