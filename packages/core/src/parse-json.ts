/**
 * A strict JSON parser (RFC 8259 with the restrictions of I-JSON, RFC 7493): one meaning for each text, or an error. Pure.
 *
 * Beyond the grammar it refuses duplicate member names, halves of surrogate pairs (raw or escaped), numbers that overflow,
 * a byte order mark, and invalid UTF-8. Numbers become the nearest double: precision beyond that is lost, and a number too
 * small becomes 0. `__proto__` is a member like any other.
 */

import { canonicalJson } from './canonical-json.js';
import { ConfigError, CountersignError, type ErrorDetails } from './errors.js';
import { type JsonValue, setMember } from './json.js';
import { MAX_JSON_DEPTH } from './limits.js';
import { hasLoneSurrogate } from './unicode.js';

/** The codes of `JsonParseError`. */
export type JsonParseErrorCode =
  | 'JSON_SYNTAX'
  | 'JSON_DUPLICATE_NAME'
  | 'JSON_LONE_SURROGATE'
  | 'JSON_NUMBER_OVERFLOW'
  | 'JSON_BOM'
  | 'JSON_INVALID_UTF8'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_LARGE'
  | 'JSON_NOT_CANONICAL';

/** A text that is refused. It says where, and never what stands there. */
export class JsonParseError extends CountersignError<JsonParseErrorCode> {
  /** 0-based, in UTF-16 code units of the text; in bytes for `JSON_INVALID_UTF8`. */
  readonly offset: number;

  constructor(code: JsonParseErrorCode, message: string, offset: number, details?: ErrorDetails) {
    super(code, `${message}, at offset ${offset}`, details);
    this.offset = offset;
  }
}

/** Limits of one parse. */
export interface ParseJsonLimits {
  /** Nested arrays and objects, 1 to 1,000; 256 by default. */
  readonly maxDepth?: number;
  /** Bytes of UTF-8, an integer from 0; 16 MiB by default. */
  readonly maxBytes?: number;
}

/** The longest text that `parseJson` reads unless told otherwise, in bytes of UTF-8. */
export const MAX_JSON_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * The value of a JSON text.
 * @throws JsonParseError with a pinned code and the offset.
 * @throws ConfigError OPTION_INVALID when a limit is out of its range.
 */
export function parseJson(text: string | Uint8Array, limits: ParseJsonLimits = {}): JsonValue {
  const { maxDepth = MAX_JSON_DEPTH, maxBytes = MAX_JSON_TEXT_BYTES } = limits;
  if (!Number.isInteger(maxDepth) || maxDepth < 1 || maxDepth > DEEPEST_RECURSION) {
    throw new ConfigError('OPTION_INVALID', `maxDepth: expected an integer from 1 to ${DEEPEST_RECURSION}`);
  }
  const scanner: Scanner = { text: decodeText(text, maxBytes), at: 0, depth: 0, maxDepth };
  if (scanner.text.charCodeAt(0) === BYTE_ORDER_MARK)
    throw new JsonParseError('JSON_BOM', 'found a byte order mark', 0);
  skipSpace(scanner);
  const value = readValue(scanner);
  skipSpace(scanner);
  if (scanner.at < scanner.text.length) throw syntaxError(scanner, 'the end of the text');
  return value;
}

/**
 * The value of a text that is already in canonical form (RFC 8785), byte for byte.
 * @throws JsonParseError as `parseJson` does, and JSON_NOT_CANONICAL when formatting the value again gives another text.
 */
export function parseCanonicalJson(text: string | Uint8Array, limits: ParseJsonLimits = {}): JsonValue {
  const decoded = decodeText(text, limits.maxBytes ?? MAX_JSON_TEXT_BYTES);
  const value = parseJson(decoded, limits);
  const canonical = canonicalJson(value);
  if (canonical !== decoded) {
    throw new JsonParseError(
      'JSON_NOT_CANONICAL',
      'expected canonical JSON (RFC 8785)',
      firstDifference(canonical, decoded),
    );
  }
  return value;
}

/** The recursion below goes this deep at most, which no supported stack minds. */
const DEEPEST_RECURSION = 1000;

const BYTE_ORDER_MARK = 0xfeff;

interface Scanner {
  readonly text: string;
  readonly maxDepth: number;
  at: number;
  depth: number;
}

function readValue(scanner: Scanner): JsonValue {
  switch (scanner.text[scanner.at]) {
    case '{':
      return nested(scanner, readObject);
    case '[':
      return nested(scanner, readArray);
    case '"':
      return readString(scanner);
    case 't':
      return readWord(scanner, 'true', true);
    case 'f':
      return readWord(scanner, 'false', false);
    case 'n':
      return readWord(scanner, 'null', null);
    default:
      return readNumber(scanner);
  }
}

function nested(scanner: Scanner, read: (scanner: Scanner) => JsonValue): JsonValue {
  if (scanner.depth >= scanner.maxDepth) {
    throw new JsonParseError('JSON_TOO_DEEP', `expected at most ${scanner.maxDepth} levels`, scanner.at);
  }
  scanner.depth += 1;
  scanner.at += 1;
  skipSpace(scanner);
  const value = read(scanner);
  scanner.depth -= 1;
  return value;
}

function readArray(scanner: Scanner): JsonValue {
  const items: JsonValue[] = [];
  if (accept(scanner, ']')) return items;
  do {
    skipSpace(scanner);
    items.push(readValue(scanner));
    skipSpace(scanner);
  } while (accept(scanner, ','));
  expect(scanner, ']');
  return items;
}

function readObject(scanner: Scanner): JsonValue {
  const members: Record<string, JsonValue> = {};
  if (accept(scanner, '}')) return members;
  do {
    skipSpace(scanner);
    const start = scanner.at;
    if (scanner.text[start] !== '"') throw syntaxError(scanner, 'a member name');
    const name = readString(scanner);
    if (Object.hasOwn(members, name))
      throw new JsonParseError('JSON_DUPLICATE_NAME', 'found a member name for the second time', start);
    skipSpace(scanner);
    expect(scanner, ':');
    skipSpace(scanner);
    setMember(members, name, readValue(scanner));
    skipSpace(scanner);
  } while (accept(scanner, ','));
  expect(scanner, '}');
  return members;
}

function readWord<T extends JsonValue>(scanner: Scanner, word: string, value: T): T {
  if (!scanner.text.startsWith(word, scanner.at)) throw syntaxError(scanner, 'a value');
  scanner.at += word.length;
  return value;
}

function readNumber(scanner: Scanner): number {
  const form = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  form.lastIndex = scanner.at;
  const text = form.exec(scanner.text)?.[0];
  if (text === undefined) throw syntaxError(scanner, 'a value');
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new JsonParseError('JSON_NUMBER_OVERFLOW', 'found a number beyond the range of a double', scanner.at);
  scanner.at += text.length;
  return value;
}

function readString(scanner: Scanner): string {
  const start = scanner.at;
  const end = endOfString(scanner);
  const token = scanner.text.slice(start, end);
  // The token has been checked against the grammar, so the built-in decoder only has to undo its escapes.
  const value: unknown = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
  if (typeof value !== 'string' || hasLoneSurrogate(value)) {
    throw new JsonParseError('JSON_LONE_SURROGATE', 'found half of a surrogate pair in a string', start);
  }
  scanner.at = end;
  return value;
}

/** One past the closing quote of the string that begins at `scanner.at`. */
function endOfString(scanner: Scanner): number {
  const { text } = scanner;
  let at = scanner.at + 1;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    if (unit === BACKSLASH) at += escapeLength(text, at);
    // At the end of the text charCodeAt answers NaN, for which no comparison holds.
    else if (unit >= SPACE) at += 1;
    else throw syntaxError({ text, at }, at < text.length ? 'no raw control character in a string' : 'a closing quote');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

function escapeLength(text: string, at: number): number {
  const form = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
  form.lastIndex = at;
  const found = form.exec(text)?.[0];
  if (found === undefined) throw syntaxError({ text, at }, 'a known escape');
  return found.length;
}

function skipSpace(scanner: Scanner): void {
  const { text } = scanner;
  while (scanner.at < text.length && SPACES.includes(text.charAt(scanner.at))) scanner.at += 1;
}

const SPACES = ' \t\n\r';

function accept(scanner: Scanner, mark: string): boolean {
  if (scanner.text[scanner.at] !== mark) return false;
  scanner.at += 1;
  return true;
}

function expect(scanner: Scanner, mark: string): void {
  if (!accept(scanner, mark)) throw syntaxError(scanner, `"${mark}"`);
}

function syntaxError(where: { readonly text: string; readonly at: number }, expected: string): JsonParseError {
  const found = where.at < where.text.length ? 'something else' : 'the end of the text';
  return new JsonParseError('JSON_SYNTAX', `expected ${expected}, found ${found}`, where.at);
}

/** The text, once it is known to be short enough to look at. */
function decodeText(text: string | Uint8Array, maxBytes: number): string {
  // A limit that is not a number would let every text through.
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw new ConfigError('OPTION_INVALID', 'maxBytes: expected a safe integer that is not negative');
  }
  const size = typeof text === 'string' ? Buffer.byteLength(text) : text.byteLength;
  if (size > maxBytes)
    throw new JsonParseError('JSON_TOO_LARGE', `expected at most ${maxBytes} bytes of JSON, found ${size}`, 0);
  return typeof text === 'string' ? text : decodeUtf8(text);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const mended = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    const offset = mended.findIndex((byte, i) => byte !== bytes[i]);
    throw new JsonParseError('JSON_INVALID_UTF8', 'expected UTF-8, found other bytes', Math.max(offset, 0), { cause });
  }
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
