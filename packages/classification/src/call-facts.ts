/**
 * What a call was seen to name while it was read: programs, paths and verbs of SQL. Collected for rules that ask for it, and
 * only then.
 */

import { UNKNOWN } from './filesystem/index.js';

/** Stands for a program whose name is not known before it runs. */
export const UNKNOWN_PROGRAM = '?';

/** The most of each that is kept; more count as not read. */
const MAX_FACTS = 2_000;

/** What was seen. Analyzers add to it; rules read it. */
export class CallFacts {
  readonly #programs = new Set<string>();
  readonly #paths = new Set<string>();
  readonly #words = new Set<string>();
  readonly #verbs = new Set<string>();
  #isFull = false;

  /** Names of programs in lower case, without their folders; `?` for one that is not known. */
  get programs(): ReadonlySet<string> {
    return this.#programs;
  }

  /** Absolute paths that stand in arguments as paths. */
  get paths(): ReadonlySet<string> {
    return this.#paths;
  }

  /** Absolute paths that the words of commands would be, were they paths: which of them are is up to each program. */
  get words(): ReadonlySet<string> {
    return this.#words;
  }

  /** Verbs of SQL statements, in upper case. */
  get verbs(): ReadonlySet<string> {
    return this.#verbs;
  }

  /** True when there was more than is kept. */
  get isFull(): boolean {
    return this.#isFull;
  }

  addProgram(name: string): void {
    this.#add(this.#programs, name === '' || name.includes(UNKNOWN) ? UNKNOWN_PROGRAM : name);
  }

  addPath(absolute: string): void {
    this.#add(this.#paths, absolute);
  }

  addWord(absolute: string): void {
    this.#add(this.#words, absolute);
  }

  addVerb(verb: string): void {
    this.#add(this.#verbs, verb);
  }

  #add(set: Set<string>, text: string): void {
    if (set.size >= MAX_FACTS) this.#isFull = true;
    else set.add(text);
  }
}
