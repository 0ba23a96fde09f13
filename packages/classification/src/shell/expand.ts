/**
 * Expands words as bash would, as far as the line itself says: variables set on it, braces, `${IFS}`, and the output of
 * substitutions that only print what is known. What isn't known stays marked as unknown.
 */

import { UNKNOWN } from '../filesystem/index.js';
import { expandBraces } from './braces.js';
import type { ShellPart, ShellScript, ShellWord, Span } from './shell-ast.js';
import { type Argument, forkWalk, makeArgument, NO_FLOW, type ShellValue, SOME_FLOW, type Walk } from './walk.js';

/** Expands words into the fields that a program is given. */
export function expandWords(words: readonly ShellWord[], walk: Walk): Argument[] {
  const expanded: Argument[] = [];
  for (const word of words) {
    const plain = plainText(word);
    const at = walk.fixed ?? word;
    if (plain !== undefined) expanded.push(makeArgument(plain, at));
    else if (isAllElements(word, walk)) expanded.push(...elementsOf(word, walk, at));
    else if (isAllArguments(word)) expanded.push(...(walk.positional ?? [makeArgument(UNKNOWN, at, { opaque: true })]));
    else for (const field of expandFields(word, walk)) expanded.push(makeArgument(field.text, at, field));
  }
  return expanded;
}

/** Expands a word to one value, as in an assignment or a here-document: no splitting, no patterns. */
export function expandValue(word: ShellWord, walk: Walk): ShellValue {
  const plain = plainText(word);
  if (plain !== undefined) return { text: plain, glob: false, opaque: false };
  let joined: ShellValue = { text: '', glob: false, opaque: false };
  for (const part of word.parts) joined = joinValues(joined, partValue(part, walk, word));
  return joined;
}

/** Runs the scripts inside a word for what they do, whatever the word comes to. */
export function visitWord(word: ShellWord, walk: Walk): ShellValue {
  return expandValue(word, walk);
}

/** The word's text when there is nothing to expand in it. */
function plainText(word: ShellWord): string | undefined {
  const first = word.parts[0];
  if (word.parts.length !== 1 || first?.kind !== 'text') return undefined;
  return first.text;
}

function isAllArguments(word: ShellWord): boolean {
  const first = word.parts[0];
  return word.parts.length === 1 && first?.kind === 'variable' && (first.name === '@' || first.name === '*');
}

/** `"${name[@]}"` of an array whose elements are known. */
function isAllElements(word: ShellWord, walk: Walk): boolean {
  const first = word.parts[0];
  if (word.parts.length !== 1 || first?.kind !== 'variable' || (first.index !== '@' && first.index !== '*'))
    return false;
  return walk.variables.get(first.name)?.elements !== undefined;
}

function elementsOf(word: ShellWord, walk: Walk, at: Span): readonly Argument[] {
  const first = word.parts[0];
  const value = first?.kind === 'variable' ? walk.variables.get(first.name) : undefined;
  return (value?.elements ?? []).map((text) => makeArgument(text, at, { opaque: value?.opaque ?? true }));
}

/** One field under construction; `isOpen` says that it exists even when its text is empty. */
interface Field extends ShellValue {
  readonly isOpen: boolean;
}

const MAX_FIELDS = 64;
/** So many fields out of a brace are worth one step. */
const FIELDS_A_STEP = 4;
/** Brace expansions that one word may hold. */
const MAX_BRACES = 8;
/** A longer value counts as one that isn't known. */
const MAX_VALUE = 16_384;

function expandFields(word: ShellWord, walk: Walk): readonly Field[] {
  let done: Field[] = [];
  let open: Field[] = [{ text: '', glob: false, opaque: false, isOpen: false }];
  let braces = 0;
  for (const part of word.parts) {
    if (part.kind === 'brace') {
      braces += 1;
      if (braces > MAX_BRACES) {
        walk.report.cap(walk.fixed ?? word);
        return [OPAQUE_FIELD];
      }
      open = crossFields(open, braceValues(part.text));
      if (!walk.report.step(walk.fixed ?? word, 1 + Math.floor(open.length / FIELDS_A_STEP))) return [OPAQUE_FIELD];
      continue;
    }
    if (part.kind === 'alternatives') {
      braces += 1;
      open = crossFields(
        open,
        part.choices.map((parts) => expandValue({ ...word, parts }, walk)),
      );
      continue;
    }
    const value = partValue(part, walk, word);
    const pieces = isSplit(part) ? splitFields(value.text, walk) : [value.text];
    const [head = '', ...rest] = pieces;
    open = open.map((field) => ({
      ...joinValues(field, { ...value, text: head }),
      isOpen: field.isOpen || !isSplit(part) || head !== '',
    }));
    for (const piece of rest) {
      done = [...done, ...open.filter((field) => field.isOpen)];
      open = [{ ...value, text: piece, isOpen: piece !== '' }];
    }
  }
  return [...done, ...open.filter((field) => field.isOpen)];
}

const OPAQUE_FIELD: Field = { text: UNKNOWN, glob: true, opaque: true, isOpen: true };

/** A pattern in an alternative is a pattern in the word. */
function braceValues(text: string): readonly ShellValue[] {
  return expandBraces(text).map((value) => ({ text: value, glob: /[*?[]/.test(value), opaque: false }));
}

/** Every field with every value after it; one field that isn't known stands for what is beyond the limit. */
function crossFields(fields: readonly Field[], values: readonly ShellValue[]): Field[] {
  const crossed: Field[] = [];
  for (const field of fields) {
    for (const value of values) {
      if (crossed.length >= MAX_FIELDS - 1) return [...crossed, { ...OPAQUE_FIELD, opaque: false }];
      crossed.push({ ...joinValues(field, value), isOpen: true });
    }
  }
  return crossed;
}

function isSplit(part: ShellPart): boolean {
  return (part.kind === 'variable' || part.kind === 'substitution') && !part.quoted;
}

/** Splits at white space, or at what the line made `IFS`; a text that starts or ends with it opens a new field there. */
function splitFields(text: string, walk: Walk): readonly string[] {
  const separators = walk.variables.get('IFS')?.text;
  if (separators === undefined || !isKnownSet(separators)) return capPieces(text.split(/[ \t\n]+/, MAX_FIELDS + 1));
  if (separators === '') return [text];
  return capPieces(text.split(new RegExp(`[${separators.replace(/[\]\\^-]/g, '\\$&')}]+`), MAX_FIELDS + 1));
}

function capPieces(pieces: readonly string[]): readonly string[] {
  return pieces.length <= MAX_FIELDS ? pieces : [...pieces.slice(0, MAX_FIELDS), UNKNOWN];
}

function isKnownSet(separators: string): boolean {
  return separators.length <= MAX_SEPARATORS && !separators.includes(UNKNOWN);
}

const MAX_SEPARATORS = 8;

function joinValues(a: ShellValue, b: ShellValue): ShellValue {
  const text = a.text.length + b.text.length > MAX_VALUE ? UNKNOWN : a.text + b.text;
  const joined = { text, glob: a.glob || b.glob, opaque: a.opaque || b.opaque };
  return a.remote === true || b.remote === true ? { ...joined, remote: true } : joined;
}

function known(text: string): ShellValue {
  return { text, glob: false, opaque: false };
}

const UNKNOWN_VALUE: ShellValue = { text: UNKNOWN, glob: false, opaque: false };
const OPAQUE_VALUE: ShellValue = { text: UNKNOWN, glob: false, opaque: true };

function partValue(part: ShellPart, walk: Walk, at: Span): ShellValue {
  switch (part.kind) {
    case 'text':
      return known(part.text);
    case 'glob':
      return { text: part.text, glob: true, opaque: false };
    case 'brace':
      return known(expandBraces(part.text).join(' '));
    case 'alternatives':
      return part.choices
        .map((parts) => expandValue({ ...at, parts }, walk))
        .reduce((joined, value) => joinValues(joinValues(joined, known(' ')), value));
    case 'variable':
      return variableValue(part, walk, at);
    case 'substitution':
      return substitutionValue(part.script, walk);
    case 'process':
      return processValue(part, walk);
    case 'arithmetic':
      runScripts(part.scripts, walk);
      return known('0');
    case 'opaque':
      runScripts(part.scripts, walk);
      return OPAQUE_VALUE;
    default:
      return part satisfies never;
  }
}

function runScripts(scripts: readonly ShellScript[], walk: Walk): void {
  for (const script of scripts) walk.evaluator.script(script, forkWalk(walk), NO_FLOW);
}

function processValue(part: Extract<ShellPart, { kind: 'process' }>, walk: Walk): ShellValue {
  const flow = walk.evaluator.script(part.script, forkWalk(walk), part.writes ? SOME_FLOW : NO_FLOW);
  const name = `/dev/fd/${63 - walk.processes.size}`;
  walk.processes.set(name, { ...flow, piped: true });
  return known(name);
}

function substitutionValue(script: ShellScript, walk: Walk): ShellValue {
  const flow = walk.evaluator.script(script, forkWalk(walk), NO_FLOW);
  if (flow.remote) return { ...UNKNOWN_VALUE, remote: true };
  return flow.text === undefined ? UNKNOWN_VALUE : known(flow.text.replace(/\n+$/, ''));
}

function variableValue(part: Extract<ShellPart, { kind: 'variable' }>, walk: Walk, at: Span): ShellValue {
  if (part.index !== undefined) return elementValue(part.name, part.index, walk);
  const value = lookUp(part.name, walk);
  const operand = part.change?.operand;
  const fallback = operand === undefined ? undefined : expandValue(operand, walk);
  if (part.change === undefined) return value ?? unsetValue(part.name);
  switch (part.change.kind) {
    case 'default':
      return value ?? fallback ?? OPAQUE_VALUE;
    case 'assign':
      if (value === undefined && fallback !== undefined) walk.variables.set(part.name, fallback);
      return value ?? fallback ?? OPAQUE_VALUE;
    case 'alternative':
      return fallback ?? OPAQUE_VALUE;
    case 'other':
      if (walk.variables.has(part.name)) walk.report.step(at);
      return part.name === 'HOME' || part.name === 'PWD' ? (value ?? UNKNOWN_VALUE) : OPAQUE_VALUE;
    default:
      return part.change.kind satisfies never;
  }
}

function elementValue(name: string, index: string, walk: Walk): ShellValue {
  const value = walk.variables.get(name);
  if (value?.elements === undefined) return OPAQUE_VALUE;
  if (index === '@' || index === '*') return value;
  const element = value.elements[Number(index)];
  return element === undefined ? OPAQUE_VALUE : { text: element, glob: value.glob, opaque: value.opaque };
}

function lookUp(name: string, walk: Walk): ShellValue | undefined {
  const set = walk.variables.get(name);
  if (set !== undefined) return set;
  const { context } = walk;
  switch (name) {
    case 'IFS':
      return known(' ');
    case 'HOME':
      return known(context.home ?? '~');
    case 'PWD':
      return walk.cwd === null ? UNKNOWN_VALUE : known(walk.cwd ?? context.workspace ?? '.');
    case 'TMPDIR':
    case 'TMP':
    case 'TEMP':
    case 'RUNNER_TEMP':
      return known(context.tempRoots[0] ?? '/tmp');
    default:
      return /^[0-9]$/.test(name) ? walk.positional?.[Number(name) - 1] : undefined;
  }
}

/** Numbers are known well enough; names of the machine and the person are harmless to show; the rest may be anything. */
function unsetValue(name: string): ShellValue {
  if (NUMERIC.has(name)) return known('0');
  return HARMLESS.has(name) ? UNKNOWN_VALUE : OPAQUE_VALUE;
}

const NUMERIC: ReadonlySet<string> = new Set(
  '$ ? # ! RANDOM SECONDS LINENO PPID UID EUID SHLVL COLUMNS LINES EPOCHSECONDS BASHPID'.split(' '),
);
const HARMLESS: ReadonlySet<string> = new Set(
  'USER LOGNAME HOSTNAME HOSTTYPE OSTYPE MACHTYPE SHELL PATH LANG LC_ALL TERM OLDPWD BASH_VERSION ZSH_VERSION VIRTUAL_ENV NODE_ENV DISPLAY EDITOR PIPESTATUS FUNCNAME BASH_SOURCE XDG_SESSION_TYPE CI'.split(
    ' ',
  ),
);
