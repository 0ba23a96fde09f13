/**
 * Origins: the unique name of a log, which is the name of its identity key too (C2SP tlog-checkpoint).
 */

import { ConfigError, checkIdentifier, type Environment } from '@countersign/core';
import { checkKeyName } from '@countersign/tlog';

/** The longest origin, in bytes of UTF-8: the name of an epoch key, which begins with it, must be a key name too. */
export const MAX_ORIGIN_BYTES = 200;

/** A new origin: `agent-audit.local/` and 128 random bits in hex. */
export function createOrigin(environment: Environment): string {
  return `agent-audit.local/${Buffer.from(environment.randomBytes(16)).toString('hex')}`;
}

/**
 * Checks the name of a log.
 * @throws ConfigError OPTION_INVALID when it holds white space, `+` or control characters, or begins like a text that is
 * signed for something else; LIMIT_EXCEEDED when it is too long.
 */
export function checkOrigin(origin: string): void {
  checkIdentifier('origin', origin);
  if (Buffer.byteLength(origin) > MAX_ORIGIN_BYTES) {
    throw new ConfigError('LIMIT_EXCEEDED', `origin: expected at most ${MAX_ORIGIN_BYTES} bytes of UTF-8`);
  }
  if (!checkKeyName(origin).ok) throw new ConfigError('OPTION_INVALID', 'origin: found white space or a plus sign');
  if (RESERVED_PREFIXES.some((prefix) => origin.startsWith(prefix))) {
    throw new ConfigError('OPTION_INVALID', `origin: found a reserved beginning (${RESERVED_PREFIXES.join(', ')})`);
  }
}

/** A checkpoint's text begins with the origin: it must not look like the other texts that keys sign. */
const RESERVED_PREFIXES = ['countersign/', 'cosignature/'] as const;
