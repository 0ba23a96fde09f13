/**
 * Reads what is small by right, up to a bound.
 */

import { open } from 'node:fs/promises';

/** The bytes of a file, and at most one more than the bound, so that whoever parses them notices. System errors are passed on. */
export async function readBytes(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    for (let length = 0; ; ) {
      // From where the last reading ended, so that a pipe can be read too.
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
