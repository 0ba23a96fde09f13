/**
 * Limits that hold everywhere, and the check of identifiers at the boundary. Pure.
 */

import { ConfigError } from './errors.js';
import { hasLoneSurrogate } from './unicode.js';

/** The longest identifier or name, in bytes of UTF-8. */
export const MAX_IDENTIFIER_BYTES = 256;

/** The deepest nesting of JSON arrays and objects that is read or written. A normalised value of the greatest depth fits. */
export const MAX_JSON_DEPTH = 256;

/** The deepest nesting of containers that `normalise` follows. Each level becomes at most three levels of JSON. */
export const MAX_VALUE_DEPTH = 64;

/** The most values that `normalise` visits: a container, a hole and a map's key each count as one. */
export const MAX_VALUE_NODES = 100_000;

/** The most bytes of canonical JSON that a bindable value takes. */
export const MAX_VALUE_BYTES = 10 * 1024 * 1024;

/**
 * Checks an identifier or name: a string of 1 to 256 bytes of UTF-8, without control characters and halves of surrogate pairs.
 * @param label What the value is, for the message, such as `session`; the value itself never stands there.
 * @throws ConfigError LIMIT_EXCEEDED when it is too long, OPTION_INVALID for every other fault.
 */
export function checkIdentifier(label: string, value: unknown): asserts value is string {
  if (typeof value === 'string' && PLAIN.test(value)) return;
  if (typeof value !== 'string')
    throw new ConfigError('OPTION_INVALID', `${label}: expected a string, found ${typeof value}`);
  if (value === '') throw new ConfigError('OPTION_INVALID', `${label}: expected at least one character, found none`);
  if (value.length > MAX_IDENTIFIER_BYTES || Buffer.byteLength(value) > MAX_IDENTIFIER_BYTES) {
    throw new ConfigError(
      'LIMIT_EXCEEDED',
      `${label}: expected at most ${MAX_IDENTIFIER_BYTES} bytes of UTF-8, found ${Buffer.byteLength(value)}`,
    );
  }
  if (hasLoneSurrogate(value)) throw new ConfigError('OPTION_INVALID', `${label}: found half of a surrogate pair`);
  if (CONTROL.test(value)) throw new ConfigError('OPTION_INVALID', `${label}: found a control character`);
}

/** Printable ASCII of a length that is allowed: what almost all identifiers are, and nothing to object to. */
const PLAIN = /^[ -~]{1,256}$/;

/** Unicode category Cc: U+0000 to U+001F and U+007F to U+009F. */
const CONTROL = /\p{Cc}/u;
