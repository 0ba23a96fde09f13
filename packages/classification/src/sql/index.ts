/**
 * Judges SQL text by what its statements do. Fails closed: what cannot be read in full is at least moderate, and
 * destructive where it holds a word that changes something. Pure.
 */

import { isAtLeast, maxRisk, type Signal } from '@countersign/core';
import { type Analysis, type AnalyzerContext, signal } from '../signal.js';
import { type EmbeddedText, judgeCalls } from './calls.js';
import { DISTINCT_DIALECTS, LEXICAL_RULES, type LexicalRules, type SqlDialect } from './dialect.js';
import { type SqlToken, scanSql } from './lexer.js';
import { withPostgresReading } from './postgres-tree.js';
import { judgeStatement } from './statement.js';
import { DANGER_WORDS } from './verbs.js';
import { verbsOf } from './verbs-of.js';

export type { SqlDialect } from './dialect.js';

/** How SQL is read. */
export interface SqlOptions {
  /** Absent: the text is read by the rules of every dialect, and the worst answer counts. */
  readonly dialect?: SqlDialect;
  /** Judges commands that a statement runs on the database's server; absent, the statement's own level stands alone. */
  readonly judgeCommand?: (command: string, context: AnalyzerContext) => Analysis;
}

/** SQL longer than this many UTF-16 code units is judged by its beginning, and never safe. */
export const MAX_SQL_LENGTH = 100_000;

/** Nesting of SQL within SQL that is still read. */
const MAX_SQL_DEPTH = 8;

/** Judges SQL text of one or more statements. Spans have pointer `''`. */
export function analyzeSql(sql: string, context: AnalyzerContext, options: SqlOptions = {}): Analysis {
  if (context.depth > MAX_SQL_DEPTH) {
    return { kind: 'sql', ok: false, errors: ['SQL_TOO_DEEP'], signals: [unread(sql, 'sql.too-deep')] };
  }
  const text = sql.slice(0, MAX_SQL_LENGTH);
  const readings = readingsOf(text, options.dialect).map((rules) => read(text, rules, { context, options }));
  const needed =
    options.dialect === undefined
      ? readings.some((each) => each.terminated)
      : readings.every((each) => each.terminated);
  const signals = readings.flatMap((each) => each.signals);
  const errors = readings.flatMap((each) => each.errors);
  if (!needed) {
    signals.push(unread(text, 'sql.unterminated'));
    errors.push('SQL_UNTERMINATED');
  }
  if (sql.length > MAX_SQL_LENGTH) {
    signals.push(unread(text, 'sql.too-long'));
    errors.push('SQL_TOO_LONG');
  }
  const all = dropRepeats(signals);
  const { postgres } = context;
  // What psql takes as its own command is no statement.
  const isPostgres = options.dialect === 'postgres' && !text.trimStart().startsWith('\\');
  return {
    kind: 'sql',
    ok: errors.length === 0,
    errors: [...new Set(errors)],
    signals: postgres !== undefined && isPostgres ? withPostgresReading(text, all, postgres) : all,
  };
}

interface Reading {
  readonly terminated: boolean;
  readonly signals: readonly Signal[];
  readonly errors: readonly string[];
}

interface ReadingContext {
  readonly context: AnalyzerContext;
  readonly options: SqlOptions;
}

/** Texts without any of these read the same in every dialect. */
const DIALECT_SENSITIVE = /[#`[$\\"]|\/\*|--/;

/** The rules to read a text by. A conditional comment is read both as run and as skipped, since the server's version decides. */
function readingsOf(sql: string, dialect: SqlDialect | undefined): readonly LexicalRules[] {
  const dialects =
    dialect === undefined ? (DIALECT_SENSITIVE.test(sql) ? DISTINCT_DIALECTS : (['postgres'] as const)) : [dialect];
  const conditional = /\/\*M?!/.test(sql);
  return dialects.flatMap((each) => {
    const rules = LEXICAL_RULES[each];
    return conditional && rules.conditionalComments ? [rules, { ...rules, conditionalComments: false }] : [rules];
  });
}

function read(sql: string, rules: LexicalRules, { context, options }: ReadingContext): Reading {
  const { tokens, terminated } = scanSql(sql, rules);
  const signals: Signal[] = [];
  const errors: string[] = [];
  for (const statement of splitStatements(tokens)) {
    const client = clientCommand(statement);
    if (context.facts !== undefined) for (const verb of verbsOf(statement)) context.facts.addVerb(verb);
    signals.push(
      ...(client === undefined ? judgeStatement({ tokens: statement, dialect: options.dialect }) : [client]),
    );
    const calls = judgeCalls(statement);
    signals.push(...calls.signals);
    for (const embedded of calls.embedded) {
      const inner = judgeEmbedded(embedded, context, options);
      signals.push(...inner.signals);
      errors.push(...inner.errors);
    }
  }
  if (signals.length === 0) {
    signals.push(signal('sql.empty', 'moderate', 'There is no statement to judge.', { confidence: 0.5 }));
  }
  return { terminated, signals, errors };
}

function splitStatements(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const statements: SqlToken[][] = [[]];
  for (const [at, token] of tokens.entries()) {
    const separates = token.kind === 'symbol' && token.text === ';';
    const batch =
      token.kind === 'word' && token.text === 'GO' && tokens[at - 1]?.text !== '.' && tokens[at - 1]?.text !== 'AS';
    if (separates || (batch && token.depth === 0)) {
      statements.push([]);
    } else {
      statements.at(-1)?.push(token);
    }
  }
  return statements.filter((statement) => statement.length > 0);
}

/** Commands of psql and of the sqlite3 shell, which are not SQL. */
function clientCommand(tokens: readonly SqlToken[]): Signal | undefined {
  const [first, second] = tokens;
  if (first?.kind !== 'symbol' || (first.text !== '\\' && first.text !== '.')) {
    return undefined;
  }
  const runs =
    second?.text === '!' ||
    /^(?:COPY|I|IR|O|G|GEXEC|SHELL|SYSTEM|READ|IMPORT|LOAD|OUTPUT|ONCE|SAVE|RESTORE|BACKUP|CLONE)$/.test(
      second?.text ?? '',
    );
  return signal(
    'sql.client-command',
    runs ? 'destructive' : 'moderate',
    'A command of the database client, which can run programs and write files.',
    {
      effects: runs ? ['exec'] : ['db.read'],
      at: { pointer: '', start: first.start, end: tokens.at(-1)?.end ?? first.end },
    },
  );
}

function judgeEmbedded(
  embedded: EmbeddedText,
  context: AnalyzerContext,
  options: SqlOptions,
): Pick<Analysis, 'signals' | 'errors'> {
  const at = { pointer: '', start: embedded.at.start, end: embedded.at.end };
  if (embedded.text === undefined) {
    const found = signal('sql.dynamic', 'destructive', 'Runs text that is put together while it runs.', {
      effects: ['db.write'],
      at,
    });
    return { signals: [found], errors: [] };
  }
  // What is embedded is a body of code as often as a statement, which the parser of statements would refuse.
  const { postgres: _, ...rest } = context;
  const deeper = { ...rest, depth: context.depth + 1 };
  const inner =
    embedded.kind === 'sql'
      ? analyzeSql(embedded.text, deeper, options)
      : (options.judgeCommand?.(embedded.text, deeper) ?? NOTHING);
  // Inside a block of code, a part that isn't a statement of its own says nothing; only what it changes counts.
  return {
    signals: inner.signals.filter((found) => isAtLeast(found.level, 'moderate')).map((found) => ({ ...found, at })),
    errors: [],
  };
}

const NOTHING: Analysis = { kind: 'shell', ok: true, errors: [], signals: [] };

function unread(sql: string, id: string): Signal {
  const words = sql.toUpperCase().match(/[A-Z_]+/g) ?? [];
  const dangerous = words.some((word) => DANGER_WORDS.has(word));
  return signal(
    id,
    maxRisk('moderate', dangerous ? 'destructive' : 'moderate'),
    'The statement could not be read in full.',
    {
      effects: ['db.write'],
      confidence: 0.4,
    },
  );
}

function dropRepeats(signals: readonly Signal[]): readonly Signal[] {
  const seen = new Map<string, Signal>();
  for (const found of signals) {
    seen.set(`${found.id} ${found.level} ${found.at?.start} ${found.at?.end}`, found);
  }
  return [...seen.values()];
}
