/**
 * What was found in a program by reading its tokens or its tree: the same for every language. Pure types.
 */

import type { Effect, RiskLevel } from '@countersign/core';

/** The languages that are read. */
export type CodeLanguage = 'javascript' | 'python';

/** A stretch of the program, in UTF-16 code units. */
export interface CodeSpan {
  readonly start: number;
  readonly end: number;
}

/** A danger by name, such as a call of `eval`. */
export interface CodeFinding extends CodeSpan {
  /** Without the prefix `code.`. */
  readonly id: string;
  readonly level: RiskLevel;
  readonly text: string;
  readonly effects: readonly Effect[];
}

/** A command that the program starts. */
export interface CodeCommand extends CodeSpan {
  /** As a shell would read it; parts that are not known are `UNKNOWN`. */
  readonly text: string;
}

/** What the program does at a path. */
export interface CodePath extends CodeSpan {
  readonly access: 'read' | 'write' | 'delete' | 'delete-tree';
  /** Undefined where it is not known. */
  readonly path: string | undefined;
}

/** A request that the program makes. */
export interface CodeRequest extends CodeSpan {
  /** Undefined where it is not known. */
  readonly url: string | undefined;
  readonly method: string | undefined;
}

/** Text that the program runs as code. */
export interface CodeText extends CodeSpan {
  /** Undefined where it is not known. */
  readonly text: string | undefined;
}

/** All that was found. */
export interface CodeReading {
  /** False where the text is no program of the language, as far as it can be read. */
  readonly ok: boolean;
  readonly findings: readonly CodeFinding[];
  readonly commands: readonly CodeCommand[];
  readonly paths: readonly CodePath[];
  readonly requests: readonly CodeRequest[];
  readonly texts: readonly CodeText[];
  /** The program without its comments and without what stands in its strings, at the same positions; undefined where it was not read. */
  readonly bare: string | undefined;
}

/** Collects what is found; each thing once. */
export class CodeReport {
  readonly findings: CodeFinding[] = [];
  readonly commands: CodeCommand[] = [];
  readonly paths: CodePath[] = [];
  readonly requests: CodeRequest[] = [];
  readonly texts: CodeText[] = [];
  readonly #seen = new Set<string>();

  /** Adds a finding, a command, a path, a request or a text, unless it is there already or there are too many. */
  add<K extends 'findings' | 'commands' | 'paths' | 'requests' | 'texts'>(
    kind: K,
    found: CodeReading[K][number],
  ): void {
    const key = `${kind} ${'id' in found ? found.id : ''} ${found.start}`;
    if (this.#seen.has(key) || this.#seen.size >= MAX_FOUND) return;
    this.#seen.add(key);
    const list: CodeReading[K][number][] = this[kind];
    list.push(found);
  }

  /** Whether something of the kind was found. */
  reading(ok: boolean, bare: string | undefined): CodeReading {
    const { findings, commands, paths, requests, texts } = this;
    return { ok, findings, commands, paths, requests, texts, bare };
  }
}

/** What one program is judged by at most; the pattern rows look at all of it. */
const MAX_FOUND = 200;

/** Nothing could be read. */
export const UNREAD: CodeReading = {
  ok: false,
  findings: [],
  commands: [],
  paths: [],
  requests: [],
  texts: [],
  bare: undefined,
};

/** A word as a shell would need it. */
export function shellWord(word: string): string {
  return /^[\w./:=+,@%^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
