/** `countersign purge`: remove what is older than its age, and say so in the log. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerPurge(program: Command, io: CliIo): void {
  program
    .command('purge')
    .description('remove the text of old entries for good; their hashes stay, and the log says what was removed')
    .option(
      '--older-than-days <n>',
      'remove entries that are older than this many days; the policy on record when not given',
    )
    .option('--payloads-older-than-days <n>', 'remove payloads that are older than this many days')
    .option('--entries-older-than-days <n>', 'remove entries, with their payloads, that are older than this many days')
    .option('--override-retention', 'remove what a policy on record still keeps; needs --reason')
    .option('--archive <file>', 'write what goes to this file first, and verify it there before anything goes')
    .option('--reason <text>', 'why, for the record')
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .action(async (_options: unknown, command: Command) => {
      const { runPurge } = await import('../actions/purge.js');
      await runPurge(io, command.optsWithGlobals());
    });
}
