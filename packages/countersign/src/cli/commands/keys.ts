/** `countersign keys`: the log's public name, and where its keys are. */

import type { Command } from 'commander';
import { declareCommonOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerKeys(program: Command, io: CliIo): void {
  const keys = program.command('keys').description("show or export the log's verifier key");
  declareCommonOptions(
    keys.command('show', { isDefault: true }).description('show the verifier key and the files of the keys'),
  ).action(async (options: unknown) => {
    const { runKeysShow } = await import('../actions/keys.js');
    await runKeysShow(io, options);
  });
  declareCommonOptions(
    keys.command('export').description('print the verifier key alone, to be kept where auditors find it'),
  ).action(async (options: unknown) => {
    const { runKeysExport } = await import('../actions/keys.js');
    await runKeysExport(io, options);
  });
}
