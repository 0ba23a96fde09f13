/**
 * An option that takes a verifier key (`--key`): the key, or a file that holds one.
 */

import { createHash } from 'node:crypto';
import { parseVerifierKey, TlogError } from '@countersign/tlog';
import { CommandError } from './errors.js';
import { readSmallFile } from './small-file.js';

/**
 * The verifier key that an option gives; undefined for none.
 * @throws CommandError `ARGUMENT_INVALID` when it is no verifier key; `FILE_UNREADABLE` when it names a file that cannot be read.
 */
export async function readVerifierKey(option: string | undefined, name = '--key'): Promise<string | undefined> {
  if (option === undefined) return undefined;
  const text = VERIFIER_KEY.test(option) ? option : (await readSmallFile(option, MAX_KEY_FILE_BYTES)).trim();
  try {
    parseVerifierKey(text, (bytes) => createHash('sha256').update(bytes).digest());
    return text;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new CommandError('ARGUMENT_INVALID', `${name}: expected a verifier key, or a file that holds one.`, {
      hint: 'A verifier key looks like <name>+<8 hex digits>+<base64>; `countersign keys export` prints it.',
      cause: error,
    });
  }
}

const VERIFIER_KEY = /^[^+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/;

const MAX_KEY_FILE_BYTES = 16 * 1024;
