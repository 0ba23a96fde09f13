/** `countersign verify`: was anything changed, is anything missing, was everything allowed. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerVerify(program: Command, io: CliIo): void {
  program
    .command('verify')
    .description('check everything again from the bytes, and report integrity, completeness and authority')
    .addHelpText('after', '\nExit codes: 0 no errors, 3 tampering found, 4 could not be completed, 2 usage.')
    .option('--against <file...>', 'checkpoints that were kept elsewhere: the log must contain them all')
    .option('--export <file>', 'verify an export in JSON Lines instead of a database')
    .option(
      '--witness-policy <file>',
      'the witnesses that you trust (C2SP tlog-policy): cosignatures are checked, and witnesses with a URL asked',
    )
    .option('--timestamp-ca <file>', 'the certificates that you trust for time stamps, as PEM')
    .option('--parent <file>', 'the old log that this one goes on from, or a checkpoint of it')
    .option('--max-anchor-age <age>', 'warn when the newest anchor is older, such as 2h or 7d')
    .option('--offline', 'ask no witness over the network')
    .option('--archive <file...>', 'archives of purged entries, to be verified and compared with the log')
    .option(
      '--since-checkpoint [file]',
      'go on from the last clean verification with this key, and keep where this one ended',
    )
    .option('--jobs <n>', 'workers to check entries with (default: one for each core, where the log is long)')
    .option('--strict', 'take warnings for errors')
    .action(async (_options: unknown, command: Command) => {
      const { runVerify } = await import('../actions/verify.js');
      await runVerify(io, command.optsWithGlobals());
    });
}
