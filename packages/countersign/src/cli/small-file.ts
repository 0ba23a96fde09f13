/**
 * Files that options name: read whole, up to a limit.
 */

import { readBytes } from '../read-bytes.js';
import { CommandError, unreadable } from './errors.js';

/**
 * The text of a file.
 * @param maxBytes A larger file is refused.
 * @throws CommandError `FILE_UNREADABLE`
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<string> {
  const bytes = await readBytes(path, maxBytes).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (bytes.length <= maxBytes) return bytes.toString('utf8');
  throw new CommandError('FILE_UNREADABLE', `The file ${path} is larger than ${maxBytes} bytes.`, {
    hint: 'Give the file that was meant: what is expected here is small.',
  });
}
