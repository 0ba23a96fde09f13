/**
 * The query for begin entries: conditions over derived columns, paged by index.
 */

import type { CallFilter } from '@countersign/audit';
import { IS_BEGIN } from './schema.js';

/** SQL text with its parameters. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** Compiles a filter. */
export function compileCallFilter(filter: CallFilter): Query {
  const newestFirst = filter.order === 'newest-first';
  const conditions = [
    equal('session', filter.session),
    among('risk', filter.risk),
    toolCondition(filter.tool),
    among('decision', filter.decision),
    equal('actor', filter.actor),
    compare('time >= ?', filter.since),
    compare('time < ?', filter.until),
    compare(newestFirst ? 'idx < ?' : 'idx > ?', filter.after),
  ].filter((condition) => condition !== undefined);
  const where = [IS_BEGIN, ...conditions.map((condition) => condition.sql)].join(' AND ');
  const sql = `SELECT idx FROM entries WHERE ${where} ORDER BY idx ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`;
  return { sql, parameters: [...conditions.flatMap((condition) => condition.parameters), filter.limit] };
}

function equal(column: string, value: string | undefined): Query | undefined {
  return compare(`${column} = ?`, value);
}

function compare(sql: string, value: string | number | undefined): Query | undefined {
  return value === undefined ? undefined : { sql, parameters: [value] };
}

function among(column: string, values: readonly string[] | undefined): Query | undefined {
  if (values === undefined) return undefined;
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, parameters: values };
}

/** `*` stands for any text; everything that GLOB would read otherwise is taken literally. */
function toolCondition(tool: string | undefined): Query | undefined {
  if (tool === undefined || !tool.includes('*')) return equal('tool', tool);
  return { sql: 'tool GLOB ?', parameters: [tool.replace(/[[?]/g, '[$&]')] };
}
