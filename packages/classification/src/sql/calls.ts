/**
 * Finds the functions that a SQL statement calls, and what they do. Pure.
 */

import type { Signal } from '@countersign/core';
import { signal } from '../signal.js';
import { EFFECT_FUNCTIONS } from './effect-functions.js';
import type { SqlToken } from './lexer.js';
import { SAFE_FUNCTIONS } from './safe-functions.js';
import { isWord } from './statement-tokens.js';
import { NOT_FUNCTIONS, SECRET_TABLES } from './verbs.js';

/** Text within a statement that runs as a statement or a command of its own. */
export interface EmbeddedText {
  readonly kind: 'sql' | 'shell';
  /** The literal; undefined where it is put together while the statement runs. */
  readonly text: string | undefined;
  readonly at: SqlToken;
}

/** What the calls of a statement do, and the texts that they run. */
export interface Calls {
  readonly signals: readonly Signal[];
  readonly embedded: readonly EmbeddedText[];
}

/** Reads every call in a statement; each function that isn't known to only read gives a signal. */
export function judgeCalls(tokens: readonly SqlToken[]): Calls {
  const signals: Signal[] = [];
  const embedded: EmbeddedText[] = [...dynamicTexts(tokens)];
  if (isWord(tokens[0], 'PRAGMA')) {
    return { signals, embedded };
  }
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'quoted') {
      continue;
    }
    const next = tokens[at + 1];
    if (next?.kind === 'symbol' && next.text === '(') {
      judgeCall(tokens, at, { signals, embedded });
    } else if (token.text.length >= SHORTEST_SECRET_TABLE && SECRET_TABLES.has(token.text.toLowerCase())) {
      signals.push(readsSecrets(token));
    }
  }
  if (readsMysqlHashes(tokens)) {
    signals.push(readsSecrets(tokens[0]));
  }
  return { signals, embedded };
}

const SHORTEST_SECRET_TABLE = Math.min(...[...SECRET_TABLES].map((table) => table.length));

interface Found {
  readonly signals: Signal[];
  readonly embedded: EmbeddedText[];
}

function judgeCall(tokens: readonly SqlToken[], at: number, found: Found): void {
  const token = tokens[at];
  if (token === undefined) {
    return;
  }
  const name = token.text.toLowerCase();
  const known = EFFECT_FUNCTIONS.get(name);
  if (known !== undefined) {
    found.signals.push(
      signal(`sql.function.${name}`, known.level, `The function ${known.why}.`, {
        effects: known.effects,
        reversible: known.level === 'safe' ? true : 'unknown',
        at: { pointer: '', start: token.start, end: token.end },
      }),
    );
    if (known.runs !== undefined) {
      const argument = argumentsOf(tokens, at + 1)[known.runs.argument] ?? argumentsOf(tokens, at + 1)[0];
      found.embedded.push({ kind: known.runs.kind, text: literalOf(argument), at: token });
    }
  } else if (!isKnownReader(tokens, at, name)) {
    found.signals.push(
      signal('sql.function.unknown', 'moderate', 'Calls a function that is not known to only read.', {
        effects: ['db.read'],
        confidence: 0.6,
        at: { pointer: '', start: token.start, end: token.end },
      }),
    );
  }
}

const METHODS = new Set(['nodes', 'value', 'query', 'exist', 'tostring', 'stdistance']);
const SYSTEM_SCHEMAS = new Set(['PG_CATALOG', 'SYS', 'INFORMATION_SCHEMA', 'DBO']);

function isKnownReader(tokens: readonly SqlToken[], at: number, name: string): boolean {
  const token = tokens[at];
  const previous = tokens[at - 1];
  if (previous?.text === '.' && previous.kind === 'symbol') {
    const schema = tokens[at - 2];
    const method = METHODS.has(name);
    return (
      method || (schema !== undefined && SYSTEM_SCHEMAS.has(schema.text.toUpperCase()) && SAFE_FUNCTIONS.has(name))
    );
  }
  const isKeyword = token?.kind === 'word' && NOT_FUNCTIONS.has(token.text);
  return isKeyword || SAFE_FUNCTIONS.has(name) || namesColumns(tokens, at);
}

/** A name with a list of columns, not a call: an alias, a common table expression, or the target of a statement. */
function namesColumns(tokens: readonly SqlToken[], at: number): boolean {
  const previous = tokens[at - 1];
  if (previous === undefined) {
    return false;
  }
  if (
    previous.text === ')' ||
    (previous.kind === 'word' && /^(?:AS|INTO|TABLE|REFERENCES|RECURSIVE|EXISTS)$/.test(previous.text))
  ) {
    return !isWord(previous, 'EXISTS') || isWord(tokens[at - 2], 'NOT');
  }
  if (!isWord(previous, 'WITH') && previous.text !== ',') {
    return false;
  }
  const closing = closingOf(tokens, at + 1);
  const body = tokens.slice(closing + 1, closing + 5).filter((token) => !/^(?:NOT|MATERIALIZED)$/.test(token.text));
  return (
    closing > 0 &&
    isWord(body[0], 'AS') &&
    body[1]?.text === '(' &&
    /^(?:SELECT|VALUES|WITH|INSERT|UPDATE|DELETE)$/.test(body[2]?.text ?? '')
  );
}

/** Where the parenthesis at `open` closes; 0 where it doesn't within a reasonable list of columns. */
function closingOf(tokens: readonly SqlToken[], open: number): number {
  const depth = tokens[open]?.depth;
  for (let at = open + 1; at < tokens.length && at < open + 400; at++) {
    if (tokens[at]?.depth === depth && tokens[at]?.text === ')') {
      return at;
    }
  }
  return 0;
}

/** Arguments of the call whose parenthesis opens at `open`. */
function argumentsOf(tokens: readonly SqlToken[], open: number): readonly (readonly SqlToken[])[] {
  const depth = tokens[open]?.depth ?? 0;
  const parts: SqlToken[][] = [[]];
  for (const token of tokens.slice(open + 1)) {
    if (token.depth <= depth) {
      break;
    }
    if (token.depth === depth + 1 && token.text === ',' && token.kind === 'symbol') {
      parts.push([]);
    } else {
      parts.at(-1)?.push(token);
    }
  }
  return parts;
}

function literalOf(argument: readonly SqlToken[] | undefined): string | undefined {
  const [only] = argument ?? [];
  return argument?.length === 1 && only?.kind === 'string' ? only.text : undefined;
}

const TAKES_SQL = new Set(['IMMEDIATE', 'SP_EXECUTESQL', 'SP_MSFOREACHTABLE', 'SP_MSFOREACHDB']);

/** Literals that run without a call: EXEC('...'), EXECUTE IMMEDIATE '...', PREPARE s FROM '...', COPY ... PROGRAM '...', DO $$ ... $$. */
function dynamicTexts(tokens: readonly SqlToken[]): readonly EmbeddedText[] {
  if (!tokens.some((token) => token.kind === 'string')) {
    return [];
  }
  return tokens.flatMap((token, at): readonly EmbeddedText[] => {
    if (token.kind !== 'string') {
      return [];
    }
    const previous = tokens[at - 1];
    const name = previous?.text.toUpperCase() ?? '';
    const opened = name === '(' && /^EXEC(?:UTE)?$/.test(tokens[at - 2]?.text ?? '');
    const prepared = name === 'FROM' && isWord(tokens[0], 'PREPARE');
    if (opened || prepared || TAKES_SQL.has(name) || isWord(tokens[0], 'DO')) {
      return [{ kind: 'sql', text: token.text, at: token }];
    }
    return name === 'PROGRAM' || name === 'XP_CMDSHELL' ? [{ kind: 'shell', text: token.text, at: token }] : [];
  });
}

function readsMysqlHashes(tokens: readonly SqlToken[]): boolean {
  const table = tokens.findIndex(
    (token, at) =>
      token.text.length === 4 &&
      /^user$/i.test(token.text) &&
      tokens[at - 1]?.text === '.' &&
      /^mysql$/i.test(tokens[at - 2]?.text ?? ''),
  );
  return table > 0 && tokens.some((token) => /^(?:\*|AUTHENTICATION_STRING|PASSWORD)$/i.test(token.text));
}

function readsSecrets(token: SqlToken | undefined): Signal {
  return signal('sql.secrets', 'moderate', 'Reads the password hashes or keys of accounts.', {
    effects: ['db.read', 'secrets.read'],
    at: { pointer: '', start: token?.start ?? 0, end: token?.end ?? 0 },
  });
}
