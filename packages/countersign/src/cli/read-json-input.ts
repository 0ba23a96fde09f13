/** JSON that a command takes from a file, or from the standard input. */

import { CountersignError, type JsonValue, parseJson } from '@countersign/core';
import { CommandError } from './errors.js';
import type { CliIo } from './io.js';
import { readSmallFile } from './small-file.js';

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
  const text = path === '-' ? await readInput(io) : await readSmallFile(path, MAX_INPUT_BYTES);
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new CommandError('ARGUMENT_INVALID', `${option}: expected JSON, found a text that is not.`, { hint, cause });
  }
}

async function readInput(io: CliIo): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of io.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_INPUT_BYTES) {
      throw new CommandError('FILE_UNREADABLE', `The standard input is longer than ${MAX_INPUT_BYTES} bytes.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The longest arguments that a call may have, in bytes. */
const MAX_INPUT_BYTES = 10 * 1024 * 1024;
