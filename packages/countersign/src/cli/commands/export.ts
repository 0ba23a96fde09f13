/** `countersign export`: the log for other programs. */

import type { Command } from 'commander';
import { declareFilterOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerExport(program: Command, io: CliIo): void {
  const command = program
    .command('export')
    .description('write calls as JSON or CSV, or the whole log as JSON lines for a verifier');
  declareFilterOptions(command)
    .option(
      '--format <format>',
      'json or csv: calls; jsonl or tlog-tiles: the whole log, without a filter (default: json)',
    )
    .option(
      '--out <file>',
      'write a file, whole or not at all (default: the standard output); with tlog-tiles, the folder to add to',
    )
    .action(async (_options: unknown, command: Command) => {
      const { runExport } = await import('../actions/export.js');
      await runExport(io, command.optsWithGlobals());
    });
}
