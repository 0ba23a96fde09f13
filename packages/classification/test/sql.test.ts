import { compareRisk } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnalyzerContext } from '../src/signal.js';
import { analyzeSql, type SqlDialect } from '../src/sql/index.js';
import { worstLevel } from './levels.js';
import { SQL_CASES } from './sql-cases.js';

const context: AnalyzerContext = { tempRoots: [], depth: 0, guardPaths: [] };
const seed = 20_261_121;

function levelOf(sql: string, dialect: SqlDialect | 'any' = 'any') {
  return worstLevel(analyzeSql(sql, context, dialect === 'any' ? {} : { dialect }).signals);
}

describe('the level of a SQL text', () => {
  it.each(SQL_CASES)('in %s is %s: %s', (dialect, level, sql) => {
    expect(levelOf(sql, dialect)).toBe(level);
  });

  it('is found in well over a hundred labelled cases', () => {
    expect(SQL_CASES.length).toBeGreaterThan(150);
  });

  it.each(SQL_CASES.filter(([dialect]) => dialect !== 'any'))(
    'without a dialect is no lower than in %s, %s: %s',
    (_, level, sql) => {
      expect(compareRisk(levelOf(sql), level)).toBeGreaterThanOrEqual(0);
    },
  );
});

describe('properties of SQL verdicts', () => {
  const anyCase = fc.constantFrom(
    ...SQL_CASES.filter(
      ([, , sql]) => sql !== '' && !sql.includes('open') && !sql.includes('!99999') && !sql.startsWith('\\'),
    ),
  );

  it(`stacked statements are at least the worst of them (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyCase, anyCase, ([, , first], [, , second]) => {
        const stacked = levelOf(`${first}\n; ${second}`);
        expect(compareRisk(stacked, levelOf(first))).toBeGreaterThanOrEqual(0);
      }),
      { seed, numRuns: 400 },
    );
  });

  it(`letter case and comments between words change nothing (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyCase, ([dialect, , sql]) => {
        expect(levelOf(`/* note */ ${sql} -- end`, dialect)).toBe(levelOf(sql, dialect));
      }),
      { seed, numRuns: 200 },
    );
  });

  it(`it never throws, and never calls an unterminated text safe (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (noise) => {
        expect(levelOf(`${noise} /*`)).not.toBe('safe');
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe('limits of SQL', () => {
  it('raises the level of a text that is too long to be read', () => {
    const analysis = analyzeSql(`SELECT 1 ${' '.repeat(200_000)}; DROP TABLE t`, context);
    expect(analysis.errors).toContain('SQL_TOO_LONG');
    expect(worstLevel(analysis.signals)).not.toBe('safe');
  });

  it('stops at SQL within SQL that is nested too deeply', () => {
    expect(analyzeSql('SELECT 1', { ...context, depth: 9 }).errors).toEqual(['SQL_TOO_DEEP']);
  });

  it('reads the rest of a batch after a lone carriage return in a comment', () => {
    expect(levelOf('SELECT 1 -- x\r DELETE FROM t', 'postgres')).toBe('destructive');
    expect(levelOf("SELECT 1 -- x\r '\nDELETE FROM t -- '", 'sqlite')).toBe('destructive');
  });
});
