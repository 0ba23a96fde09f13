/**
 * The verdict on one SQL statement. Pure.
 */

import type { Signal } from '@countersign/core';
import { signal } from '../signal.js';
import { definitionVerdict } from './definition.js';
import { endOfPart, laterVerbs } from './later-verbs.js';
import type { SqlToken } from './lexer.js';
import { judgeInsert, judgeMerge, judgeRowChange } from './row-changes.js';
import { pragmaVerdict, sessionVerdict } from './session.js';
import { isWord, type Statement, spanOf } from './statement-tokens.js';
import { DANGER_WORDS, STATEMENTS } from './verbs.js';

/** Verbs within one statement that are judged one by one; with more, the statement counts as unknown. */
const MAX_LATER_VERBS = 64;

/** Judges a statement by its verbs; functions are judged apart. Never empty for a statement with tokens. */
export function judgeStatement(statement: Statement): readonly Signal[] {
  const { tokens } = statement;
  const found: Signal[] = [judgeFrom(statement, 0)];
  if (!holdsOwnVerbs(tokens)) {
    const later = laterVerbs(tokens);
    for (const at of later.slice(0, MAX_LATER_VERBS)) {
      found.push(judgeFrom({ ...statement, tokens: tokens.slice(at, endOfPart(tokens, at)) }, 0));
    }
    if (later.length > MAX_LATER_VERBS) {
      found.push(unknown(tokens));
    }
  }
  return found;
}

function judgeFrom(statement: Statement, nesting: number): Signal {
  const tokens = skipOpening(statement.tokens);
  const verb = tokens[0];
  const part = { ...statement, tokens };
  if (nesting > 8 || verb?.kind !== 'word') {
    return unknown(tokens);
  }
  switch (verb.text) {
    case 'SELECT':
      return judgeSelect(tokens);
    case 'WITH':
      return judgeWith(part, nesting);
    case 'EXPLAIN':
    case 'DESC':
    case 'DESCRIBE':
    case 'ANALYZE':
    case 'ANALYSE':
      return judgeExplain(part, nesting);
    case 'PREPARE':
      return judgePrepare(part, nesting);
    case 'UPDATE':
    case 'DELETE':
      return judgeRowChange(tokens, verb.text);
    case 'INSERT':
    case 'REPLACE':
      return judgeInsert(tokens);
    case 'MERGE':
      return judgeMerge(tokens);
    case 'COPY':
    case 'LOAD':
    case 'BACKUP':
    case 'RESTORE':
    case 'VACUUM':
      return judgeTransfer(tokens, verb.text);
    case 'PRAGMA':
      return pragmaVerdict(tokens);
    default:
      return definitionVerdict(part) ?? sessionVerdict(part) ?? judgeByTable(tokens, verb.text);
  }
}

function judgeByTable(tokens: readonly SqlToken[], verb: string): Signal {
  const verdict = STATEMENTS.get(verb);
  if (verdict === undefined) {
    return unknown(tokens);
  }
  return signal(`sql.${verb.toLowerCase()}`, verdict.level, verdict.text, {
    effects: verdict.effects,
    reversible: verdict.level === 'safe' ? true : verdict.level === 'moderate' ? 'unknown' : false,
    ...spanOf(tokens),
  });
}

function unknown(tokens: readonly SqlToken[]): Signal {
  const dangerous = tokens.some((token) => token.kind === 'word' && DANGER_WORDS.has(token.text));
  return signal('sql.unknown-statement', dangerous ? 'destructive' : 'moderate', 'A statement that is not known.', {
    effects: ['db.write'],
    confidence: 0.4,
    ...spanOf(tokens),
  });
}

function judgeSelect(tokens: readonly SqlToken[]): Signal {
  const into = tokens.findIndex((token) => isWord(token, 'INTO'));
  const target = tokens[into + 1];
  if (into > 0 && (isWord(target, 'OUTFILE') || isWord(target, 'DUMPFILE'))) {
    return signal('sql.select.outfile', 'destructive', 'Writes a file on the database server.', {
      effects: ['db.read', 'fs.write'],
      ...spanOf(tokens),
    });
  }
  if (into > 0) {
    return signal('sql.select.into', 'moderate', 'Stores the rows it reads in a new table or a variable.', {
      effects: ['db.read', 'db.write'],
      ...spanOf(tokens),
    });
  }
  if (locksRows(tokens)) {
    return signal('sql.select.lock', 'moderate', 'Locks the rows it reads.', {
      effects: ['db.read'],
      ...spanOf(tokens),
    });
  }
  return signal('sql.select', 'safe', 'Only reads rows.', {
    effects: ['db.read'],
    reversible: true,
    ...spanOf(tokens),
  });
}

const LOCK_WORDS = new Set(['UPDATE', 'SHARE', 'NO', 'KEY']);
const LOCK_HINTS = new Set(['UPDLOCK', 'XLOCK', 'TABLOCKX', 'TABLOCK', 'HOLDLOCK', 'SERIALIZABLE']);

function locksRows(tokens: readonly SqlToken[]): boolean {
  return tokens.some((token, at) => {
    const next = tokens[at + 1];
    const locks = isWord(token, 'FOR') && next?.kind === 'word' && LOCK_WORDS.has(next.text);
    const hint = token.kind === 'word' && LOCK_HINTS.has(token.text) && tokens[at - 1]?.text.match(/^[(,]$/) !== null;
    return locks || (hint && at > 0) || (isWord(token, 'LOCK') && isWord(next, 'IN'));
  });
}

/** WITH: the verb after the last common table expression decides; changes inside them are found as later verbs. */
function judgeWith(statement: Statement, nesting: number): Signal {
  const { tokens } = statement;
  const depth = tokens[0]?.depth ?? 0;
  const at = tokens.findIndex((token, index) => index > 0 && token.depth === depth && MAIN_VERBS.has(token.text));
  return at < 0 ? unknown(tokens) : judgeFrom({ ...statement, tokens: tokens.slice(at) }, nesting + 1);
}

const MAIN_VERBS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE', 'REPLACE']);
const INNER_VERBS = new Set([...MAIN_VERBS, 'WITH', 'CREATE', 'EXECUTE', 'DECLARE', 'REFRESH', 'COPY']);

function judgeExplain(statement: Statement, nesting: number): Signal {
  const { tokens } = statement;
  const first = tokens[0]?.text ?? '';
  const inner = tokens.findIndex((token, at) => at > 0 && token.kind === 'word' && INNER_VERBS.has(token.text));
  const options = tokens.slice(0, inner < 0 ? tokens.length : inner);
  const analyze = options.findIndex((token) => isWord(token, 'ANALYZE') || isWord(token, 'ANALYSE'));
  const off = /^(?:FALSE|OFF|0)$/i.test(options[analyze + 1]?.text ?? '');
  if (analyze >= 0 && !off && inner > 0 && !isWord(tokens[inner], 'TABLE')) {
    return judgeFrom({ ...statement, tokens: tokens.slice(inner) }, nesting + 1);
  }
  if (first.startsWith('ANALY')) {
    return signal('sql.analyze', 'moderate', 'Recomputes statistics.', { effects: ['db.write'], ...spanOf(tokens) });
  }
  return signal('sql.explain', 'safe', 'Only shows a plan or a description.', {
    effects: ['db.read'],
    reversible: true,
    ...spanOf(tokens),
  });
}

function judgePrepare(statement: Statement, nesting: number): Signal {
  const { tokens } = statement;
  const as = tokens.findIndex((token) => isWord(token, 'AS'));
  const transaction = isWord(tokens[1], 'TRANSACTION');
  if (as > 0) {
    return judgeFrom({ ...statement, tokens: tokens.slice(as + 1) }, nesting + 1);
  }
  const literal = tokens.at(-1)?.kind === 'string';
  return signal(
    'sql.prepare',
    transaction || literal ? 'moderate' : 'destructive',
    'Prepares a statement to be run later.',
    {
      effects: ['db.write'],
      ...spanOf(tokens),
    },
  );
}

function judgeTransfer(tokens: readonly SqlToken[], verb: string): Signal {
  const span = spanOf(tokens);
  if (verb === 'COPY') {
    return judgeCopy(tokens);
  }
  if (verb === 'LOAD' && (isWord(tokens[1], 'DATA') || isWord(tokens[1], 'XML') || isWord(tokens[1], 'INDEX'))) {
    return signal('sql.load-data', 'moderate', 'Loads rows from a file.', {
      effects: ['db.write', 'fs.read'],
      ...span,
    });
  }
  if (verb === 'RESTORE' && /^(?:HEADERONLY|FILELISTONLY|VERIFYONLY|LABELONLY)$/.test(tokens[1]?.text ?? '')) {
    return signal('sql.restore.inspect', 'safe', 'Only looks at a backup.', {
      effects: ['fs.read'],
      reversible: true,
      ...span,
    });
  }
  if (verb === 'VACUUM' && tokens.some((token) => isWord(token, 'INTO'))) {
    return signal('sql.vacuum.into', 'moderate', 'Writes a copy of the database.', { effects: ['fs.write'], ...span });
  }
  return judgeByTable(tokens, verb);
}

function judgeCopy(tokens: readonly SqlToken[]): Signal {
  const depth = tokens[0]?.depth ?? 0;
  const at = tokens.findIndex((token) => token.depth === depth && (isWord(token, 'TO') || isWord(token, 'FROM')));
  const target = tokens[at + 1];
  const span = spanOf(tokens);
  if (isWord(target, 'PROGRAM')) {
    return signal('sql.copy.program', 'destructive', 'Runs a command on the database server.', {
      effects: ['exec'],
      ...span,
    });
  }
  if (isWord(tokens[at], 'FROM') || at < 0) {
    return signal('sql.copy.from', 'moderate', 'Loads rows from a file or the connection.', {
      effects: ['db.write'],
      ...span,
    });
  }
  if (isWord(target, 'STDOUT')) {
    return signal('sql.copy.stdout', 'safe', 'Only reads rows.', { effects: ['db.read'], reversible: true, ...span });
  }
  return signal('sql.copy.file', 'destructive', 'Writes a file on the database server.', {
    effects: ['db.read', 'fs.write'],
    ...span,
  });
}

/** Statements in which verbs such as DELETE are a part of their own grammar. */
function holdsOwnVerbs(tokens: readonly SqlToken[]): boolean {
  const first = skipOpening(tokens)[0]?.text ?? '';
  return /^(?:CREATE|ALTER|GRANT|REVOKE|DENY|COMMENT|SHOW|DESCRIBE|DESC|EXPLAIN|ANALYZE|MERGE|DROP|PRAGMA|LOCK|PREPARE|AUDIT)$/.test(
    first,
  );
}

function skipOpening(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const at = tokens.findIndex((token) => token.text !== '(' || token.kind !== 'symbol');
  return at <= 0 ? tokens : tokens.slice(at);
}
