/**
 * A quick look at bytes that should be canonical JSON (RFC 8785): one pass, nothing is made. It answers true only for texts that
 * `parseCanonicalJson` accepts, and for almost all of them that occur; what it cannot tell is left to the parser. Pure.
 */

import { isUtf8 } from 'node:buffer';
import { MAX_JSON_DEPTH } from './limits.js';
import { MAX_JSON_TEXT_BYTES } from './parse-json.js';

/**
 * True when `bytes` are canonical JSON for certain. False says nothing: ask `parseCanonicalJson`, which takes all member names
 * and escapes, where this takes plain names and the short escapes alone.
 */
export function isCertainlyCanonical(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_JSON_TEXT_BYTES && isUtf8(bytes) && scanValue(bytes, 0, 0) === bytes.length;
}

/** Where no value ends: the answer of every scan that gives up. */
const NONE = -1;

/** One past the end of the value at `at`. The recursion is bounded by `MAX_JSON_DEPTH`. */
function scanValue(bytes: Uint8Array, at: number, depth: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return scanString(bytes, at);
    case OPEN_BRACE:
      return depth < MAX_JSON_DEPTH ? scanObject(bytes, at + 1, depth + 1) : NONE;
    case OPEN_BRACKET:
      return depth < MAX_JSON_DEPTH ? scanArray(bytes, at + 1, depth + 1) : NONE;
    case LETTER_T:
      return scanWord(bytes, at, TRUE);
    case LETTER_F:
      return scanWord(bytes, at, FALSE);
    case LETTER_N:
      return scanWord(bytes, at, NULL);
    default:
      return scanNumber(bytes, at);
  }
}

function scanArray(bytes: Uint8Array, start: number, depth: number): number {
  let at = start;
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = scanValue(bytes, at, depth);
    if (at === NONE) return NONE;
    const mark = bytes[at];
    if (mark === CLOSE_BRACKET) return at + 1;
    if (mark !== COMMA) return NONE;
    at += 1;
  }
}

function scanObject(bytes: Uint8Array, start: number, depth: number): number {
  let at = start;
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  let before = NONE;
  for (;;) {
    const name = at + 1;
    if (bytes[at] !== QUOTE) return NONE;
    at = scanPlainName(bytes, name);
    if (at === NONE || bytes[at + 1] !== COLON) return NONE;
    if (before !== NONE && !isAfter(bytes, before, name)) return NONE;
    before = name;
    at = scanValue(bytes, at + 2, depth);
    if (at === NONE) return NONE;
    const mark = bytes[at];
    if (mark === CLOSE_BRACE) return at + 1;
    if (mark !== COMMA) return NONE;
    at += 1;
  }
}

/** The closing quote of a name of printable ASCII without escapes, whose bytes sort as its UTF-16 code units do. */
function scanPlainName(bytes: Uint8Array, start: number): number {
  for (let at = start; ; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === undefined || byte < SPACE || byte > TILDE || byte === BACKSLASH) return NONE;
  }
}

/** Whether the name at `name` sorts behind the one at `before`; both end in a quote, which no name contains. */
function isAfter(bytes: Uint8Array, before: number, name: number): boolean {
  for (let i = 0; ; i += 1) {
    const left = bytes[before + i];
    const right = bytes[name + i];
    if (left === right) {
      // The same name twice.
      if (left === QUOTE) return false;
      continue;
    }
    // A quote may sort behind the other's next character, yet the shorter name comes first.
    if (left === QUOTE) return true;
    if (right === QUOTE || left === undefined || right === undefined) return false;
    return left < right;
  }
}

function scanString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || byte < SPACE) return NONE;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) {
      if (!SHORT_ESCAPES.has(bytes[at + 1] ?? 0)) return NONE;
      at += 1;
    }
    at += 1;
  }
}

function scanWord(bytes: Uint8Array, start: number, word: readonly number[]): number {
  for (let i = 0; i < word.length; i += 1) {
    if (bytes[start + i] !== word[i]) return NONE;
  }
  return start + word.length;
}

/** Short integers are seen to be canonical; every other number is formatted again, as ECMAScript and RFC 8785 do. */
function scanNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const first = at;
  while (isDigit(bytes[at])) at += 1;
  const digits = at - first;
  if (digits === 0) return NONE;
  if (digits <= SAFE_DIGITS && !NUMBER_BYTES.has(bytes[at] ?? 0)) {
    const isZero = bytes[first] === ZERO;
    return isZero && (digits > 1 || first !== start) ? NONE : at;
  }
  while (NUMBER_BYTES.has(bytes[at] ?? 0)) at += 1;
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(at, start + LONGEST_NUMBER + 1)));
  const value = Number(text);
  return Number.isFinite(value) && String(value) === text ? at : NONE;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Integers of so many digits are exact. */
const SAFE_DIGITS = 15;

/** No double has a longer text: `-2.2250738585072014e-308`. */
const LONGEST_NUMBER = 25;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LETTER_T = 0x74;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const codesOf = (text: string): readonly number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const TRUE = codesOf('true');
const FALSE = codesOf('false');
const NULL = codesOf('null');
/** `\u001f` and the like are left to the parser. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set(codesOf('"\\bfnrt'));
const NUMBER_BYTES: ReadonlySet<number> = new Set(codesOf('0123456789+-.eE'));
