/**
 * Reads SQL text as tokens, by the lexical rules of one dialect. It never throws: what is left open at the end is
 * reported, and the tokens before it stand. Pure.
 */

import type { LexicalRules } from './dialect.js';

/** The kinds of token. Comments and white space make none. */
export type SqlTokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'variable';

/** One token. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  /** Words in upper case; quoted identifiers and strings without their quotes; everything else as written. */
  readonly text: string;
  /** First UTF-16 code unit. */
  readonly start: number;
  /** One past the last. */
  readonly end: number;
  /** Parentheses open around this token. */
  readonly depth: number;
}

/** What a text was read as. */
export interface SqlTokens {
  readonly tokens: readonly SqlToken[];
  /** False when a string, comment or quoted identifier was still open at the end. */
  readonly terminated: boolean;
}

/** Tokens read at most; the text after them counts as unread. */
export const MAX_SQL_TOKENS = 20_000;

interface Cursor {
  readonly sql: string;
  readonly rules: LexicalRules;
  readonly tokens: SqlToken[];
  at: number;
  depth: number;
  conditional: number;
  terminated: boolean;
}

const WORD = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$#@]*/uy;
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const VARIABLE = /(?:@@?|:|\$|\?)[\p{L}\p{Nd}_$.]*/uy;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const SYMBOL = /<=>|<>|!=|>=|<=|::|:=|\|\||->>|->|=>|&&/y;
const CONDITIONAL = /\/\*M?!\d*/y;
const STRING_PREFIX = /^(?:E|N|B|X|R)$/;

/** Reads `sql` by the given rules. */
export function scanSql(sql: string, rules: LexicalRules): SqlTokens {
  const cursor: Cursor = { sql, rules, tokens: [], at: 0, depth: 0, conditional: 0, terminated: true };
  while (cursor.at < sql.length) {
    if (cursor.tokens.length >= MAX_SQL_TOKENS) {
      return { tokens: cursor.tokens, terminated: false };
    }
    readNext(cursor);
  }
  return { tokens: cursor.tokens, terminated: cursor.terminated && cursor.conditional === 0 };
}

function readNext(cursor: Cursor): void {
  const { sql, at } = cursor;
  const code = sql.charCodeAt(at);
  if (isSpace(code)) {
    cursor.at++;
  } else if (isAsciiLetter(code) || code > 0x7f) {
    readWord(cursor);
  } else if (code >= 48 && code <= 57) {
    readPattern(cursor, NUMBER, 'number');
  } else if (!readComment(cursor) && !readQuoted(cursor) && !readSigil(cursor)) {
    readSymbol(cursor);
  }
}

function readWord(cursor: Cursor): void {
  const { sql, at } = cursor;
  const word = match(WORD, sql, at);
  if (word === undefined) {
    push(cursor, 'symbol', sql.charAt(at), at + 1);
    return;
  }
  const end = at + word.length;
  const upper = word.toUpperCase();
  if (sql.charAt(end) === "'" && STRING_PREFIX.test(upper)) {
    cursor.at = end;
    readDelimited(cursor, { quote: "'", kind: 'string', escapes: cursor.rules.backslashEscapes || upper === 'E' });
    return;
  }
  push(cursor, 'word', upper, end);
}

function readComment(cursor: Cursor): boolean {
  const { sql, at, rules } = cursor;
  if (sql.startsWith('--', at)) {
    const after = sql.charCodeAt(at + 2);
    if (rules.dashNeedsSpace && !(Number.isNaN(after) || after <= 0x20)) {
      return false;
    }
    skipLine(cursor);
    return true;
  }
  if (rules.hashComments && sql.charAt(at) === '#') {
    skipLine(cursor);
    return true;
  }
  if (sql.startsWith('/*', at)) {
    const opening = rules.conditionalComments ? match(CONDITIONAL, sql, at) : undefined;
    if (opening !== undefined) {
      cursor.conditional++;
      cursor.at += opening.length;
    } else {
      skipBlock(cursor);
    }
    return true;
  }
  if (cursor.conditional > 0 && sql.startsWith('*/', at)) {
    cursor.conditional--;
    cursor.at += 2;
    return true;
  }
  return false;
}

function skipLine(cursor: Cursor): void {
  const { sql, rules } = cursor;
  const newline = sql.indexOf('\n', cursor.at);
  const end = newline < 0 ? sql.length : newline;
  const carriage = sql.indexOf('\r', cursor.at);
  if (carriage >= 0 && carriage < end - 1) {
    // PostgreSQL ends a comment here. Others differ by version, so the text after it cannot be called read.
    cursor.terminated &&= rules.dollarQuotes;
    cursor.at = rules.dollarQuotes ? carriage : end;
    return;
  }
  cursor.at = end;
}

function skipBlock(cursor: Cursor): void {
  const { sql, rules } = cursor;
  let depth = 1;
  let at = cursor.at + 2;
  while (depth > 0) {
    const close = sql.indexOf('*/', at);
    if (close < 0) {
      cursor.terminated = false;
      cursor.at = sql.length;
      return;
    }
    const open = rules.nestedComments ? sql.indexOf('/*', at) : -1;
    if (open >= 0 && open < close) {
      depth++;
      at = open + 2;
    } else {
      depth--;
      at = close + 2;
    }
  }
  cursor.at = at;
}

function readQuoted(cursor: Cursor): boolean {
  const { rules } = cursor;
  switch (cursor.sql.charAt(cursor.at)) {
    case "'":
      readDelimited(cursor, { quote: "'", kind: 'string', escapes: rules.backslashEscapes });
      return true;
    case '"':
      readDelimited(cursor, {
        quote: '"',
        kind: rules.doubleQuotedStrings ? 'string' : 'quoted',
        escapes: rules.backslashEscapes,
      });
      return true;
    case '`':
      readDelimited(cursor, { quote: '`', kind: 'quoted', escapes: false });
      return true;
    case '[':
      if (!rules.brackets) {
        return false;
      }
      readDelimited(cursor, { quote: ']', kind: 'quoted', escapes: false });
      return true;
    case '$':
      return rules.dollarQuotes && readDollarQuoted(cursor);
    default:
      return false;
  }
}

function readDelimited(
  cursor: Cursor,
  how: { readonly quote: string; readonly kind: SqlTokenKind; readonly escapes: boolean },
): void {
  const { sql } = cursor;
  const start = cursor.at;
  let at = start + 1;
  let text = '';
  let from = at;
  while (at < sql.length) {
    const char = sql.charAt(at);
    if (how.escapes && char === '\\') {
      at += 2;
    } else if (char !== how.quote) {
      at++;
    } else if (sql.charAt(at + 1) === how.quote) {
      text += sql.slice(from, at + 1);
      at += 2;
      from = at;
    } else {
      push(cursor, how.kind, text + sql.slice(from, at), at + 1);
      return;
    }
  }
  cursor.terminated = false;
  push(cursor, how.kind, text + sql.slice(from), sql.length);
  cursor.at = Math.max(cursor.at, start + 1);
}

function readDollarQuoted(cursor: Cursor): boolean {
  const { sql, at } = cursor;
  const tag = match(DOLLAR_TAG, sql, at);
  if (tag === undefined) {
    return false;
  }
  const close = sql.indexOf(tag, at + tag.length);
  if (close < 0) {
    cursor.terminated = false;
    push(cursor, 'string', sql.slice(at + tag.length), sql.length);
  } else {
    push(cursor, 'string', sql.slice(at + tag.length, close), close + tag.length);
  }
  return true;
}

function readSigil(cursor: Cursor): boolean {
  const { sql, at } = cursor;
  const char = sql.charAt(at);
  if (char === '#' || char === '_') {
    return readHashName(cursor);
  }
  if (char === '.' && isDigit(sql.charCodeAt(at + 1)) && !endsName(cursor)) {
    readPattern(cursor, NUMBER, 'number');
    return true;
  }
  if (char !== '@' && char !== ':' && char !== '$' && char !== '?') {
    return false;
  }
  const name = match(VARIABLE, sql, at);
  if (name === undefined || (char === ':' && name === ':')) {
    return false;
  }
  push(cursor, 'variable', name.toLowerCase(), at + name.length);
  return true;
}

/** `#local` and `##global` tables. */
const MAX_HASHES = 2;

/** `#temporary` tables of SQL Server and names that start with an underscore. */
function readHashName(cursor: Cursor): boolean {
  const { sql, at } = cursor;
  let hashes = at;
  while (hashes < at + MAX_HASHES && sql.charAt(hashes) === '#') {
    hashes++;
  }
  const name = match(WORD, sql, hashes);
  if (name === undefined) {
    return false;
  }
  push(cursor, 'word', sql.slice(at, hashes) + name.toUpperCase(), hashes + name.length);
  return true;
}

function endsName(cursor: Cursor): boolean {
  const last = cursor.tokens.at(-1);
  return last !== undefined && last.end === cursor.at && (last.kind === 'word' || last.kind === 'quoted');
}

function readSymbol(cursor: Cursor): void {
  const { sql, at } = cursor;
  const symbol = match(SYMBOL, sql, at) ?? sql.charAt(at);
  if (symbol === ')' && cursor.depth > 0) {
    cursor.depth--;
  }
  push(cursor, 'symbol', symbol, at + symbol.length);
  if (symbol === '(') {
    cursor.depth++;
  }
  if (symbol === ';') {
    cursor.depth = 0;
  }
}

function readPattern(cursor: Cursor, pattern: RegExp, kind: SqlTokenKind): void {
  const text = match(pattern, cursor.sql, cursor.at) ?? cursor.sql.charAt(cursor.at);
  push(cursor, kind, text, cursor.at + text.length);
}

function push(cursor: Cursor, kind: SqlTokenKind, text: string, end: number): void {
  cursor.tokens.push({ kind, text, start: cursor.at, end, depth: cursor.depth });
  cursor.at = end;
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0;
}

function isAsciiLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
