/**
 * The errors of the command itself, beside those that the packages throw.
 */

import { CountersignError } from '@countersign/core';

/** The codes of `CommandError`. */
export type CommandErrorCode =
  | 'ARGUMENT_INVALID'
  | 'CALL_AMBIGUOUS'
  | 'CONFIRMATION_NEEDED'
  | 'FILE_UNREADABLE'
  | 'LOG_EXISTS'
  | 'NOT_CONFIRMED';

/** The command cannot do what it was asked for, as it was asked. */
export class CommandError extends CountersignError<CommandErrorCode> {}

/** The error for a file that an option names and that cannot be opened or read. */
export function unreadable(path: string, cause: unknown): CommandError {
  return new CommandError('FILE_UNREADABLE', `The file ${path} cannot be read.`, {
    hint: 'See that the path is right and that this account may read it.',
    cause,
  });
}

/** Whoever read the standard output has closed it: there is nobody left to write for. */
export class OutputClosedError extends Error {}

/** The person pressed Ctrl-C. */
export class InterruptedError extends Error {}
