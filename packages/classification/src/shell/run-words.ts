/**
 * Judges one command given as words: finds out what kind of program it is and hands it to whoever knows that kind.
 */

import { resolvePath } from '../filesystem/index.js';
import { BUILTINS } from './builtins.js';
import { judgeFind } from './find.js';
import { judgeGuard } from './guard.js';
import { INTERPRETERS, runInterpreter } from './interpreters.js';
import { findSpec, judgeProgram } from './judge-program.js';
import { writtenFile } from './redirect.js';
import { reportRemote, runInput, runShell, SHELLS } from './run-shell.js';
import { hasSubscriptCode, subscriptCode } from './subscripts.js';
import {
  type Argument,
  type Call,
  type Flow,
  forkWalk,
  isKnown,
  MAX_DEPTH,
  NO_FLOW,
  pathContext,
  SOME_FLOW,
  spanOf,
  type Walk,
} from './walk.js';
import { runWrapper, WRAPPERS } from './wrappers.js';

/** Words that one command may have; more hit the limit, which raises the level. */
const MAX_WORDS = 500;
/** So many words are worth one more step. */
const WORDS_A_STEP = 16;

/** Judges a command given as words, the first being the program; answers what it prints. */
export function runWords(words: readonly Argument[], walk: Walk, flow: Flow): Flow {
  const program = words[0];
  if (program === undefined) return NO_FLOW;
  const at = spanOf(words);
  if (!walk.report.step(at, 1 + Math.floor(words.length / WORDS_A_STEP))) return SOME_FLOW;
  if (walk.depth > MAX_DEPTH || words.length > MAX_WORDS) {
    walk.report.cap(at);
    return SOME_FLOW;
  }
  const name = programName(program.text);
  const call: Call = { name, program, words: argumentsOf(name, words), walk, flow, at };
  if (walk.context.facts !== undefined) noteFacts(call);
  const emptied = withoutUnset(words);
  if (emptied !== undefined) runWords(emptied, forkWalk(walk, { depth: walk.depth + 1 }), flow);
  if (!isKnown(program.text) || program.glob) return judgeUnknownName(call);
  return runDefined(call) ?? runKind(call);
}

/** What rules may ask about: the program, and where its words lead should they be paths. */
function noteFacts({ name, program, words, walk }: Call): void {
  const { facts } = walk.context;
  facts?.addProgram(isKnown(program.text) && !program.glob ? name : '');
  for (const { text } of words) {
    const equals = text.startsWith('-') ? text.indexOf('=') + 1 : 0;
    if (equals === 0 && text.startsWith('-')) continue;
    facts?.addWord(resolvePath(text.slice(equals), pathContext(walk)).absolute);
  }
}

/** `r$x'm'` and `git c$@lean` with what isn't known taken for empty, as a variable that nobody set is. */
function withoutUnset(words: readonly Argument[]): readonly Argument[] | undefined {
  const isMixed = (word: Argument) => !isKnown(word.text) && /[^\0]/.test(word.text) && !word.text.includes('/');
  if (!words.slice(0, 2).some(isMixed)) return undefined;
  return words.map((word, at) => (at < 3 && isMixed(word) ? { ...word, text: word.text.replaceAll('\0', '') } : word));
}

/** `/usr/bin/rm`, `rm.exe` and the `=rm` of zsh are `rm`; an upper-case name means the same program on some file systems. */
export function programName(text: string): string {
  const slash = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\'));
  const base = slash < 0 ? (text.length > 1 && text.startsWith('=') ? text.slice(1) : text) : text.slice(slash + 1);
  const lower = base.toLowerCase();
  return lower.endsWith('.exe') || lower.endsWith('.cmd') ? lower.slice(0, -4) : lower;
}

/** `tar xzf a` is `tar -xzf a`. */
function argumentsOf(name: string, words: readonly Argument[]): readonly Argument[] {
  const [, first, ...rest] = words;
  if (first === undefined || !/^(?:g|bsd)?tar$/.test(name) || !/^[A-Za-z]+$/.test(first.text)) return words.slice(1);
  return [{ ...first, text: `-${first.text}` }, ...rest];
}

/** Functions and aliases that the line defines come before programs. */
function runDefined(call: Call): Flow | undefined {
  const { walk, program, words } = call;
  const body = walk.functions.get(program.text);
  if (body !== undefined) {
    const inner = forkWalk(walk, { depth: walk.depth + 1, positional: words });
    inner.functions.set(program.text, { kind: 'function', name: program.text, body: undefined, ...call.at });
    return walk.evaluator.script({ kind: 'script', items: [body] }, inner, call.flow);
  }
  const alias = walk.aliases.get(program.text);
  if (alias === undefined) return undefined;
  const inner = forkWalk(walk, { depth: walk.depth + 1 });
  inner.aliases.delete(program.text);
  const text = [alias, ...words.map((word) => quote(word.text))].join(' ');
  return walk.evaluator.text(text, inner, call.flow, call.at);
}

/** A file that the command wrote before, now run as a program: by the interpreter that its first line names, or the shell. */
function runWritten(made: Flow, call: Call): Flow {
  const interpreter = /^#!\s*\S*?([\w.+-]+)(?:[ \t]+([\w.+-]+))?[^\n]*\n/.exec(made.text ?? '');
  const name = interpreter?.[1] === 'env' ? interpreter[2] : interpreter?.[1];
  const family = name === undefined ? undefined : INTERPRETERS.get(name.replace(/[\d.]+$/, ''));
  if (family !== undefined) return runInterpreter({ ...call, words: [], flow: made }, family);
  return runInput({ ...call, flow: made });
}

/** Built-in commands that compute numbers or resolve names, and so run what stands in subscripts. */
const COMPUTING: ReadonlySet<string> = new Set(
  'let test [ printf unset read declare typeset local export readonly mapfile readarray wait getopts'.split(' '),
);

function runSubscripts(call: Call): void {
  for (const word of call.words) {
    if (!hasSubscriptCode(word.text)) continue;
    const inner = forkWalk(call.walk, { depth: call.walk.depth + 1 });
    call.walk.evaluator.text(subscriptCode(word.text), inner, NO_FLOW, word);
  }
}

function quote(text: string): string {
  return isKnown(text) ? `'${text.replaceAll("'", "'\\''")}'` : '"$UNKNOWN"';
}

function runKind(call: Call): Flow {
  judgeGuard(call);
  const made = call.program.text.includes('/') ? writtenFile(call.program.text, call.walk) : undefined;
  if (made !== undefined) return runWritten(made, call);
  if (COMPUTING.has(call.name)) runSubscripts(call);
  const builtin = BUILTINS.get(call.name);
  if (builtin !== undefined) return builtin(call);
  const wrapper = WRAPPERS.get(call.name);
  if (wrapper !== undefined && !isManaging(call, wrapper.kind)) return runWrapper(call, wrapper);
  if (SHELLS.has(call.name)) return runShell(call);
  const family = INTERPRETERS.get(call.name) ?? INTERPRETERS.get(call.name.replace(/[\d.]+$/, ''));
  if (family !== undefined && !isManaging(call, 'interpreter')) return runInterpreter(call, family);
  if (call.name === 'find' || call.name === 'gfind' || call.name === 'fd' || call.name === 'fdfind')
    return judgeFind(call);
  return judgeProgram(call);
}

/** `op item delete` runs nothing, and `bun publish` no script: they are programs with sub-commands of their own. */
function isManaging(call: Call, kind: string): boolean {
  if (kind === 'dashes')
    return findSpec(call.name) !== undefined && !call.words.some((word) => word.text === '--' || word.text === 'exec');
  const first = call.words.find((word) => !word.text.startsWith('-'));
  return call.name === 'bun' && first !== undefined && BUN_MANAGES.has(first.text);
}

const BUN_MANAGES: ReadonlySet<string> = new Set(
  'install i add remove rm update outdated publish pm link unlink audit info why patch create init upgrade'.split(' '),
);

/** A program whose name is computed: what it is given may still tell what it does. */
function judgeUnknownName(call: Call): Flow {
  const { walk, at, words } = call;
  if (call.program.remote === true) reportRemote(call);
  const isForced = words.some(
    (word) =>
      /^-[a-z]*(?:rf|fr)[a-z]*$/i.test(word.text) || /^--(?:no-preserve-root|force|recursive|hard)$/.test(word.text),
  );
  const level = isForced ? 'destructive' : 'moderate';
  walk.report.add('shell.unknown-program', level, 'Runs a program whose name is not known before it runs.', at, {
    effects: ['exec'],
    confidence: 0.5,
  });
  return SOME_FLOW;
}
