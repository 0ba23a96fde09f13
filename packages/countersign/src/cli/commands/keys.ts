/** `countersign keys`: the log's public name, its epochs, and where its keys are. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerKeys(program: Command, io: CliIo): void {
  const keys = program.command('keys').description("show, export, create or rotate the log's keys");
  keys
    .command('show', { isDefault: true })
    .description('show the verifier key, the present epoch and the files of the keys')
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
  keys
    .command('create')
    .description('make a new log with its keys, so that its verifier key is known before anything is recorded')
    .action(async (_options: unknown, command: Command) => {
      const { runKeysCreate } = await import('../actions/keys.js');
      await runKeysCreate(io, command.optsWithGlobals());
    });
  keys
    .command('rotate')
    .description('end the present epoch now: seal it, go on under a new key, and erase the old one')
    .action(async (_options: unknown, command: Command) => {
      const { runKeysRotate } = await import('../actions/keys.js');
      await runKeysRotate(io, command.optsWithGlobals());
    });
}
