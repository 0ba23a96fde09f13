/**
 * The file that `--out` names: written whole or not at all.
 */

import { replaceFile } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import { CommandError } from './errors.js';

/**
 * Writes a text, or its pieces, to `path`, readable by its owner only; what was there before is replaced when all is on the disk.
 * @throws CommandError `FILE_UNREADABLE` when the file cannot be written; ConfigError `FILE_NOT_REGULAR` for a pipe, a device, a
 * folder or a symbolic link; what the pieces throw is passed on. Nothing is left then.
 */
export async function writeOut(path: string, content: string | AsyncIterable<string>): Promise<void> {
  try {
    await replaceFile({ path, what: 'file of --out', environment: createSystemEnvironment() }, content);
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw new CommandError('FILE_UNREADABLE', `The file ${path} cannot be written.`, {
      hint: 'See that its folder exists, has room, and that this account may write to it.',
      cause,
    });
  }
}
