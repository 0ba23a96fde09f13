/** What the set-up tells the person: short lines on stderr, and one error class for problems that have a remedy. */

/** A problem whose message already says what to do about it: printed without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** One line of progress. Stdout stays free for the program that runs after the set-up. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs `main` and turns its answer into the exit code: a number is the code, a thrown error is 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    say(error instanceof SetupError ? `\n${error.message}` : String(error?.stack ?? error));
    process.exitCode = 1;
  }
}
