/**
 * Reads a program in Python by its tokens: names are followed through imports, aliases, `getattr` and subscripts, and constant strings
 * through what they are put together from. No grammar, so nothing is ever proven safe. Pure.
 */

import { UNKNOWN } from '../filesystem/index.js';
import type { CallMeaning } from './javascript-calls.js';
import { METHODS, POWERFUL_MODULES, pythonMeaning } from './python-calls.js';
import { collectNames } from './python-names.js';
import { type PythonToken, pythonTokens } from './python-tokens.js';
import { evaluate, type PythonCall, type PythonValue } from './python-values.js';
import { type CodeReading, CodeReport, shellWord, UNREAD } from './reading.js';

/** Reads a program; one whose strings or brackets are not closed is not `ok`. */
export function readPython(code: string): CodeReading {
  const tokens = pythonTokens(code);
  if (tokens === undefined) return UNREAD;
  const report = new CodeReport();
  const names = collectNames(tokens);
  const visited = new Set<number>();
  const onCall = (call: PythonCall) => judgeCall(call, report);
  const onName = (path: string, span: Span) => judgeName(path, span, report);
  for (const [at, token] of tokens.entries()) {
    const isBeginning = token.kind === 'name' || token.kind === 'text' || token.text === '(' || token.text === '[';
    if (isBeginning && !visited.has(at) && tokens[at - 1]?.text !== '.')
      evaluate(at, { tokens, names, onCall, onName, visited });
  }
  for (const { module, start, end } of names.imported) {
    if (/^(?:ctypes|cffi|pickle|marshal|dill)$/.test(module)) continue;
    if (POWERFUL_MODULES.has(module) && names.wildcards.has(module)) reportUnknown({ start, end }, report);
  }
  return report.reading(true, bareText(code, tokens));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function judgeCall(call: PythonCall, report: CodeReport): void {
  const { path, start, end } = call;
  const special = SPECIAL.get(path);
  if (special !== undefined) {
    special(call, report);
    return;
  }
  if (path.endsWith('.?') && POWERFUL_MODULES.has(path.slice(0, -2))) {
    reportUnknown({ start, end }, report);
    return;
  }
  const meaning = pythonMeaning(path) ?? METHODS.get(path.slice(path.lastIndexOf('.') + 1));
  if (meaning !== undefined) report.add(...foundOf(meaning, call));
}

type Judge = (call: PythonCall, report: CodeReport) => void;

/** Functions that are judged by what they are given. */
const SPECIAL: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ...['open', 'io.open', 'codecs.open'].map((name) => [name, judgeOpen] as const),
  ['yaml.load', judgeYaml],
  ['__import__', judgeImport],
  ['importlib.import_module', judgeImport],
  ['getattr', judgeAttribute],
]);

function judgeOpen({ values, named, start, end }: PythonCall, report: CodeReport): void {
  const given = named.get('mode') ?? values[1];
  const mode = given === undefined ? 'r' : (textOf(given) ?? 'w');
  report.add('paths', { start, end, access: /[wax+]/.test(mode) ? 'write' : 'read', path: textOf(values[0]) });
}

function judgeYaml({ values, named, start, end }: PythonCall, report: CodeReport): void {
  const loader = named.get('Loader') ?? values[1];
  if (loader?.kind === 'name' && /(?:C?SafeLoader|C?BaseLoader)$/.test(loader.path)) return;
  const text = 'Decodes data in a way that can run code.';
  report.add('findings', { id: 'deserialise', level: 'destructive', text, effects: ['exec'], start, end });
}

function judgeImport({ values, start, end }: PythonCall, report: CodeReport): void {
  if (textOf(values[0]) === undefined) reportModule({ start, end }, report);
}

function judgeAttribute({ values, start, end }: PythonCall, report: CodeReport): void {
  const [owner, name] = values;
  if (owner?.kind === 'name' && POWERFUL_MODULES.has(owner.path) && textOf(name) === undefined) {
    reportUnknown({ start, end }, report);
  }
}

type Found = Parameters<CodeReport['add']>;

function foundOf(meaning: CallMeaning, call: PythonCall): Found {
  const { start, end, values, path, named } = call;
  switch (meaning.kind) {
    case 'command': {
      const isLine = meaning.form === 'line' || values[0]?.kind === 'text';
      const words = isLine ? textOf(values[0]) : wordsOf(values[0]);
      const spread = /^os\.(?:exec|spawn|posix_spawn)/.test(path) ? spawnWords(path, values) : undefined;
      return ['commands', { start, end, text: spread ?? words ?? UNKNOWN }];
    }
    case 'code':
      return ['texts', { start, end, text: textOf(values[0]) }];
    case 'path': {
      const target = meaning.at < 0 ? call.base : textOf(values[meaning.at]);
      return ['paths', { start, end, access: meaning.access, path: target }];
    }
    case 'request': {
      const method = /\.(get|post|put|patch|delete|head)$/.exec(path)?.[1];
      const isFirstMethod = /\.request$|\.stream$/.test(path) && values.length > 1;
      const url = textOf(named.get('url') ?? (isFirstMethod ? values[1] : values[0]));
      return ['requests', { start, end, url, method: method ?? (isFirstMethod ? textOf(values[0]) : undefined) }];
    }
    case 'finding':
      return ['findings', { ...meaning.finding, start, end }];
    default:
      return meaning satisfies never;
  }
}

/** `os.execvp('rm', ['rm', '-rf', x])` and `os.spawnlp(mode, 'rm', 'rm', '-rf', x)`. */
function spawnWords(path: string, values: readonly PythonValue[]): string | undefined {
  const given = path.startsWith('os.spawn') ? values.slice(1) : values;
  const list = given.find((value) => value.kind === 'list');
  const program = textOf(given[0]) ?? UNKNOWN;
  const rest = list?.kind === 'list' ? list.items : given.slice(1);
  return [program, ...rest.slice(1).map((value) => shellWord(textOf(value) ?? UNKNOWN))].join(' ');
}

function wordsOf(value: PythonValue | undefined): string | undefined {
  if (value?.kind !== 'list') return undefined;
  return value.items.map((item) => shellWord(textOf(item) ?? UNKNOWN)).join(' ');
}

function textOf(value: PythonValue | undefined): string | undefined {
  return value?.kind === 'text' ? value.text : undefined;
}

/** The environment, and the ways around a sandbox, wherever they are named. */
function judgeName(path: string, { start, end }: Span, report: CodeReport): void {
  if (/^os\.(?:environb?|getenvb?)(?:\.|$)/.test(path) && !PLAIN_VARIABLE.test(path)) {
    const text = 'Reads the environment, where secrets stand.';
    report.add('findings', { id: 'environment', level: 'moderate', text, effects: ['secrets.read'], start, end });
  }
  const meaning = /\.__\w+__/.test(path) || /^ctypes\b/.test(path) ? pythonMeaning(path) : undefined;
  if (meaning?.kind === 'finding') report.add('findings', { ...meaning.finding, start, end });
}

const PLAIN_VARIABLE = /^os\.environ\.(?:HOME|PATH|PWD|USER|LANG|TERM|SHELL|TZ|CI)$/;

function reportUnknown({ start, end }: Span, report: CodeReport): void {
  const text = 'Calls a function of the system by a name that is not known before it runs.';
  report.add('findings', { id: 'internals', level: 'destructive', text, effects: ['exec'], start, end });
}

function reportModule({ start, end }: Span, report: CodeReport): void {
  const text = 'Loads a module whose name is not known before it runs.';
  report.add('findings', { id: 'unknown-module', level: 'moderate', text, effects: ['exec'], start, end });
}

/** Only names and signs are left, at their positions. */
function bareText(code: string, tokens: readonly PythonToken[]): string {
  let text = '';
  for (const token of tokens) {
    if (token.kind === 'text') continue;
    text += ' '.repeat(Math.max(0, token.start - text.length)) + code.slice(token.start, token.end);
  }
  return text;
}
