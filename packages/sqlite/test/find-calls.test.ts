import type { CallFilter } from '@countersign/audit';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileCallFilter } from '../src/find-calls.js';
import { SCHEMA } from '../src/schema.js';
import { SQL } from '../src/statements.js';

function planOf(filter: Partial<CallFilter>): string {
  const { sql, parameters } = compileCallFilter({ order: 'newest-first', limit: 100, ...filter });
  return enginePlan(sql, parameters);
}

/** The engine's plan, in its words. */
function enginePlan(sql: string, parameters: readonly unknown[]): string {
  const database = new SqliteDatabase(':memory:');
  for (const statement of SCHEMA) database.exec(statement);
  const rows: unknown = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
  database.close();
  return z
    .array(z.object({ detail: z.string() }))
    .parse(rows)
    .map(({ detail }) => detail)
    .join('; ');
}

describe('the plan of a search for calls', () => {
  const inOrder: readonly (readonly [string, Partial<CallFilter>, RegExp])[] = [
    ['the newest page walks the index of calls', {}, /^SCAN entries USING (COVERING )?INDEX calls_by_index$/],
    ['the next page starts in it', { after: 70 }, /^SEARCH entries USING (COVERING )?INDEX calls_by_index \(idx<\?\)$/],
    ['the oldest page walks it the other way', { order: 'oldest-first' }, /INDEX calls_by_index$/],
    ['a session has its index', { session: 's' }, /INDEX calls_by_session \(session=\?\)$/],
    [
      'a later page of a session starts in it',
      { session: 's', after: 9 },
      /calls_by_session \(session=\? AND idx<\?\)$/,
    ],
    ['a level has its index', { risk: ['critical'] }, /INDEX calls_by_risk \(risk=\?\)$/],
    ['a tool has its index', { tool: 't' }, /INDEX calls_by_tool \(tool=\?\)$/],
    ['a session since a time is found by session', { session: 's', since: '2026' }, /INDEX calls_by_session/],
  ];
  it.each(inOrder)('%s, and nothing is sorted', (_, filter, plan) => {
    expect(planOf(filter)).toMatch(plan);
    expect(planOf(filter)).not.toContain('TEMP B-TREE');
  });

  it('several levels are merged in order, each from its index', () => {
    const plan = planOf({ risk: ['critical', 'destructive', 'moderate'] });
    expect(plan.match(/INDEX calls_by_risk \(risk=\?\)/g)).toHaveLength(3);
    expect(plan).toContain('MERGE (UNION ALL)');
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it.each([
    ['since', { since: '2026-11-21' }],
    ['since, until', { since: '2026-11-21', until: '2026-11-22' }],
  ])('calls by %s come from the index of times', (_, filter) => {
    expect(planOf(filter)).toMatch(/SEARCH entries USING (COVERING )?INDEX calls_by_time \(time>/);
  });

  it('a pattern with a fixed beginning comes from the index of tools', () => {
    expect(planOf({ tool: 'run_*' })).toMatch(/INDEX calls_by_tool \(tool>\? AND tool<\?\)/);
  });
});

describe('the plan of the search for a grant', () => {
  it('finds the grants of a call by their index, so that those of other calls cost nothing', () => {
    expect(enginePlan(SQL.grantsFor, ['digest', 'session', 1])).toMatch(
      /^SEARCH approval_grants USING INDEX live_grants \(<expr>=\? AND <expr>=\? AND <expr>>\?\)/,
    );
  });
});
