/**
 * Reads a text file that a person wrote, up to a bound.
 */

import { open } from 'node:fs/promises';
import { ConfigError } from '@countersign/core';

/** @throws ConfigError `CONFIG_UNREADABLE`. One byte more than the bound is read, so that whoever parses notices. */
export async function readTextFile(
  path: string,
  { what, maxBytes }: { readonly what: string; readonly maxBytes: number },
): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read({
          buffer,
          offset: length,
          length: buffer.length - length,
          position: length,
        });
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length));
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', `The ${what} ${path} cannot be read as text.`, {
      hint: 'See that the path is right and that this account may read it.',
      cause,
    });
  }
}
