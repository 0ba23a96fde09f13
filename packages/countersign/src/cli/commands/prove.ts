/** `countersign prove`: a receipt for somebody who does not have the log. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerProve(program: Command, io: CliIo): void {
  program
    .command('prove')
    .description('write a receipt of a call or an entry, or the proof that the log goes on from a checkpoint')
    .argument('[id]', "an index, a call's id, or an entry's id")
    .option('--run <run>', "the run, where several runs used one call's id")
    .option(
      '--without <payloads>',
      'payloads to leave out: args, result, reasons; several with commas, or repeat it',
      collect,
    )
    .option('--witnessed', 'lead to the newest checkpoint that witnesses have cosigned')
    .option('--proof-only', 'print the bare C2SP tlog-proof of the one entry, without leaf and payloads')
    .option(
      '--consistency <file...>',
      'one or two checkpoints: the log goes on from the first, up to the second or its end',
    )
    .option('--out <file>', 'write a file, whole or not at all (default: the standard output)')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const { runProve } = await import('../actions/prove.js');
      await runProve(io, id, command.optsWithGlobals());
    });
}

/** An option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
