/**
 * Splits a program in Python into tokens (The Python Language Reference, "Lexical analysis"). Pure.
 */

import { UNKNOWN } from '../filesystem/index.js';

/** A token. */
export interface PythonToken {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'line';
  /** As written; of a string its value, in which the parts of an f-string that are worked out are `UNKNOWN`. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Of a bracket that opens: the position, among the tokens, of the one that closes it. */
  closing?: number;
}

/** The tokens, comments left out; undefined where a string is not ended or brackets do not fit. */
export function pythonTokens(code: string): readonly PythonToken[] | undefined {
  const tokens: PythonToken[] = [];
  const open: PythonToken[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(code); match !== null; match = TOKEN.exec(code)) {
    const [whole] = match;
    const start = match.index;
    const end = start + whole.length;
    const kind = kindOf(whole, match[1] !== undefined);
    if (kind === 'gap') continue;
    if (kind === 'broken') return undefined;
    if (kind === 'line' && open.length > 0) continue;
    const token: PythonToken = { kind, text: kind === 'text' ? stringValue(whole) : whole, start, end };
    if (kind === 'sign' && !fits(token, open, tokens.length)) return undefined;
    tokens.push(token);
    if (tokens.length > MAX_TOKENS) return undefined;
  }
  return open.length === 0 ? tokens : undefined;
}

/** More are not looked at: the program counts as unread. */
const MAX_TOKENS = 40_000;

const TOKEN =
  /(?:[rbuftRBUFT]{0,2})("""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|#[^\n]*|\\\r?\n|[^\S\n]+|\n|[\p{L}_][\p{L}\p{N}\p{M}_]*|(?:0[xXoObB][\da-fA-F_]+|[\d_]*\.?[\d_]+(?:[eE][+-]?\d+)?[jJ]?)|\*\*|\/\/|->|:=|[<>=!]=|[\s\S]/gu;

const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function kindOf(text: string, isText: boolean): PythonToken['kind'] | 'gap' | 'broken' {
  if (isText) return 'text';
  if (text === '\n' || text === ';') return 'line';
  if (/^(?:#|\\\r?\n|\s)/.test(text)) return 'gap';
  if (text === '"' || text === "'") return 'broken';
  if (/^[\p{L}_]/u.test(text)) return 'name';
  return /^[\d.]*\d/.test(text) ? 'number' : 'sign';
}

function fits(token: PythonToken, open: PythonToken[], at: number): boolean {
  if (/^[([{]$/.test(token.text)) open.push(token);
  const opening = CLOSING[token.text];
  if (opening === undefined) return true;
  const before = open.pop();
  if (before === undefined) return false;
  before.closing = at;
  return before.text === opening;
}

/** The value of a string as written. */
function stringValue(written: string): string {
  const prefix = /^[a-z]{0,2}/i.exec(written)?.[0].toLowerCase() ?? '';
  const quoted = written.slice(prefix.length);
  const marks = quoted.startsWith('"""') || quoted.startsWith("'''") ? 3 : 1;
  const inside = quoted.slice(marks, -marks);
  const text = prefix.includes('r') ? inside : unescaped(inside);
  return /[ft]/.test(prefix) ? text.replace(/\{\{|\}\}|\{[^{}]*\}/g, braces) : text;
}

function braces(part: string): string {
  return part === '{{' ? '{' : part === '}}' ? '}' : UNKNOWN;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '',
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([0-7]{1,3})|\r?\n|(.))/gi,
    (_whole, two?: string, four?: string, eight?: string, octal?: string, letter?: string) => {
      const hex = two ?? four ?? eight;
      if (hex !== undefined) return character(Number.parseInt(hex, 16));
      if (octal !== undefined) return character(Number.parseInt(octal, 8));
      return letter === undefined ? '' : (ESCAPES[letter] ?? letter);
    },
  );
}

function character(code: number): string {
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : UNKNOWN;
}
