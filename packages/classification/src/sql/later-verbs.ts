/**
 * Finds the verbs of a SQL statement that stand after its first: in common table expressions, in branches, and where a
 * statement follows another without a semicolon. Pure.
 */

import type { SqlToken } from './lexer.js';
import { isWord } from './statement-tokens.js';
import { OBJECT_KINDS } from './verbs.js';

/** Verbs after the first: in common table expressions, after THEN, or of a statement that follows without a semicolon. */
export function laterVerbs(tokens: readonly SqlToken[]): readonly number[] {
  const lastSet = tokens.findLastIndex((token) => isWord(token, 'SET'));
  return tokens.flatMap((token, at) =>
    at > 0 && LATER_VERBS.has(token.text) && token.kind === 'word' && isLaterVerb(tokens, at, lastSet) ? [at] : [],
  );
}

const LATER_VERBS = new Set(
  'DELETE UPDATE INSERT MERGE REPLACE TRUNCATE DROP CREATE ALTER EXEC EXECUTE GRANT REVOKE DBCC KILL BACKUP RESTORE BULK WAITFOR SHUTDOWN'.split(
    ' ',
  ),
);

function isLaterVerb(tokens: readonly SqlToken[], at: number, lastSet: number): boolean {
  const previous = tokens[at - 1]?.text ?? '';
  const next = tokens[at + 1];
  if (/^(?:\.|,|AS|FOR|ON|KEY|SELECT|BY|=|AND|OR|DISTINCT|AFTER|BEFORE)$/.test(previous) || next === undefined) {
    return isWord(tokens[at], 'SHUTDOWN') && next === undefined && previous !== 'AS' && previous !== '.';
  }
  const named = next.kind === 'word' || next.kind === 'quoted' || next.kind === 'variable';
  switch (tokens[at]?.text) {
    case 'DELETE':
      return named;
    case 'UPDATE':
      return named && previous !== 'DO' && lastSet > at;
    case 'INSERT':
    case 'MERGE':
      return named && previous !== 'OR';
    case 'REPLACE':
      return isWord(next, 'INTO');
    case 'TRUNCATE':
      return isWord(next, 'TABLE') || (named && previous === '(');
    case 'DROP':
    case 'CREATE':
    case 'ALTER':
      return next.kind === 'word' && OBJECT_KINDS.has(next.text);
    case 'EXEC':
    case 'EXECUTE':
      return named || next.kind === 'string' || next.text === '(';
    case 'GRANT':
    case 'REVOKE':
    case 'DBCC':
    case 'KILL':
      return next.kind === 'word' || next.kind === 'number';
    case 'BACKUP':
    case 'RESTORE':
      return isWord(next, 'DATABASE') || isWord(next, 'LOG');
    case 'BULK':
      return isWord(next, 'INSERT');
    case 'WAITFOR':
      return isWord(next, 'DELAY') || isWord(next, 'TIME');
    case 'SHUTDOWN':
      return isWord(next, 'WITH');
    default:
      return false;
  }
}

/** Where the part that starts at `at` ends: at the parenthesis that closes around it, or at the end. */
export function endOfPart(tokens: readonly SqlToken[], at: number): number {
  const depth = tokens[at]?.depth ?? 0;
  const end = tokens.findIndex((token, index) => index > at && token.depth < depth);
  return end < 0 ? tokens.length : end;
}
