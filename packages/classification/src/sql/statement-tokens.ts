/**
 * What the judges of statements share: a statement, its span, and tests of its words. Pure.
 */

import type { Signal } from '@countersign/core';
import type { SqlDialect } from './dialect.js';
import type { SqlToken } from './lexer.js';

/** One statement and what is known about where it runs. */
export interface Statement {
  readonly tokens: readonly SqlToken[];
  /** Absent where the dialect isn't known. */
  readonly dialect: SqlDialect | undefined;
}

/** The span of a statement, and what a signal on it has beside its verdict. */
export function spanOf(tokens: readonly SqlToken[]): Pick<Signal, 'at'> {
  return { at: { pointer: '', start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 } };
}

/** True when the words given stand side by side, anywhere in the statement. */
export function hasWords(tokens: readonly SqlToken[], ...words: readonly string[]): boolean {
  return tokens.some((_, at) => words.every((word, step) => isWord(tokens[at + step], word)));
}

/** True for a word that isn't quoted. */
export function isWord(token: SqlToken | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text === word;
}
