/**
 * The configuration that `openCountersign` and the command are given: a file, an object, or none.
 */

import { type CheckedConfig, type Config, checkConfig, MAX_CONFIG_BYTES, parseConfig } from '@countersign/audit';
import { readTextFile } from './read-text-file.js';

/**
 * The checked configuration; everything has a default.
 * @throws ConfigError `CONFIG_UNREADABLE`, `CONFIG_INVALID`
 */
export async function readConfig(config: string | Config | undefined): Promise<CheckedConfig> {
  if (typeof config !== 'string') return checkConfig(config ?? {});
  return parseConfig(await readTextFile(config, { what: 'configuration', maxBytes: MAX_CONFIG_BYTES }), config);
}
