/**
 * Statements and commands that a program carries in its words, where its table says so. Pure but for the report.
 */

import { innerWords } from '../command-lines.js';
import type { CompiledSpec } from '../compile-spec.js';
import { runCode } from '../run-shell.js';
import { type Argument, type Call, forkWalk } from '../walk.js';
import { runInside } from './containers.js';
import { judgeStatement } from './databases.js';

/** Judges the values of flags that are statements or code, and the command after words such as `run`. */
export function judgeCarried(call: Call, spec: CompiledSpec): void {
  for (const [index, word] of call.words.entries()) {
    const statement = flagValueOf(word, call.words[index + 1], spec.sql);
    if (statement !== undefined) judgeStatement(statement, call);
    const code = flagValueOf(word, call.words[index + 1], spec.code);
    if (code !== undefined) for (const text of listed(code.text)) runCode({ ...code, text }, [], elsewhere(call));
  }
  const inner = innerWords(call, spec.inner, spec.values);
  const first = inner[0];
  if (first === undefined) return;
  if (inner.length === 1 && /\s/.test(first.text)) runCode(first, [], elsewhere(call));
  else runInside(inner, call);
}

/** `commands=rm x`, `commands=["rm x","ls"]` and `{"commands":["rm x"]}` of AWS: the commands, or the text as it is. */
function listed(given: string): readonly string[] {
  const text = given.replace(/^commands?=/, '');
  if (!/^\s*[[{]/.test(text)) return [text];
  const strings = [...text.matchAll(/"((?:[^"\\]|\\.){1,4000})"/g)].slice(0, MAX_LISTED);
  return strings.length === 0 ? [text] : strings.map((match) => (match[1] ?? '').replace(/\\(["\\])/g, '$1'));
}

const MAX_LISTED = 20;

function elsewhere(call: Call): Call {
  return { ...call, walk: forkWalk(call.walk, { depth: call.walk.depth + 1, cwd: null }) };
}

function flagValueOf(word: Argument, next: Argument | undefined, flags: ReadonlySet<string>): Argument | undefined {
  if (flags.size === 0) return undefined;
  if (flags.has(word.text)) return next;
  const equals = word.text.indexOf('=');
  if (equals < 0 || !flags.has(word.text.slice(0, equals))) return undefined;
  return { ...word, text: word.text.slice(equals + 1) };
}
