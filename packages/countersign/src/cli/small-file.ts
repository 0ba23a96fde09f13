/**
 * Files that options name: read whole, up to a limit.
 */

import { open } from 'node:fs/promises';
import { CommandError } from './errors.js';

/**
 * The text of a file.
 * @param maxBytes A larger file is refused.
 * @throws CommandError `FILE_UNREADABLE`
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(maxBytes + 1), position: 0 });
      if (bytesRead <= maxBytes) return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new CommandError('FILE_UNREADABLE', `The file ${path} cannot be read.`, {
      hint: 'See that the path is right and that this account may read it.',
      cause,
    });
  }
  throw new CommandError('FILE_UNREADABLE', `The file ${path} is larger than ${maxBytes} bytes.`, {
    hint: 'Give the file that was meant: what is expected here is small.',
  });
}
