/** `countersign policy`: check policies, and explain what they make of a call. */

import type { Command } from 'commander';
import { declareCallOptions } from '../declare-options.js';
import type { CliIo } from '../io.js';

/** Adds the command. */
export function registerPolicy(program: Command, io: CliIo): void {
  const policy = program.command('policy').description('check policy files, and explain what they make of a call');
  const command = policy
    .command('test')
    .description('run the examples and tests of policy files; with a call, explain its verdict signal by signal')
    .argument('[file...]', 'policies of the user, each taken by itself (default: policy.yaml)')
    .option('--organisation <file>', "the organisation's policy, beside each of them")
    .option('--project <file>', "the project's policy, beside each of them")
    .option('--tests <file>', 'more tests, in a file of their own; repeat it for several', collect)
    .option('--workspace <path>', 'the folder that the agent works in (default: this one)')
    .option('--command <text>', 'explain what becomes of this shell command');
  declareCallOptions(command)
    .option('--actor <id>', 'who calls')
    .option('--role <name>', 'the role of who calls')
    .option('--session <id>', 'the session of the call')
    .action(async (files: readonly string[], _options: unknown, own: Command) => {
      const { runPolicyTest } = await import('../actions/policy-test.js');
      await runPolicyTest(io, files, own.optsWithGlobals());
    });
}

/** An option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
