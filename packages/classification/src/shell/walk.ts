/**
 * What the walks over a command carry along: variables, functions, the current folder, and the report. A walk lives
 * for one analysis; nothing here outlives it.
 */

import { RISK_LEVELS, type RiskLevel, type Signal } from '@countersign/core';
import type { PathContext } from '../filesystem/index.js';
import { UNKNOWN } from '../filesystem/index.js';
import { type AnalyzerContext, type SignalDetails, signal } from '../signal.js';
import type { ShellNode, ShellScript, Span } from './shell-ast.js';

/** One word after expansion. */
export interface Argument extends Span {
  /** Its value; parts that aren't known are `UNKNOWN`. */
  readonly text: string;
  /** True when it holds an unquoted pattern, so that it may become several file names. */
  readonly glob: boolean;
  /** True when an unknown part comes from a variable that the line doesn't set. */
  readonly opaque: boolean;
  /** True when it comes from standard input, as xargs appends words. */
  readonly fed: boolean;
  /** True when part of it was fetched from the network. */
  readonly remote?: boolean;
}

/** What comes out of a command, or into it, as far as it is known. */
export interface Flow {
  /** The whole text, where it is known. */
  readonly text: string | undefined;
  /** True when anything flows at all. */
  readonly piped: boolean;
  /** True when it was fetched from the network. */
  readonly remote: boolean;
  /** True when it was decoded or decompressed on the line. */
  readonly decoded: boolean;
  /** True when it lists files that a build makes again. */
  readonly rebuildable: boolean;
  /** A file name that stands for those that are listed. */
  readonly sample?: string;
  /** True when a shell or interpreter whose input isn't known prints it. */
  readonly shell?: boolean;
}

/** Nothing flows. */
export const NO_FLOW: Flow = { text: undefined, piped: false, remote: false, decoded: false, rebuildable: false };
/** Something flows that isn't known. */
export const SOME_FLOW: Flow = { ...NO_FLOW, piped: true };

/** The value of a variable. */
export interface ShellValue {
  readonly text: string;
  readonly glob: boolean;
  readonly opaque: boolean;
  /** True when part of it was fetched from the network. */
  readonly remote?: boolean;
  /** The elements of an array. */
  readonly elements?: readonly string[];
}

/** How the modules of the walk call back into it without importing each other in a ring. */
export interface Evaluator {
  /** Walks a parsed script. */
  script(script: ShellScript, walk: Walk, flow: Flow): Flow;
  /** Judges a command given as words, the first being the program. */
  words(words: readonly Argument[], walk: Walk, flow: Flow): Flow;
  /** Parses and walks text found inside the command, such as that of `sh -c`. */
  text(source: string, walk: Walk, flow: Flow, at: Span): Flow;
}

/** The state of a walk. Forked for subshells. */
export interface Walk {
  readonly evaluator: Evaluator;
  readonly report: Report;
  readonly context: AnalyzerContext;
  readonly variables: Map<string, ShellValue>;
  readonly functions: Map<string, ShellNode>;
  readonly aliases: Map<string, string>;
  /** Absolute folder, `undefined` for where the command started, `null` when it isn't known. */
  cwd: string | undefined | null;
  /** How many scripts and wrappers deep this is. */
  readonly depth: number;
  /** The span to report for text that was parsed apart. */
  readonly fixed: Span | undefined;
  positional: readonly Argument[] | undefined;
  /** What the files made by `<(...)` hold, by their name. */
  readonly processes: Map<string, Flow>;
  /** What the command itself wrote to files, by their absolute path. */
  readonly files: Map<string, Flow>;
}

/** A program and what it is given. */
export interface Call {
  /** The program's name: the last part of its path, in lower case where only that is known. */
  readonly name: string;
  /** The word that names it. */
  readonly program: Argument;
  /** The words after it. */
  readonly words: readonly Argument[];
  readonly walk: Walk;
  readonly flow: Flow;
  readonly at: Span;
}

/** How deep scripts inside scripts are followed; beyond that the level is raised. */
export const MAX_DEPTH = 8;
/** How many commands, loop rounds and words one analysis looks at. */
export const MAX_STEPS = 400;
const MAX_SIGNALS = 100;

/** Collects what the walk finds. */
export class Report {
  readonly #signals: Signal[] = [];
  readonly #seen = new Set<string>();
  #worst = 0;
  #steps = 0;
  #isCapped = false;
  #readsSecret: Span | undefined;
  #sends: Span | undefined;

  /** Adds a finding. A `safe` one is dropped: that nothing else was found is what makes a command safe. */
  add(id: string, level: RiskLevel, text: string, at: Span, more: SignalDetails = {}): void {
    if (more.effects?.includes('secrets.read')) this.#readsSecret ??= at;
    const rank = RISK_LEVELS.indexOf(level);
    if (rank === 0) return;
    const key = `${id} ${level} ${at.start}`;
    if (this.#seen.has(key) || (this.#signals.length >= MAX_SIGNALS && rank <= this.#worst)) return;
    this.#seen.add(key);
    this.#worst = Math.max(this.#worst, rank);
    this.#signals.push(signal(id, level, text, { ...more, at: { pointer: '', start: at.start, end: at.end } }));
  }

  /** Says that data of the caller's choice leaves the machine here. */
  markSending(at: Span): void {
    this.#sends ??= at;
  }

  /** Counts a step, or as many as a dear one is worth; answers false when the budget is used up, which raises the level. */
  step(at: Span, count = 1): boolean {
    this.#steps += count;
    if (this.#steps <= MAX_STEPS) return true;
    this.cap(at);
    return false;
  }

  /** Says that a limit was hit, so that part of the command was not looked at. */
  cap(at: Span): void {
    if (this.#isCapped) return;
    this.#isCapped = true;
    this.add('shell.limit', 'destructive', 'The command is too large or too deeply nested to be judged in full.', at, {
      confidence: 0.5,
    });
  }

  /** True when nothing above safe was found. */
  get isClean(): boolean {
    return this.#worst === 0;
  }

  get isCapped(): boolean {
    return this.#isCapped;
  }

  /** How many findings there are: a command that adds none and isn't proven is reported as unproven. */
  get count(): number {
    return this.#signals.length;
  }

  /** All findings, with the one that follows from a secret being read and data being sent in one call. */
  finish(): readonly Signal[] {
    const { start, end } = this.#sends ?? { start: 0, end: 0 };
    if (this.#readsSecret === undefined || this.#sends === undefined) return this.#signals;
    const text = 'Reads a secret and sends data over the network in one command.';
    const more: SignalDetails = { effects: ['secrets.read', 'net.egress'], at: { pointer: '', start, end } };
    return [...this.#signals, signal('shell.secret-egress', 'critical', text, more)];
  }
}

/** A walk for a subshell or a nested script: what it sets is forgotten afterwards. */
export function forkWalk(
  walk: Walk,
  changes: Partial<Pick<Walk, 'depth' | 'fixed' | 'positional' | 'cwd'>> = {},
): Walk {
  return {
    ...walk,
    variables: new Map(walk.variables),
    functions: new Map(walk.functions),
    aliases: new Map(walk.aliases),
    ...changes,
  };
}

/** The context for judging a path where the walk stands. */
export function pathContext(walk: Walk): PathContext {
  return walk.cwd === undefined ? walk.context : { ...walk.context, cwd: walk.cwd };
}

/** A word with the span of another. */
export function makeArgument(text: string, at: Span, more: Partial<Argument> = {}): Argument {
  return { text, start: at.start, end: at.end, glob: false, opaque: false, fed: false, ...more };
}

/** Whether every part of a text is known. */
export function isKnown(text: string): boolean {
  return !text.includes(UNKNOWN);
}

/** The stretch from the first of some words to the last. */
export function spanOf(words: readonly Span[]): Span {
  return { start: words[0]?.start ?? 0, end: words.at(-1)?.end ?? 0 };
}
