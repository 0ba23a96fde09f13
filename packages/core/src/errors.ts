/**
 * The base of every error that Countersign throws.
 */

/** What an error carries beside its message. */
export interface ErrorDetails {
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The base class: a pinned SCREAMING_CASE `code` for programs, a message that says what was attempted, expected
 * and found, and a `hint` that says what to do. Tool input and secrets never stand in any of them.
 */
export class CountersignError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
  }
}

/** The codes of `ConfigError`. */
export type ConfigErrorCode =
  | 'CONFIG_INVALID'
  | 'CONFIG_UNREADABLE'
  | 'FILE_NOT_REGULAR'
  | 'OPTION_INVALID'
  | 'LIMIT_EXCEEDED';

/** A configuration, policy or option that cannot be used. */
export class ConfigError extends CountersignError<ConfigErrorCode> {}
