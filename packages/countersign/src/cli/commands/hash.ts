/** `countersign hash`: where a secret stood, by its fingerprint. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerHash(program: Command, io: CliIo): void {
  program
    .command('hash')
    .description(
      'find a secret in the log by its fingerprint; it is read from the standard input, or asked for without echo',
    )
    .argument('[value]', 'the secret; better left out, because the shell keeps a history of its lines')
    .action(async (value: string | undefined, _options: unknown, command: Command) => {
      const { runHash } = await import('../actions/hash.js');
      await runHash(io, value, command.optsWithGlobals());
    });
}
