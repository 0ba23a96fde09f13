/**
 * Runs one command line and answers its exit code. Errors become a line with their code and a line with their hint.
 */

import { CommanderError } from 'commander';
import { InterruptedError, OutputClosedError } from './errors.js';
import { codeOf, EXIT, type ExitCode, exitCodeOf } from './exit-codes.js';
import { type CliHost, type CliIo, note } from './io.js';
import { createProgram } from './program.js';

/** Runs the command line `argv` (without the program's own name). Never throws. */
export async function runCli(argv: readonly string[], host: CliHost): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const io: CliIo = {
    ...host,
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    await createProgram(io).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Nobody reads on: that is no failure, and what was found out before still counts.
    if (error instanceof OutputClosedError) return exitCode;
    if (error instanceof InterruptedError || host.signal.aborted) return EXIT.interrupted;
    // Commander has printed what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    await report(host, error);
    return exitCodeOf(error);
  }
}

async function report(host: CliHost, error: unknown): Promise<void> {
  const { visible } = await import('./format/visible.js');
  const message = error instanceof Error ? error.message : String(error);
  note(host, visible(`${codeOf(error) ?? 'INTERNAL_ERROR'}: ${message}`));
  const hint = hintOf(error);
  if (hint !== undefined) note(host, visible(hint));
  if (host.env.COUNTERSIGN_DEBUG === '1' && error instanceof Error) note(host, visible(error.stack ?? ''));
}

function hintOf(error: unknown): string | undefined {
  if (codeOf(error) === undefined)
    return 'Run `countersign doctor`; with COUNTERSIGN_DEBUG=1 the stack is printed too.';
  const hint = error instanceof Error && 'hint' in error ? error.hint : undefined;
  return typeof hint === 'string' ? hint : undefined;
}
