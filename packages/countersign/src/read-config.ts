/**
 * The configuration that `openCountersign` and the command are given: a file, an object, or none.
 */

import { open } from 'node:fs/promises';
import { type CheckedConfig, type Config, checkConfig, MAX_CONFIG_BYTES, parseConfig } from '@countersign/audit';
import { ConfigError } from '@countersign/core';

/**
 * The checked configuration; everything has a default.
 * @throws ConfigError `CONFIG_UNREADABLE`, `CONFIG_INVALID`
 */
export async function readConfig(config: string | Config | undefined): Promise<CheckedConfig> {
  if (typeof config !== 'string') return checkConfig(config ?? {});
  return parseConfig(await readText(config), config);
}

async function readText(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(MAX_CONFIG_BYTES + 1), position: 0 });
      return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', `The configuration ${path} cannot be read as text.`, {
      hint: 'See that the path is right and that this account may read it.',
      cause,
    });
  }
}
