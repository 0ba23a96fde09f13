/**
 * Small steps through a text, each with a bound: the name before a sign, the value after it. Pure.
 */

/** A value as it stands in a text. */
export interface ReadValue {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

/** Where a name stands. */
export interface NamePlace {
  readonly start: number;
  readonly end: number;
}

/** The longest name, and the longest value that is taken in one piece. */
export const MAX_NAME = 128;
export const MAX_VALUE = 16_384;

/** The part of a text that may be a name and ends before `end`: letters, digits, `_`, `-`, `.`, `$`. */
export function nameBefore(text: string, end: number): NamePlace {
  let start = end;
  const limit = Math.max(0, end - MAX_NAME);
  while (start > limit && isNameUnit(text.charCodeAt(start - 1))) start -= 1;
  return { start, end };
}

/** Goes back over white space of one line, and then over what closes a quoted or bracketed name. */
export function skipBack(text: string, end: number): number {
  let at = end;
  for (let n = 0; n < 8 && isBlank(text.charCodeAt(at - 1)); n += 1) at -= 1;
  for (let n = 0; n < 5 && isClosing(text.charCodeAt(at - 1)); n += 1) at -= 1;
  return at;
}

/** Goes over blanks of one line. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  for (let n = 0; n < 40 && isBlank(text.charCodeAt(at)); n += 1) at += 1;
  return at;
}

/** The value that begins at `from`, quoted or not, or as much of it as `max` allows; undefined where none does. */
export function readValue(text: string, from: number, max: number): ReadValue | undefined {
  const opening = MAY_OPEN.test(text[from] ?? '') ? readOpening(text, from) : undefined;
  if (opening !== undefined) return readQuoted(text, { ...opening, max });
  if (/[|>]/.test(text[from] ?? '')) return readBlock(text, from);
  let end = from;
  const limit = Math.min(text.length, from + max);
  while (end < limit && !endsValue(text.charCodeAt(end))) end += 1;
  return end === from ? undefined : { start: from, end: endOfValue(text, { start: from, end }), isQuoted: false };
}

/** A quotation mark, or what may stand before one. */
const MAY_OPEN = /["'`\\bBrRuUfF@$]/;

interface Opening {
  /** The quotation mark with the backslashes before it, once or three times. */
  readonly mark: string;
  readonly start: number;
}

function readOpening(text: string, from: number): Opening | undefined {
  const head = /^(?:[bBrRuUfF@$]{0,2})((\\{0,7}["'`])(?:\2\2)?)/.exec(text.slice(from, from + 24));
  if (head === null) return undefined;
  const [whole, mark = '"', single = '"'] = head;
  // Two marks are an empty text, and three begin one that goes over lines.
  return { mark: mark.length > single.length ? mark : single, start: from + whole.length };
}

function readQuoted(text: string, { mark, start, max }: Opening & { readonly max: number }): ReadValue | undefined {
  const spansLines = mark.length >= 3 || mark === '`';
  const limit = Math.min(text.length, start + max);
  let end = start;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (text.startsWith(mark, end)) break;
    if (!spansLines && (code === 10 || code === 13)) break;
    end += code === BACKSLASH && !mark.startsWith('\\') ? 2 : 1;
  }
  end = Math.min(end, text.length);
  // A mark that nothing closes, before a sign that goes on with code, closed something itself: `input("Password: ")`.
  const isOpen = !text.startsWith(mark, end) && end < start + max;
  if (isOpen && /[)\];,}\s+]/.test(text[start] ?? '')) return undefined;
  return { start, end, isQuoted: true };
}

/** A block of YAML: `|` or `>` and then lines that stand further in. */
function readBlock(text: string, from: number): ReadValue | undefined {
  const head = /^[|>][+-]?\d?[ \t]{0,8}\r?\n([ \t]{1,64})/.exec(text.slice(from, from + 96));
  if (head === null) return undefined;
  const [whole, indent = ' '] = head;
  const start = from + whole.length;
  let end = start;
  for (let line = 0; line < 128; line += 1) {
    const newline = text.indexOf('\n', end);
    end = newline < 0 ? text.length : newline;
    if (newline < 0 || end - start > MAX_VALUE || !text.startsWith(indent, end + 1)) break;
    end += 1;
  }
  return { start, end, isQuoted: true };
}

/**
 * Brackets and commas end a value in code; where a line from its beginning is one assignment and nothing else, they are part
 * of it. What could be another command is never swallowed.
 */
function endOfValue(text: string, value: { readonly start: number; readonly end: number }): number {
  const rest = /^[^\s"'`;&|$\\]{1,256}(?=\r?\n|$)/.exec(text.slice(value.start, value.start + 260))?.[0] ?? '';
  if (rest.length <= value.end - value.start) return value.end;
  const head = text.slice(Math.max(0, value.start - MAX_NAME), value.start);
  return /(?:^|\n)(?:export )?[A-Za-z_][\w.-]{0,100}=$/.test(head) ? value.start + rest.length : value.end;
}

const BACKSLASH = 92;
const VALUE_ENDS: ReadonlySet<number> = new Set([...' \t\r\n\v\f"\'`&;|<>(){}[],\\'].map((sign) => sign.charCodeAt(0)));

function endsValue(code: number): boolean {
  return VALUE_ENDS.has(code);
}

function isNameUnit(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 36
  );
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Quotation marks, a closing bracket, a backslash, `?` and `!`. */
function isClosing(code: number): boolean {
  return code === 34 || code === 39 || code === 96 || code === 93 || code === BACKSLASH || code === 63 || code === 33;
}
