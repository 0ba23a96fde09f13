/**
 * Files that options name, and the standard input: read whole, up to a limit.
 */

import { readBytes } from '../read-bytes.js';
import { CommandError, unreadable } from './errors.js';
import type { CliIo } from './io.js';

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

/**
 * The text of the standard input.
 * @param maxBytes A longer one is refused.
 * @throws CommandError `FILE_UNREADABLE`
 */
export async function readStandardInput(io: CliIo, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of io.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxBytes) {
      throw new CommandError('FILE_UNREADABLE', `The standard input is longer than ${maxBytes} bytes.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
