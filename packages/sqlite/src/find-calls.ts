/**
 * The query for begin entries: conditions over derived columns, paged by index. Pure.
 */

import type { CallFilter } from '@countersign/audit';
import { IS_BEGIN } from './schema.js';

/** SQL text with its parameters. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** Compiles a filter. Every statement answers indexes, in order, from an index that is in that order or is sorted. */
export function compileCallFilter(filter: CallFilter): Query {
  const isNewestFirst = filter.order === 'newest-first';
  const common = [
    equal('session', filter.session),
    toolCondition(filter.tool),
    among('decision', filter.decision),
    equal('actor', filter.actor),
    compare('time >= ?', filter.since),
    compare('time < ?', filter.until),
    compare(isNewestFirst ? 'idx < ?' : 'idx > ?', filter.after),
  ].filter((condition) => condition !== undefined);
  // One arm for each level: the engine merges arms that are in order, where one condition over several levels is sorted whole.
  const arms = levelConditions(filter.risk).map((level) => arm([...level, ...common]));
  const order = `${isSortedByTime(filter) ? '+idx' : 'idx'} ${isNewestFirst ? 'DESC' : 'ASC'}`;
  const sql = `${arms.map((one) => one.sql).join(' UNION ALL ')} ORDER BY ${order} LIMIT ?`;
  return { sql, parameters: [...arms.flatMap((one) => one.parameters), filter.limit] };
}

/**
 * Recent calls alone are found by time and sorted (the plus keeps the engine from going through all calls in order): a look at
 * the last hour must not cost a look at every year.
 */
function isSortedByTime({ since, session, risk, tool }: CallFilter): boolean {
  return since !== undefined && session === undefined && risk === undefined && tool === undefined;
}

function arm(conditions: readonly Query[]): Query {
  const where = [IS_BEGIN, ...conditions.map(({ sql }) => sql)].join(' AND ');
  return {
    sql: `SELECT idx FROM entries WHERE ${where}`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

function levelConditions(risk: CallFilter['risk']): readonly (readonly Query[])[] {
  if (risk === undefined) return [[]];
  if (risk.length === 0) return [[{ sql: 'FALSE', parameters: [] }]];
  return [...new Set(risk)].map((level) => [{ sql: 'risk = ?', parameters: [level] }]);
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
