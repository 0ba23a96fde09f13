/**
 * Writes a file whole or not at all: beside its place first, then renamed into it.
 */

import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { CommandError } from './errors.js';

/**
 * Writes the pieces to `path`, readable by its owner only; what was there before is replaced when all is on the disk.
 * @throws CommandError `FILE_UNREADABLE` when the file cannot be made; what the pieces throw is passed on, and nothing is left.
 */
export async function writeFileAtomically(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'wx', 0o600).catch((cause: unknown) => {
    throw new CommandError('FILE_UNREADABLE', `The file ${path} cannot be written.`, {
      hint: 'See that its folder exists and that this account may write to it.',
      cause,
    });
  });
  try {
    try {
      for await (const piece of pieces) await file.write(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
