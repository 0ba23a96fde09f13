/**
 * The tagged forms: how values that JSON lacks stand in normalised JSON (log format, section 1). Pure.
 *
 * A tagged form is an object with a member `$t`. Member names of ordinary objects never begin with `$t`: where a user's name
 * does, after any number of further `$`, it gets one more `$`. A name that UTF-8 cannot carry becomes `$tk:` and its UTF-16
 * code units in hexadecimal.
 *
 * | `$t` | stands for | other members |
 * |---|---|---|
 * | `undefined` | undefined | |
 * | `number` | a number that JSON lacks | `v`: `NaN`, `Infinity`, `-Infinity`, `-0` |
 * | `bigint` | a BigInt | `v`: its decimal digits |
 * | `utf16` | a string with a lone surrogate | `v`: its UTF-16 code units, big-endian, in hexadecimal |
 * | `date` | a Date | `v`: ISO 8601 with milliseconds, or null for an invalid date |
 * | `regexp` | a RegExp | `v`: source, `flags`, `lastIndex` |
 * | `boxed` | an object around a primitive | `v`: the primitive, normalised |
 * | `bytes` | a buffer or a view | `type`: one of `BYTES_TYPES`, `v`: standard base64, elements little-endian |
 * | `map` | a Map | `v`: pairs in order of insertion |
 * | `set` | a Set | `v`: elements in order of insertion |
 * | `hole` | elements of a sparse array that are not there | `v`: how many in a row |
 * | `ref` | an object that stands elsewhere too | `v`: RFC 6901 JSON Pointer to it within this JSON |
 * | `instance` | lossy: an instance of a class | `name`, `v`: its contents |
 * | `error` | lossy: an Error | `name`, `v`: message, cause, errors and enumerable properties |
 * | `opaque` | lossy: something without contents to show | `v`: what it is |
 * | `capped` | lossy: left out because of a limit | `v`: `depth`, `nodes` or `bytes` |
 *
 * Where a limit ends a container early, a `capped` form stands last in a list, and under the name `$trest` in an object.
 */

import type { JsonObject } from './json.js';
import { hasLoneSurrogate } from './unicode.js';

/** The types that the form `bytes` can have. */
export const BYTES_TYPES = [
  'Buffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
] as const;

/** One of the types that the form `bytes` can have. */
export type BytesType = (typeof BYTES_TYPES)[number];

/** The member that makes an object a tagged form. */
export const TAG = '$t';

/** The name under which a `capped` form ends an object early. */
export const REST_NAME = '$trest';

/** BigInts of more digits are not carried: turning them into text takes more than linear time. */
export const MAX_BIGINT_DIGITS = 10_000;

/** A tagged form with its members. */
export function tagged(tag: string, members: JsonObject = {}): JsonObject {
  return Object.freeze({ [TAG]: tag, ...members });
}

/** The member name under which a user's name stands in normalised JSON. */
export function escapeName(name: string): string {
  if (hasLoneSurrogate(name)) return SURROGATE_NAME + encodeUtf16(name);
  return USER_NAME.test(name) ? `$${name}` : name;
}

/** The user's name behind a member name of normalised JSON; undefined where no name escapes to that. */
export function unescapeName(member: string): string | undefined {
  if (member.startsWith(SURROGATE_NAME)) return decodeUtf16(member.slice(SURROGATE_NAME.length));
  if (member.startsWith(TAG)) return undefined;
  return USER_NAME.test(member) ? member.slice(1) : member;
}

/** The UTF-16 code units of a string, big-endian, in lower-case hexadecimal. */
export function encodeUtf16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

/** The string of such code units; undefined unless the text is what `encodeUtf16` makes of a string with a lone surrogate. */
export function decodeUtf16(hex: string): string | undefined {
  if (hex.length % 4 !== 0 || !LOWER_HEX.test(hex)) return undefined;
  const text = Buffer.from(hex, 'hex').swap16().toString('utf16le');
  return hasLoneSurrogate(text) ? text : undefined;
}

/** One segment of a JSON Pointer (RFC 6901, section 3). */
export function escapeSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The name behind one segment of a JSON Pointer. */
export function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

const SURROGATE_NAME = '$tk:';

/** `$t`, however often it has been escaped. */
const USER_NAME = /^\$+t/;

const LOWER_HEX = /^[\da-f]*$/;
