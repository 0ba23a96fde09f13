/** `countersign keys`: the log's public name, and where its keys are. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerKeys(program: Command, io: CliIo): void {
  const keys = program.command('keys').description("show or export the log's verifier key");
  keys
    .command('show', { isDefault: true })
    .description('show the verifier key and the files of the keys')
    .action(async (_options: unknown, command: Command) => {
      const { runKeysShow } = await import('../actions/keys.js');
      await runKeysShow(io, command.optsWithGlobals());
    });
  keys
    .command('export')
    .description('print the verifier key alone, to be kept where auditors find it')
    .action(async (_options: unknown, command: Command) => {
      const { runKeysExport } = await import('../actions/keys.js');
      await runKeysExport(io, command.optsWithGlobals());
    });
}
