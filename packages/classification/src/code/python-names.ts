/**
 * What the names of a program in Python stand for: imports, and what was given to them. Over the whole program, so that the order does not
 * matter: an over-count on purpose. Pure.
 */

import type { PythonToken } from './python-tokens.js';
import { evaluate, type PythonValue } from './python-values.js';

/** An import. */
interface Imported {
  readonly module: string;
  readonly start: number;
  readonly end: number;
}

/** Names, and what they stand for. */
export interface PythonNames {
  readonly values: ReadonlyMap<string, PythonValue>;
  readonly imported: readonly Imported[];
  /** Modules of which everything was imported. */
  readonly wildcards: ReadonlySet<string>;
}

/** Reads the imports and assignments of a program. */
export function collectNames(tokens: readonly PythonToken[]): PythonNames {
  const values = new Map<string, PythonValue>();
  const imported: Imported[] = [];
  const wildcards = new Set<string>();
  for (let at = 0; at < tokens.length; at += 1) {
    const text = tokens[at]?.text;
    if (text === 'import' && isStatement(tokens, at)) readImport(tokens, at + 1, { values, imported });
    if (text === 'from' && isStatement(tokens, at)) readFrom(tokens, at + 1, { values, imported, wildcards });
  }
  // Twice, so that an alias of an alias is known.
  for (let round = 0; round < 2; round += 1) readAssignments(tokens, { values, imported, wildcards });
  return { values, imported, wildcards };
}

interface Collecting {
  readonly values: Map<string, PythonValue>;
  readonly imported: Imported[];
}

function isStatement(tokens: readonly PythonToken[], at: number): boolean {
  const before = tokens[at - 1];
  return before === undefined || before.kind === 'line' || before.text === ':';
}

/** `a.b as c, d` */
function readImport(tokens: readonly PythonToken[], from: number, { values, imported }: Collecting): void {
  let at = from;
  for (;;) {
    const { path, next } = dottedName(tokens, at);
    const first = tokens[at];
    if (path === '' || first === undefined) return;
    imported.push({ module: path, start: first.start, end: tokens[next - 1]?.end ?? first.end });
    const alias = tokens[next]?.text === 'as' ? tokens[next + 1]?.text : undefined;
    if (alias !== undefined) values.set(alias, { kind: 'name', path });
    else if (!values.has(first.text)) values.set(first.text, { kind: 'name', path: first.text });
    const after = alias === undefined ? next : next + 2;
    if (tokens[after]?.text !== ',') return;
    at = after + 1;
  }
}

/** `a.b import c as d, e`, in brackets or not. */
function readFrom(
  tokens: readonly PythonToken[],
  from: number,
  { values, imported, wildcards }: Collecting & { readonly wildcards: Set<string> },
): void {
  const { path, next } = dottedName(tokens, from);
  const first = tokens[from];
  if (path === '' || first === undefined || tokens[next]?.text !== 'import') return;
  imported.push({ module: path, start: first.start, end: tokens[next]?.end ?? first.end });
  let at = next + 1;
  if (tokens[at]?.text === '(') at += 1;
  if (tokens[at]?.text === '*') wildcards.add(path);
  while (tokens[at]?.kind === 'name') {
    const name = tokens[at]?.text ?? '';
    const isAliased = tokens[at + 1]?.text === 'as';
    const local = isAliased ? (tokens[at + 2]?.text ?? name) : name;
    values.set(local, { kind: 'name', path: `${path}.${name}` });
    at += isAliased ? 3 : 1;
    if (tokens[at]?.text !== ',') return;
    at += 1;
  }
}

function dottedName(tokens: readonly PythonToken[], from: number): { readonly path: string; readonly next: number } {
  const parts: string[] = [];
  let at = from;
  while (tokens[at]?.kind === 'name') {
    parts.push(tokens[at]?.text ?? '');
    at += 1;
    if (tokens[at]?.text !== '.') break;
    at += 1;
  }
  return { path: parts.join('.'), next: at };
}

/** `name = value`, and `name: type = value`; what is not known is forgotten only where nothing else was given. */
function readAssignments(
  tokens: readonly PythonToken[],
  names: PythonNames & { readonly values: Map<string, PythonValue> },
): void {
  for (const [at, token] of tokens.entries()) {
    const isAssigned = token.kind === 'name' && (tokens[at + 1]?.text === '=' || tokens[at + 1]?.text === ':=');
    const before = tokens[at - 1];
    const isOwn = before === undefined || before.kind === 'line' || /^(?:[:(=]|with|as)$/.test(before.text);
    if (!isAssigned || !isOwn) continue;
    const { value } = evaluate(at + 2, { tokens, names });
    if (value !== undefined && !(value.kind === 'name' && value.path === token.text))
      names.values.set(token.text, value);
  }
}
