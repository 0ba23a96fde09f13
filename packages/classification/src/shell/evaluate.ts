/**
 * Walks the syntax tree in the order it would run, carrying variables, folder and pipes along. Pure but for the walk.
 */

import { judgeAssignment } from './environment.js';
import { expandValue, expandWords, visitWord } from './expand.js';
import { parseBash } from './parse-bash.js';
import { judgeEmptying, judgeRedirects, rememberFiles } from './redirect.js';
import { runWords } from './run-words.js';
import type {
  ShellAssignment,
  ShellBlock,
  ShellCommand,
  ShellLoop,
  ShellNode,
  ShellPipeline,
  ShellScript,
  Span,
} from './shell-ast.js';
import { hasSubscriptCode, subscriptCode } from './subscripts.js';
import {
  type Argument,
  type Evaluator,
  type Flow,
  forkWalk,
  MAX_DEPTH,
  makeArgument,
  NO_FLOW,
  SOME_FLOW,
  type Walk,
} from './walk.js';

/** The evaluator over bash. */
export const BASH_EVALUATOR: Evaluator = { script: runScript, words: runWords, text: runText };

/** Values of a loop that are tried one by one; beyond that they count as one that isn't known. */
const MAX_ROUNDS = 8;

function runScript(script: ShellScript, walk: Walk, flow: Flow): Flow {
  let last: Flow = NO_FLOW;
  let text: string | undefined = '';
  let isMixed = NO_FLOW;
  for (const item of script.items) {
    last = runNode(item, walk, flow);
    text = text === undefined || last.text === undefined ? undefined : text + last.text;
    isMixed = mixFlows(isMixed, last);
  }
  return script.items.length === 1 ? last : { ...isMixed, text };
}

function mixFlows(a: Flow, b: Flow): Flow {
  return {
    text: undefined,
    piped: a.piped || b.piped,
    remote: a.remote || b.remote,
    decoded: a.decoded || b.decoded,
    rebuildable: b.rebuildable,
  };
}

function runText(source: string, walk: Walk, flow: Flow, at: Span): Flow {
  const worth = 1 + Math.floor(source.length / STEP_LENGTH);
  if (walk.depth >= MAX_DEPTH || source.length > MAX_NESTED_LENGTH || !walk.report.step(at, worth)) {
    walk.report.cap(at);
    return SOME_FLOW;
  }
  const parsed = parseBash(source);
  if (parsed.errors > 0) {
    walk.report.add('shell.unreadable', 'moderate', 'Runs text that is not a readable command.', at, {
      confidence: 0.5,
    });
  }
  const inner = forkWalk(walk, { depth: walk.depth + 1, fixed: walk.fixed ?? { start: at.start, end: at.end } });
  return runScript(parsed.script, inner, flow);
}

/** A longer text inside a command isn't read; a longer value counts as one that isn't known. */
const MAX_NESTED_LENGTH = 16_384;
/** Parsing so many UTF-16 code units again is worth one step. */
const STEP_LENGTH = 128;

function runNode(node: ShellNode, walk: Walk, flow: Flow): Flow {
  if (!walk.report.step(walk.fixed ?? node)) return SOME_FLOW;
  switch (node.kind) {
    case 'command':
      return runCommand(node, walk, flow);
    case 'pipeline':
      return runPipeline(node, walk, flow);
    case 'block':
      return runBlock(node, walk, flow);
    case 'loop':
      return runLoop(node, walk, flow);
    case 'function':
      return defineFunction(node, walk);
    default:
      return node satisfies never;
  }
}

function runPipeline(node: ShellPipeline, walk: Walk, flow: Flow): Flow {
  let current = flow;
  for (const stage of node.stages) {
    const isAlone = node.stages.length === 1;
    const output = runNode(stage, isAlone ? walk : forkWalk(walk), current);
    current = {
      ...output,
      piped: true,
      remote: output.remote || (current.remote && !isAlone),
      rebuildable: output.rebuildable,
    };
  }
  return current;
}

function runBlock(node: ShellBlock, walk: Walk, flow: Flow): Flow {
  const inner = node.isolated ? forkWalk(walk) : walk;
  const { input, written } = judgeRedirects(node.redirects, inner, flow);
  for (const word of node.tested) runSubscript(visitWord(word, inner).text, inner, node);
  let output = NO_FLOW;
  for (const body of node.bodies) output = mixOutput(output, runScript(body, inner, input), node.bodies.length);
  if (written.length > 0) rememberFiles(written, [], inner, output);
  return output;
}

/** Bash runs `$(...)` in a subscript when it computes a number, even where the text was quoted before. */
function runSubscript(text: string, walk: Walk, at: Span): void {
  if (hasSubscriptCode(text)) runText(subscriptCode(text), walk, NO_FLOW, walk.fixed ?? at);
}

function mixOutput(a: Flow, b: Flow, count: number): Flow {
  return count === 1 ? b : mixFlows(a, b);
}

function runLoop(node: ShellLoop, walk: Walk, flow: Flow): Flow {
  judgeRedirects(node.redirects, walk, flow);
  const values = node.values === undefined ? (walk.positional ?? []) : expandWords(node.values, walk);
  const rounds = values.length > MAX_ROUNDS ? [...values.slice(0, MAX_ROUNDS), unknownValue(node)] : values;
  const tried: readonly Argument[] = rounds.length === 0 ? [unknownValue(node)] : rounds;
  let output = NO_FLOW;
  for (const value of tried) {
    walk.variables.set(node.name, { text: value.text, glob: value.glob, opaque: value.opaque });
    output = mixFlows(output, runScript(node.body, walk, flow));
  }
  return output;
}

function unknownValue(at: Span): Argument {
  return makeArgument('\0', at);
}

/** A function's body is looked at when it is defined, so that a danger in one that nobody calls is still seen. */
function defineFunction(node: Extract<ShellNode, { kind: 'function' }>, walk: Walk): Flow {
  if (node.body === undefined) {
    walk.report.add('shell.recursion', 'moderate', 'Calls a function from inside itself.', walk.fixed ?? node, {
      confidence: 0.6,
    });
    return SOME_FLOW;
  }
  if (callsItselfInPipe(node.body, node.name)) {
    walk.report.add(
      'shell.fork-bomb',
      'critical',
      'Starts processes without end until the machine stops.',
      walk.fixed ?? node,
      { effects: ['exec'], reversible: false },
    );
  }
  walk.functions.delete(node.name);
  const inner = forkWalk(walk, { depth: walk.depth + 1 });
  inner.functions.set(node.name, {
    kind: 'function',
    name: node.name,
    body: undefined,
    start: node.start,
    end: node.end,
  });
  if (walk.depth >= MAX_DEPTH) walk.report.cap(node);
  else runNode(node.body, inner, NO_FLOW);
  walk.functions.set(node.name, node.body);
  return NO_FLOW;
}

/** `f() { f | f & }`. */
function callsItselfInPipe(node: ShellNode, name: string): boolean {
  const calls = (stage: ShellNode): boolean =>
    stage.kind === 'command' && stage.words[0]?.parts[0]?.kind === 'text' && stage.words[0].parts[0].text === name;
  if (node.kind === 'pipeline') return node.stages.length > 1 && node.stages.some(calls);
  return node.kind === 'block' && node.bodies.some((body) => body.items.some((item) => callsItselfInPipe(item, name)));
}

function runCommand(node: ShellCommand, walk: Walk, flow: Flow): Flow {
  const inner = node.assignments.length > 0 && node.words.length > 0 ? forkWalk(walk) : walk;
  const { input, written } = judgeRedirects(node.redirects, inner, flow);
  for (const assignment of node.assignments) assign(assignment, node.words.length > 0, inner);
  if (node.words.length === 0) {
    judgeEmptying(written, inner);
    return NO_FLOW;
  }
  const words = expandWords(node.words, inner);
  const output = words.length === 0 ? NO_FLOW : runWords(words, inner, input);
  if (written.length > 0) rememberFiles(written, words, inner, output);
  if (inner !== walk) walk.cwd = inner.cwd;
  return output;
}

function assign(assignment: ShellAssignment, isPrefix: boolean, walk: Walk): void {
  const { name, isArray, append, subscript } = assignment;
  if (subscript !== undefined) visitWord(subscript, walk);
  const values = assignment.values.map((word) => expandValue(word, walk));
  const at = walk.fixed ?? assignment;
  const before = append ? (walk.variables.get(name)?.text ?? '') : '';
  const joined = before + (isArray ? values.map((value) => value.text).join(' ') : (values[0]?.text ?? ''));
  const text = joined.length > MAX_NESTED_LENGTH ? '\0' : joined;
  judgeAssignment({ name, text, isPrefix, at }, walk);
  runSubscript(text, walk, at);
  const remote = values.some((value) => value.remote === true);
  walk.variables.set(name, {
    text,
    glob: values.some((value) => value.glob),
    opaque: values.some((value) => value.opaque),
    ...(remote && { remote }),
    ...(isArray && !append && { elements: values.map((value) => value.text) }),
  });
}
