/** JSON that a command takes from a file, or from the standard input. */

import { CountersignError, type JsonValue, parseJson } from '@countersign/core';
import { CommandError } from './errors.js';
import type { CliIo } from './io.js';
import { readSmallFile, readStandardInput } from './small-file.js';

/** What to say of a text that is no JSON. */
export interface JsonInputOption {
  /** Such as `--args`. */
  readonly option: string;
  readonly hint: string;
}

/**
 * The value in a file; `-` is the standard input.
 * @throws CommandError `ARGUMENT_INVALID` for what is no JSON, `FILE_UNREADABLE`
 */
export async function readJsonInput(io: CliIo, path: string, { option, hint }: JsonInputOption): Promise<JsonValue> {
  const text = path === '-' ? await readStandardInput(io, MAX_INPUT_BYTES) : await readSmallFile(path, MAX_INPUT_BYTES);
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new CommandError('ARGUMENT_INVALID', `${option}: expected JSON, found a text that is not.`, { hint, cause });
  }
}

/** The longest arguments that a call may have, in bytes. */
const MAX_INPUT_BYTES = 10 * 1024 * 1024;
