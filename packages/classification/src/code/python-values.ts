/**
 * What an expression of Python comes to, as far as it stands in the text: the full name of something, a constant string, a list. A small
 * evaluator over tokens: names with dots, calls, subscripts, additions. Pure.
 */

import { UNKNOWN } from '../filesystem/index.js';
import type { PythonNames } from './python-names.js';
import type { PythonToken } from './python-tokens.js';

/** A value that is known. */
export type PythonValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly path: string; readonly base?: string }
  | { readonly kind: 'list'; readonly items: readonly (PythonValue | undefined)[] };

/** A call of something whose name is known. */
export interface PythonCall {
  readonly path: string;
  /** The path that the object was made of, as in `Path('x').unlink()`. */
  readonly base: string | undefined;
  readonly values: readonly PythonValue[];
  readonly named: ReadonlyMap<string, PythonValue>;
  readonly start: number;
  readonly end: number;
}

/** What is evaluated, and who wants to know of calls and names. */
export interface Evaluation {
  readonly tokens: readonly PythonToken[];
  readonly names: PythonNames;
  readonly onCall?: (call: PythonCall) => void;
  readonly onName?: (path: string, span: { readonly start: number; readonly end: number }) => void;
  readonly depth?: number;
  /** Positions that were evaluated. */
  readonly visited?: Set<number>;
}

/** A value, and the position after it. */
interface Evaluated {
  readonly value: PythonValue | undefined;
  readonly next: number;
}

/** The value of the expression that begins at a position. */
export function evaluate(from: number, given: Evaluation): Evaluated {
  const depth = (given.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) return { value: undefined, next: from + 1 };
  const inner = { ...given, depth };
  let { value, next } = primary(from, inner);
  for (let sign = given.tokens[next]?.text; sign === '+' || sign === '%'; sign = given.tokens[next]?.text) {
    const right = primary(next + 1, inner);
    value = sign === '+' ? added(value, right.value) : formatted(value);
    if (right.next <= next) break;
    next = right.next;
  }
  return { value, next };
}

const MAX_DEPTH = 24;
const MAX_TEXT = 20_000;
/** Values of one list or call that are looked at. */
const MAX_ITEMS = 64;

function added(left: PythonValue | undefined, right: PythonValue | undefined): PythonValue | undefined {
  if (left?.kind === 'list' && right?.kind === 'list')
    return { kind: 'list', items: [...left.items, ...right.items].slice(0, MAX_ITEMS) };
  const first = left?.kind === 'text' ? left.text : undefined;
  const second = right?.kind === 'text' ? right.text : undefined;
  if (first === undefined && second === undefined) return undefined;
  return { kind: 'text', text: `${first ?? UNKNOWN}${second ?? UNKNOWN}`.slice(0, MAX_TEXT) };
}

/** `'rm -rf %s' % x` */
function formatted(value: PythonValue | undefined): PythonValue | undefined {
  return value?.kind === 'text' ? { kind: 'text', text: value.text.replace(/%[-\d.]*[sdrxf]/g, UNKNOWN) } : undefined;
}

function primary(from: number, given: Evaluation): Evaluated {
  const { tokens, names } = given;
  const token = tokens[from];
  if (token === undefined) return { value: undefined, next: from + 1 };
  given.visited?.add(from);
  if (token.text === 'await' || token.text === 'not') return primary(from + 1, given);
  if (token.kind === 'text') return trailers(texts(from, tokens), { ...given, from });
  if (token.kind === 'number') return { value: { kind: 'text', text: token.text }, next: from + 1 };
  if (token.kind === 'name') {
    const value = names.values.get(token.text) ?? { kind: 'name' as const, path: token.text };
    return trailers({ value, next: from + 1 }, { ...given, from });
  }
  if (token.text === '[' || token.text === '(') {
    const { items, next } = list(from + 1, given);
    const isGroup = token.text === '(' && items.length === 1;
    return trailers({ value: isGroup ? items[0] : { kind: 'list', items }, next }, { ...given, from });
  }
  return { value: undefined, next: from + 1 };
}

/** Strings that stand side by side are one. */
function texts(from: number, tokens: readonly PythonToken[]): Evaluated {
  let text = '';
  let next = from;
  for (let token = tokens[next]; token?.kind === 'text'; token = tokens[next]) {
    text += token.text;
    next += 1;
  }
  return { value: { kind: 'text', text: text.slice(0, MAX_TEXT) }, next };
}

/** What follows a value: members, calls, subscripts. */
function trailers(first: Evaluated, given: Evaluation & { readonly from: number }): Evaluated {
  const { tokens } = given;
  const start = tokens[given.from]?.start ?? 0;
  let { value, next } = first;
  for (let steps = 0; steps < MAX_ITEMS; steps += 1) {
    const sign = tokens[next];
    if (sign?.text === '.' && tokens[next + 1]?.kind === 'name') {
      value = memberOf(value, tokens[next + 1]?.text ?? '');
      next += 2;
    } else if (sign?.text === '(') {
      const call = callAt(next, given);
      const end = tokens[call.next - 1]?.end ?? sign.end;
      value = called(value, { ...call, start, end }, given);
      next = call.next;
    } else if (sign?.text === '[') {
      const { items, next: after } = list(next + 1, given);
      value = subscript(value, items[0]);
      next = after;
    } else break;
    if (value?.kind === 'name') given.onName?.(value.path, { start, end: tokens[next - 1]?.end ?? start });
  }
  if (value?.kind === 'name') given.onName?.(value.path, { start, end: tokens[next - 1]?.end ?? start });
  return { value, next };
}

function memberOf(value: PythonValue | undefined, name: string): PythonValue {
  if (value?.kind === 'name') return { ...value, path: plainPath(`${value.path}.${name}`) };
  if (value?.kind === 'text') return { kind: 'name', path: `str.${name}`, base: value.text };
  return { kind: 'name', path: `.${name}` };
}

/** `os.__dict__['system']`, `sys.modules['os']`, `globals()['eval']`: by its name. */
function subscript(value: PythonValue | undefined, index: PythonValue | undefined): PythonValue | undefined {
  if (value?.kind === 'list') return undefined;
  if (value?.kind !== 'name') return undefined;
  const name = index?.kind === 'text' && !index.text.includes(UNKNOWN) ? index.text : '?';
  if (value.path === 'sys.modules') return { kind: 'name', path: name };
  if (/^(?:globals|locals|vars)\(\)$/.test(value.path)) return { kind: 'name', path: name };
  return { ...value, path: plainPath(`${value.path.replace(/\.__dict__$/, '')}.${name}`) };
}

function plainPath(path: string): string {
  return path.replace(/^(?:builtins|__builtins__|__builtin__)\.(?=\w)/, '').replace(/^(?:posix|nt)\./, 'os.');
}

interface CallParts {
  readonly values: readonly PythonValue[];
  readonly named: ReadonlyMap<string, PythonValue>;
  readonly next: number;
}

function callAt(from: number, given: Evaluation): CallParts {
  const { tokens } = given;
  const values: PythonValue[] = [];
  const named = new Map<string, PythonValue>();
  let at = from + 1;
  for (let items = 0; tokens[at] !== undefined && tokens[at]?.text !== ')' && items < MAX_ITEMS; items += 1) {
    const name = tokens[at]?.kind === 'name' && tokens[at + 1]?.text === '=' ? tokens[at]?.text : undefined;
    const { value } = evaluate(name === undefined ? at : at + 2, given);
    if (name === undefined) values.push(value ?? { kind: 'list', items: [] });
    else if (value !== undefined) named.set(name, value);
    at = afterItem(at, tokens);
    if (tokens[at]?.text === ',') at += 1;
  }
  return { values, named, next: afterBracket(from, tokens) };
}

function list(
  from: number,
  given: Evaluation,
): { readonly items: readonly (PythonValue | undefined)[]; readonly next: number } {
  const { tokens } = given;
  const items: (PythonValue | undefined)[] = [];
  let at = from;
  while (tokens[at] !== undefined && !/^[)\]]$/.test(tokens[at]?.text ?? '') && items.length < MAX_ITEMS) {
    items.push(evaluate(at, given).value);
    at = afterItem(at, tokens);
    if (tokens[at]?.text === ',') at += 1;
  }
  return { items, next: afterBracket(from - 1, tokens) };
}

/** The position of the comma or bracket that ends an item. */
function afterItem(from: number, tokens: readonly PythonToken[]): number {
  for (let at = from; at < tokens.length; at = afterBracket(at, tokens)) {
    const token = tokens[at];
    if (token?.kind === 'sign' && /^[,)\]}]$/.test(token.text)) return at;
  }
  return tokens.length;
}

/** The position behind what a bracket holds, or behind any other token. */
function afterBracket(at: number, tokens: readonly PythonToken[]): number {
  return (tokens[at]?.closing ?? at) + 1;
}

/** What a call comes to; whoever asked is told of it. */
function called(
  callee: PythonValue | undefined,
  call: CallParts & { readonly start: number; readonly end: number },
  { onCall }: Evaluation,
): PythonValue | undefined {
  if (callee?.kind !== 'name') return undefined;
  const { path, base } = callee;
  const { values, named, start, end } = call;
  onCall?.({ path, base, values, named, start, end });
  const answer = ANSWERS.find(([pattern]) => pattern.test(path))?.[1];
  if (answer !== undefined)
    return answer({ values, base, text: values[0]?.kind === 'text' ? values[0].text : undefined });
  return { kind: 'name', path: `${path}()`, ...(base !== undefined && { base }) };
}

interface Given {
  readonly values: readonly PythonValue[];
  /** The string whose method is called, or the path that an object was made of. */
  readonly base: string | undefined;
  /** The first argument, where it is a string. */
  readonly text: string | undefined;
}

/** What functions answer of which the answer can be said. */
const ANSWERS: readonly (readonly [RegExp, (given: Given) => PythonValue | undefined])[] = [
  [/^(?:__import__|importlib\.import_module)$/, ({ text }) => ({ kind: 'name', path: text ?? '?' })],
  [/^getattr$/, ({ values }) => (values[0]?.kind === 'name' ? subscript(values[0], values[1]) : undefined)],
  [/^vars$/, ({ values }) => values[0] ?? { kind: 'name', path: 'vars()' }],
  [/^globals$/, () => ({ kind: 'name', path: 'globals()' })],
  [/^locals$/, () => ({ kind: 'name', path: 'locals()' })],
  [/^str\.join$/, ({ values, base }) => joinedList(values[0], base ?? '')],
  [/^str\.format$/, ({ base }) => textValue(base?.replace(/\{[^{}]*\}/g, UNKNOWN))],
  [/^str\.(?:strip|encode|decode|lower)$/, ({ base }) => textValue(base)],
  [/^str\.split$/, ({ base, text }) => (base === undefined ? undefined : splitText(base, text))],
  [/^shlex\.split$/, ({ text }) => (text === undefined ? undefined : splitText(text, undefined))],
  [/^base64\.(?:urlsafe_)?b64decode$/, ({ text }) => decoded(text, 'base64')],
  [/^(?:bytes|bytearray)\.fromhex$|^binascii\.unhexlify$/, ({ text }) => decoded(text, 'hex')],
  [/^chr$/, ({ text }) => characterOf(Number(text))],
  [/^os\.path\.join$/, ({ values }) => joinedPath(values)],
  [/^os\.path\.(?:expanduser|abspath|realpath|expandvars)$/, ({ values }) => values[0]],
  [
    /(?:^|\.)(?:Path|PurePath|PosixPath)$/,
    ({ text }) => ({ kind: 'name', path: 'pathlib.Path()', ...(text !== undefined && { base: text }) }),
  ],
];

function textValue(text: string | undefined): PythonValue | undefined {
  return text === undefined ? undefined : { kind: 'text', text };
}

function joinedList(list: PythonValue | undefined, by: string): PythonValue | undefined {
  if (list?.kind !== 'list') return undefined;
  return { kind: 'text', text: list.items.map((item) => (item?.kind === 'text' ? item.text : UNKNOWN)).join(by) };
}

function splitText(text: string, by: string | undefined): PythonValue {
  const parts = by === undefined ? text.trim().split(/\s+/) : text.split(by);
  return { kind: 'list', items: parts.slice(0, MAX_ITEMS).map((part) => ({ kind: 'text', text: part })) };
}

function decoded(text: string | undefined, encoding: 'base64' | 'hex'): PythonValue | undefined {
  return text === undefined || text.includes(UNKNOWN)
    ? undefined
    : { kind: 'text', text: Buffer.from(text, encoding).toString('utf8') };
}

function characterOf(code: number): PythonValue | undefined {
  return code > 0 && code <= 0x10_ff_ff ? { kind: 'text', text: String.fromCodePoint(code) } : undefined;
}

function joinedPath(values: readonly PythonValue[]): PythonValue {
  return {
    kind: 'text',
    text: values
      .map((value) => (value.kind === 'text' ? value.text : UNKNOWN))
      .join('/')
      .replace(/\/{2,}/g, '/'),
  };
}
