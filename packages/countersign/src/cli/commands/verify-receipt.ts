/** `countersign verify-receipt`: check a receipt without the log. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerVerifyReceipt(program: Command, io: CliIo): void {
  program
    .command('verify-receipt')
    .description('check a receipt, or a proof of consistency, under the key that you give; no log is needed')
    .argument('<file>', 'what `countersign prove` wrote')
    .option('--against <file...>', 'checkpoints that you kept: those of the sizes in the receipt must be the same')
    .option('--policy <file>', 'a witness policy (C2SP tlog-policy) that the checkpoint must satisfy')
    .addHelpText('after', '\nExit codes: 0 everything in it is proven, 3 it is not, 4 could not be completed, 2 usage.')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runVerifyReceipt } = await import('../actions/verify-receipt.js');
      await runVerifyReceipt(io, file, command.optsWithGlobals());
    });
}
