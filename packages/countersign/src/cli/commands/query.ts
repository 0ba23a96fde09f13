/** `countersign query`: which calls were there. */

import type { Command } from 'commander';
import { declareFilterOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerQuery(program: Command, io: CliIo): void {
  const command = program
    .command('query')
    .description('list calls: a table, one page of JSON, or all of them as JSON lines');
  declareFilterOptions(command)
    .option('--limit <n>', 'at most this many calls (default: 100; with --jsonl all)')
    .option('--cursor <cursor>', 'go on after a page, with the same filter')
    .option('--proofs', 'prove every call, and say whether any is missing; with --key, under that key')
    .option('--against <file...>', 'with --proofs: checkpoints that were kept elsewhere')
    .option('--order <order>', 'newest-first (default) or oldest-first')
    .action(async (_options: unknown, command: Command) => {
      const { runQuery } = await import('../actions/query.js');
      await runQuery(io, command.optsWithGlobals());
    });
}
