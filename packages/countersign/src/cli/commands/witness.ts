/** `countersign witness`: cosign the checkpoints of logs on other hosts. */

import type { Command } from 'commander';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerWitness(program: Command, io: CliIo): void {
  const witness = program
    .command('witness')
    .description('watch logs on other hosts: cosign checkpoints that follow from the ones before');
  witness
    .command('serve', { isDefault: true })
    .description('answer requests of C2SP tlog-witness until interrupted')
    .option('--dir <path>', 'the folder of the key and the state (default: ~/.countersign/witness)')
    .option('--logs <file>', 'the logs to watch: lines `log <vkey>` (default: logs.txt in the folder)')
    .option('--listen <host:port>', 'where to listen', '127.0.0.1:8471')
    .action(async (_options: unknown, command: Command) => {
      const { runWitnessServe } = await import('../actions/witness.js');
      await runWitnessServe(io, command.optsWithGlobals());
    });
  const keys = witness.command('keys').description("make or show the witness's key");
  keys
    .command('show', { isDefault: true })
    .description('print the verifier key, for the policies of logs')
    .option('--dir <path>', 'the folder of the key (default: ~/.countersign/witness)')
    .action(async (_options: unknown, command: Command) => {
      const { runWitnessKeysShow } = await import('../actions/witness.js');
      await runWitnessKeysShow(io, command.optsWithGlobals());
    });
  keys
    .command('create')
    .description('make the key; one that is there is kept')
    .requiredOption('--name <name>', 'the name by which logs know the witness, such as witness.example.com/w1')
    .option('--dir <path>', 'the folder of the key (default: ~/.countersign/witness)')
    .action(async (_options: unknown, command: Command) => {
      const { runWitnessKeysCreate } = await import('../actions/witness.js');
      await runWitnessKeysCreate(io, command.optsWithGlobals());
    });
}
