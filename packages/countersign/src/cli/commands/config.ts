/** `countersign config`: check a configuration, and show what it comes to. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerConfig(program: Command, io: CliIo): void {
  const config = program.command('config').description('check a configuration, or show what it comes to');
  config
    .command('check')
    .description('check a configuration; what is wrong is named with file, line and column')
    .argument('[file]', 'the configuration', 'audit.yaml')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runConfigCheck } = await import('../actions/config.js');
      await runConfigCheck(io, file, command.optsWithGlobals());
    });
  config
    .command('show')
    .description('show a configuration with every choice made')
    .argument('[file]', 'the configuration', 'audit.yaml')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runConfigShow } = await import('../actions/config.js');
      await runConfigShow(io, file, command.optsWithGlobals());
    });
}
