/**
 * One finding of an analyzer, what an analyzer is told, and what it answers. Pure.
 */

import type { ArgumentSpan, Effect, RiskLevel, Signal } from '@countersign/core';
import type { CallFacts } from './call-facts.js';
import type { SqlDialect } from './sql/dialect.js';
import type { PostgresParser } from './sql/postgres-parser.js';

/** What every analyzer is told about the world. Analyzers touch no disk, clock or environment. */
export interface AnalyzerContext {
  /** Absolute POSIX path without a trailing slash; absent where the workspace isn't known. */
  readonly workspace?: string;
  /** Absolute POSIX path of the home folder; absent where it isn't known. */
  readonly home?: string;
  /** Absolute POSIX paths of the folders for temporary files. */
  readonly tempRoots: readonly string[];
  /** How many analyzers deep this text was found, 0 for an argument itself; analyzers stop at 8. */
  readonly depth: number;
  /** Absolute POSIX paths of our own database, keys, marks and configuration. */
  readonly guardPaths: readonly string[];
  /** PostgreSQL's own parser, for statements of that dialect; absent where it was not loaded. */
  readonly postgres?: PostgresParser;
  /** The dialect of SQL in arguments; absent where it isn't known. */
  readonly sqlDialect?: SqlDialect;
  /** Where to say what the text names; absent where no rule asks. */
  readonly facts?: CallFacts;
}

/** What one analyzer found in one argument. */
export interface Analysis {
  /** The analyzer: `shell`, `sql`, `filesystem`, `http`, `code`, ... */
  readonly kind: string;
  /** False when the input could not be read in full; the signals then already carry a raised level. */
  readonly ok: boolean;
  /** Pinned codes such as `SQL_UNTERMINATED`; never a part of the input. */
  readonly errors: readonly string[];
  readonly signals: readonly Signal[];
}

/** What a signal may say beside its id, level and sentence. */
export type SignalDetails = Partial<Omit<Signal, 'id' | 'level' | 'text'>>;

/** Makes a signal: no effects, reversibility unknown and a confidence of 0.9 unless told otherwise. */
export function signal(id: string, level: RiskLevel, text: string, more: SignalDetails = {}): Signal {
  return { id, level, text, effects: [], reversible: 'unknown', confidence: 0.9, ...more };
}

/** Says where in the arguments a signal was found, keeping the span that the analyzer gave. */
export function placeSignal(found: Signal, pointer: string): Signal {
  const at: ArgumentSpan = found.at === undefined ? { pointer } : { ...found.at, pointer };
  return { ...found, at };
}

/** Whether a signal has one of the given effects. */
export function hasEffect(found: Signal, ...effects: readonly Effect[]): boolean {
  return found.effects.some((effect) => effects.includes(effect));
}
