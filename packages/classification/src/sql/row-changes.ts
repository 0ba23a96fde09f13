/**
 * The verdict on SQL statements that change rows. Pure.
 */

import type { Signal } from '@countersign/core';
import { signal } from '../signal.js';
import { isAlwaysTrue } from './condition.js';
import type { SqlToken } from './lexer.js';
import { hasWords, isWord, spanOf } from './statement-tokens.js';
import { CATALOG_TABLES } from './verbs.js';

/** UPDATE and DELETE: what the WHERE condition leaves. */
export function judgeRowChange(tokens: readonly SqlToken[], verb: 'UPDATE' | 'DELETE'): Signal {
  const depth = tokens[0]?.depth ?? 0;
  const where = tokens.findIndex((token) => token.depth === depth && isWord(token, 'WHERE'));
  const condition = where < 0 ? [] : tokens.slice(where + 1, endOfCondition(tokens, where + 1, depth));
  const everyRow = isAlwaysTrue(condition);
  const common = {
    effects: ['db.write', 'data.delete'] as const,
    reversible: false,
    ...spanOf(tokens),
    targets: targetsOf(tokens),
  };
  if (touchesCatalog(tokens)) {
    return signal('sql.catalog-change', 'critical', 'Changes the system catalogue or accounts directly.', common);
  }
  if (verb === 'DELETE') {
    return everyRow
      ? signal('sql.delete.all', 'destructive', 'Deletes every row of a table.', {
          ...common,
          alternative: 'Name the rows to delete in a WHERE condition, and count them with SELECT first.',
        })
      : signal('sql.delete', 'destructive', 'Deletes rows.', {
          ...common,
          alternative: 'Count the rows with SELECT and the same WHERE condition first.',
        });
  }
  if (everyRow) {
    return signal('sql.update.all', 'destructive', 'Overwrites every row of a table.', {
      ...common,
      effects: ['db.write'],
      alternative: 'Name the rows to change in a WHERE condition.',
    });
  }
  return signal('sql.update', 'moderate', 'Changes rows.', { ...common, effects: ['db.write'] });
}

function endOfCondition(tokens: readonly SqlToken[], from: number, depth: number): number {
  const stops = new Set(['RETURNING', 'ORDER', 'LIMIT', 'OPTION', 'GROUP', 'UNION']);
  const end = tokens.findIndex(
    (token, at) =>
      at >= from && (token.depth < depth || (token.depth === depth && token.kind === 'word' && stops.has(token.text))),
  );
  return end < 0 ? tokens.length : end;
}

/** INSERT and REPLACE. */
export function judgeInsert(tokens: readonly SqlToken[]): Signal {
  const verb = tokens[0]?.text.toLowerCase() ?? 'insert';
  const common = { effects: ['db.write'] as const, ...spanOf(tokens), targets: targetsOf(tokens) };
  if (touchesCatalog(tokens)) {
    return signal('sql.catalog-change', 'critical', 'Changes the system catalogue or accounts directly.', common);
  }
  if (isWord(tokens[1], 'OVERWRITE')) {
    return signal('sql.insert.overwrite', 'destructive', 'Replaces the rows of a table.', common);
  }
  return signal(`sql.${verb}`, 'moderate', 'Adds rows.', common);
}

/** MERGE: it is as bad as its branches. */
export function judgeMerge(tokens: readonly SqlToken[]): Signal {
  const deletes = hasWords(tokens, 'THEN', 'DELETE');
  return signal(
    'sql.merge',
    deletes ? 'destructive' : 'moderate',
    'Adds, changes or deletes rows by comparing two tables.',
    {
      effects: deletes ? ['db.write', 'data.delete'] : ['db.write'],
      reversible: deletes ? false : 'unknown',
      ...spanOf(tokens),
    },
  );
}

/** Names after the verb, as far as they are plain: `UPDATE a.b` acts on `a.b`. */
function targetsOf(tokens: readonly SqlToken[]): readonly string[] {
  const skip = new Set(['FROM', 'INTO', 'ONLY', 'LOW_PRIORITY', 'IGNORE', 'QUICK', 'OR', 'REPLACE', 'TOP', 'TABLE']);
  let at = 1;
  while (tokens[at]?.kind === 'word' && skip.has(tokens[at]?.text ?? '')) {
    at++;
  }
  const parts: string[] = [];
  for (
    let token = tokens[at];
    token !== undefined && (token.kind === 'word' || token.kind === 'quoted');
    token = tokens[at]
  ) {
    parts.push(token.kind === 'word' ? token.text.toLowerCase() : token.text);
    if (tokens[at + 1]?.text !== '.') {
      break;
    }
    at += 2;
  }
  return parts.length === 0 ? [] : [parts.join('.')];
}

function touchesCatalog(tokens: readonly SqlToken[]): boolean {
  const target = targetsOf(tokens)[0]?.toLowerCase() ?? '';
  const [schema, table] = target.includes('.') ? target.split('.') : ['', target];
  return (
    CATALOG_TABLES.has(table ?? '') ||
    schema === 'pg_catalog' ||
    schema === 'sys' ||
    (schema === 'mysql' && table !== '')
  );
}
