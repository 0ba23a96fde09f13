/**
 * Reads a text file that a person wrote, up to a bound.
 */

import { ConfigError } from '@countersign/core';
import { readBytes } from './read-bytes.js';

/** @throws ConfigError `CONFIG_UNREADABLE`. One byte more than the bound is read, so that whoever parses notices. */
export async function readTextFile(
  path: string,
  { what, maxBytes }: { readonly what: string; readonly maxBytes: number },
): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(path, maxBytes));
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', `The ${what} ${path} cannot be read as text.`, {
      hint: 'See that the path is right and that this account may read it.',
      cause,
    });
  }
}
