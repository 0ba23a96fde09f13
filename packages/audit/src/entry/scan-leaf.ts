/**
 * Reads a leaf in one pass over its text. The scanners are made from the field table itself: members in canonical order, each by
 * its own schema. A leaf is taken only when it is canonical and fits the schema of its kind; whatever is unusual is left to
 * `decodeEntry`, which formats it again and asks the schema, and says what is wrong. Pure.
 */

import { z } from 'zod';
import { type Entry, type EntryKind, entrySchema, PAYLOAD_NAMES } from './kinds.js';
import { digest, identifier, time, UUID_FORM, uuid } from './values.js';

/**
 * The entry of a leaf, as `decodeEntry` would answer it before it looks for contradictions; undefined where this pass cannot
 * tell. `text` must be well formed.
 */
export function scanLeaf(text: string): Entry | undefined {
  const scan = SCANNERS.get(kindOf(text) ?? '');
  if (scan === undefined) return undefined;
  const cursor: Cursor = { text, at: 0 };
  const value = scan(cursor);
  return cursor.at === text.length && isScanned(value) ? value : undefined;
}

/**
 * The last kind in the text that is one of the table. Actors have a kind too, before and after that of the entry, and seldom one of
 * these names: then the scanner refuses, as it does for any other kind than the one it is made for.
 */
function kindOf(text: string): string | undefined {
  for (let at = text.lastIndexOf(KIND_PREFIX); at >= 0; at = text.lastIndexOf(KIND_PREFIX, at - 1)) {
    const start = at + KIND_PREFIX.length;
    const kind = text.slice(start, text.indexOf('"', start));
    if (SCANNERS.has(kind)) return kind;
    if (at === 0) return undefined;
  }
  return undefined;
}

// Within a string the quotes would be escaped.
const KIND_PREFIX = '"kind":"';

interface Cursor {
  readonly text: string;
  at: number;
}

/** Reads one value and moves on behind it; undefined refuses. */
type Scan = (cursor: Cursor) => unknown;

/** The scanners are made from the schema whose type this is, so what one of them read to the end is an entry. */
function isScanned(value: unknown): value is Entry {
  return value !== undefined;
}

/** The scanner of a schema; undefined for a kind of schema that is not known here. */
function scannerOf(schema: unknown): Scan | undefined {
  if (schema === identifier) return remembering(scanIdentifier);
  if (schema === digest) return remembering(scanDigest);
  if (schema === uuid) return remembering(scanUuid);
  if (schema === time) return createTimeScanner();
  if (schema instanceof z.ZodObject) return objectScanner(schema);
  if (schema instanceof z.ZodArray) return arrayScanner(schema);
  if (schema instanceof z.ZodEnum) return choiceScanner(schema.options);
  if (schema instanceof z.ZodLiteral) return choiceScanner([...schema.values]);
  if (schema instanceof z.ZodBoolean) return choiceScanner([true, false]);
  if (schema instanceof z.ZodNumber) return integerScanner(schema);
  if (schema instanceof z.ZodString) return stringScanner(schema);
  return undefined;
}

interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  /** The first letter of the name. */
  readonly letter: number;
  /** `"name":`, and the same behind a comma. */
  readonly first: Prefix;
  readonly next: Prefix;
  readonly scan: Scan;
}

interface Prefix {
  readonly text: string;
  /** Where the name begins in it. */
  readonly letterAt: number;
}

function memberOf(name: string, isOptional: boolean, scan: Scan): Member {
  const first = { text: `"${name}":`, letterAt: 1 };
  const next = { text: `,"${name}":`, letterAt: 2 };
  return { name, isOptional, letter: name.charCodeAt(0), first, next, scan };
}

function objectScanner(schema: z.ZodObject, own: ReadonlyMap<string, Scan> = new Map()): Scan | undefined {
  const members: Member[] = [];
  for (const name of Object.keys(schema.shape).sort()) {
    const given: unknown = schema.shape[name];
    const isOptional = given instanceof z.ZodOptional;
    const scan = own.get(name) ?? scannerOf(isOptional ? given.def.innerType : given);
    if (scan === undefined) return undefined;
    members.push(memberOf(name, isOptional, scan));
  }
  return (cursor) => scanMembers(cursor, members);
}

function scanMembers(cursor: Cursor, members: readonly Member[]): unknown {
  const { text } = cursor;
  if (text.charCodeAt(cursor.at) !== OPEN_BRACE) return undefined;
  const start = cursor.at + 1;
  let at = start;
  const value: Record<string, unknown> = {};
  for (const member of members) {
    const prefix = at === start ? member.first : member.next;
    // The first letter alone tells most members that are not there.
    if (text.charCodeAt(at + prefix.letterAt) === member.letter && text.startsWith(prefix.text, at)) {
      cursor.at = at + prefix.text.length;
      const read = member.scan(cursor);
      if (read === undefined) return undefined;
      // The names are those of the table, so none of them is `__proto__`.
      value[member.name] = read;
      at = cursor.at;
    } else if (!member.isOptional) return undefined;
  }
  if (text.charCodeAt(at) !== CLOSE_BRACE) return undefined;
  cursor.at = at + 1;
  return value;
}

/** `payload`: names that the kind may carry, ascending, each with its commitment. */
function payloadScanner(kind: EntryKind): Scan {
  const names = [...PAYLOAD_NAMES[kind]].sort();
  const members = names.map((name) => memberOf(name, true, scanDigest));
  return (cursor) => scanMembers(cursor, members);
}

function arrayScanner(schema: z.ZodArray): Scan | undefined {
  const scan = scannerOf(schema.element);
  if (scan === undefined) return undefined;
  // The one check of lists in the table is their greatest length; it is asked of the schema for long lists alone.
  const free = longestAllowed(schema);
  return (cursor) => {
    const items = scanItems(cursor, scan);
    if (items === undefined || items.length <= free) return items;
    return schema.safeParse(items).success ? items : undefined;
  };
}

/** A length up to which no check of the schema can object; -1 where it has other checks than of the greatest length. */
function longestAllowed(schema: z.ZodArray): number {
  const bounds = (schema.def.checks ?? []).map(({ _zod: { def } }) =>
    def.check === 'max_length' && 'maximum' in def && typeof def.maximum === 'number' ? def.maximum : -1,
  );
  return Math.min(Number.POSITIVE_INFINITY, ...bounds);
}

function scanItems(cursor: Cursor, scan: Scan): unknown[] | undefined {
  const { text } = cursor;
  if (text.charCodeAt(cursor.at) !== OPEN_BRACKET) return undefined;
  const items: unknown[] = [];
  cursor.at += 1;
  if (text.charCodeAt(cursor.at) === CLOSE_BRACKET) {
    cursor.at += 1;
    return items;
  }
  for (;;) {
    const item = scan(cursor);
    if (item === undefined) return undefined;
    items.push(item);
    const mark = text.charCodeAt(cursor.at);
    cursor.at += 1;
    if (mark === CLOSE_BRACKET) return items;
    if (mark !== COMMA) return undefined;
  }
}

/** One of a few values, by its text. */
function choiceScanner(choices: readonly unknown[]): Scan {
  const texts = choices.map((value) => ({ value, text: JSON.stringify(value) }));
  return (cursor) => {
    for (const { value, text } of texts) {
      if (!cursor.text.startsWith(text, cursor.at)) continue;
      cursor.at += text.length;
      return value;
    }
    return undefined;
  };
}

/** A canonical integer of at most 15 digits; the schema has its bounds. */
function integerScanner(schema: z.ZodNumber): Scan {
  const isNatural = (schema.minValue ?? -1) === 0 && (schema.maxValue ?? 0) >= Number.MAX_SAFE_INTEGER;
  return (cursor) => {
    const value = scanInteger(cursor);
    if (value === undefined || (isNatural && value >= 0)) return value;
    return schema.safeParse(value).success ? value : undefined;
  };
}

function scanInteger(cursor: Cursor): number | undefined {
  const { text } = cursor;
  const start = cursor.at;
  const isNegative = text.charCodeAt(start) === MINUS;
  const first = isNegative ? start + 1 : start;
  let at = first;
  let value = 0;
  for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
    value = value * 10 + digit;
    at += 1;
  }
  const digits = at - first;
  if (digits === 0 || digits > SAFE_DIGITS) return undefined;
  if (text.charCodeAt(first) === ZERO && (digits > 1 || isNegative)) return undefined;
  cursor.at = at;
  return isNegative ? -value : value;
}

/** Any string of the schema that stands for itself: an escape, or what needs one, is left to the parser. */
function stringScanner(schema: z.ZodString): Scan {
  return (cursor) => {
    const value = scanPlain(cursor);
    return value !== undefined && schema.safeParse(value).success ? value : undefined;
  };
}

/**
 * Most members have the value that they had in the entry before. What was read once in a place is known there again by its letters
 * alone, and is the same string then, which is found in tables without being read.
 */
function remembering(scan: (cursor: Cursor) => string | undefined): Scan {
  let known = '';
  return (cursor) => {
    const { text, at } = cursor;
    const end = at + 1 + known.length;
    // What is known holds no quote, so the string that begins with it and has a quote behind it is it.
    if (
      text.charCodeAt(end) === QUOTE &&
      text.startsWith(known, at + 1) &&
      known !== '' &&
      text.charCodeAt(at) === QUOTE
    ) {
      cursor.at = end + 1;
      return known;
    }
    const value = scan(cursor);
    if (value !== undefined) known = value;
    return value;
  };
}

function scanIdentifier(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  const end = text.indexOf('"', at + 1);
  const value = text.charCodeAt(at) === QUOTE && end > 0 ? text.slice(at + 1, end) : '';
  if (!PLAIN_IDENTIFIER.test(value) && (NEEDS_ESCAPE.test(value) || !identifier.safeParse(value).success)) {
    return undefined;
  }
  cursor.at = end + 1;
  return value;
}

/** A string without escapes and control characters. */
function scanPlain(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  if (text.charCodeAt(at) !== QUOTE) return undefined;
  const end = text.indexOf('"', at + 1);
  if (end < 0) return undefined;
  const value = text.slice(at + 1, end);
  if (NEEDS_ESCAPE.test(value)) return undefined;
  cursor.at = end + 1;
  return value;
}

function scanDigest(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  if (text.charCodeAt(at) !== QUOTE || text.charCodeAt(at + DIGEST_LENGTH + 1) !== QUOTE) return undefined;
  // The last two of its characters are a matter of the form, the others of the alphabet.
  for (let i = at + 1; i < at + DIGEST_LENGTH - 1; i += 1) {
    if (BASE64[text.charCodeAt(i)] !== 1) return undefined;
  }
  if (!DIGEST_END.test(text.slice(at + DIGEST_LENGTH - 1, at + DIGEST_LENGTH + 1))) return undefined;
  cursor.at = at + DIGEST_LENGTH + 2;
  return text.slice(at + 1, at + 1 + DIGEST_LENGTH);
}

function scanUuid(cursor: Cursor): string | undefined {
  const value = scanPlain(cursor);
  return value !== undefined && UUID_FORM.test(value) ? value : undefined;
}

/** Times come in order, so that most share their second with the one before: that part is looked at once. */
function createTimeScanner(): Scan {
  let second = '';
  return (cursor) => {
    const value = scanPlain(cursor);
    if (value === undefined) return undefined;
    if (value.length === TIME_LENGTH && value.startsWith(second) && second !== '' && MICROSECONDS.test(value))
      return value;
    if (!time.safeParse(value).success) return undefined;
    second = value.slice(0, SECOND_LENGTH);
    return value;
  };
}

const DIGEST_LENGTH = 44;
const DIGEST_END = /^[AEIMQUYcgkosw048]=$/;
/** 1 for each character of the alphabet of base64. */
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9+/]/.test(String.fromCharCode(code)) ? 1 : 0));
const TIME_LENGTH = 27;
const SECOND_LENGTH = 19;
const SAFE_DIGITS = 15;
const MICROSECONDS = /\.\d{6}Z$/;
/** Printable ASCII that stands for itself: no quote and no backslash. */
const PLAIN_IDENTIFIER = /^[ !#-[\]-~]{1,256}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const NEEDS_ESCAPE = /[\\\u0000-\u001f]/;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** By kind; a kind whose table holds a schema that is not known here has none. */
const SCANNERS: ReadonlyMap<string, Scan> = new Map(
  entrySchema.options.flatMap((schema): (readonly [string, Scan])[] => {
    const kind = schema.shape.kind.value;
    const scan = objectScanner(schema, new Map([['payload', payloadScanner(kind)]]));
    return scan === undefined ? [] : [[kind, scan]];
  }),
);

/** The kinds that can be read in one pass, for the tests. */
export const SCANNED_KINDS: readonly string[] = [...SCANNERS.keys()];
