import { compareRisk } from '@countersign/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifyShell, classifySql, createClassifier } from '../src/index.js';
import { loadPostgresParser, type PostgresParser } from '../src/postgres/index.js';
import { SQL_CASES } from './sql-cases.js';

const seed = 20_261_130;
let postgres: PostgresParser;
beforeAll(async () => {
  postgres = await loadPostgresParser();
});

const levelOf = (sql: string) => classifySql(sql, { dialect: 'postgres', postgres }).level;

describe('with the parser of PostgreSQL', () => {
  const cases = SQL_CASES.filter(([dialect]) => dialect === 'postgres' || dialect === 'any');

  it.each(cases)('in %s, %s is no lower than without, nor higher where it is accepted: %s', (_, __, sql) => {
    const alone = classifySql(sql, { dialect: 'postgres' }).level;
    const both = levelOf(sql);
    expect(compareRisk(both, alone)).toBeGreaterThanOrEqual(0);
    if (postgres.parse(sql) !== undefined) expect(both).toBe(alone);
  });

  it('nothing that PostgreSQL refuses is safe', () => {
    for (const sql of [
      'SELECT FROM WHERE',
      'SELECT * FROM t LIMIT 1 OFFSET',
      'SELECT `a` FROM t',
      'SELECT 1\0; DROP TABLE t',
      '',
    ]) {
      expect(postgres.parse(sql)).toBeUndefined();
      expect(levelOf(sql)).not.toBe('safe');
    }
  });

  it('says which statements there are', () => {
    const { signals } = classifySql('SELECT 1; ALTER TABLE t DROP COLUMN a; DELETE FROM t', {
      dialect: 'postgres',
      postgres,
    });
    expect(signals.find(({ id }) => id.startsWith('sql.postgres'))?.text).toBe(
      'PostgreSQL reads this as SELECT, ALTER TABLE, DELETE.',
    );
  });

  it.each([
    ['safe', 'SELECT lower(name), extract(year FROM born) FROM users WHERE name ILIKE $1'],
    ['safe', 'EXPLAIN (ANALYZE off) DELETE FROM users'],
    ['safe', 'EXPLAIN SELECT 1'],
    ['destructive', 'EXPLAIN (ANALYZE, FORMAT json) DELETE FROM users'],
    ['destructive', 'WITH gone AS (DELETE FROM users RETURNING 1) SELECT count(*) FROM gone'],
    ['moderate', 'SELECT public.lower(name) FROM users'],
    ['moderate', 'SELECT * FROM users FOR UPDATE'],
    ['moderate', 'CREATE VIEW v AS SELECT 1'],
    ['destructive', "COPY users TO PROGRAM 'gzip > /tmp/u.gz'"],
    ['destructive', 'UPDATE users SET name = $1'],
    ['critical', 'DROP DATABASE shop'],
  ] as const)('is %s: %s', (level, sql) => {
    expect(levelOf(sql)).toBe(level);
  });

  it('deep nesting is refused or read, and the next text is read again', () => {
    for (const depth of [100, 5_000, 40_000]) levelOf(`SELECT ${'('.repeat(depth)}1${')'.repeat(depth)}`);
    expect(levelOf('SELECT 1')).toBe('safe');
  });

  it(`a mutated text is never lower than without it (seed ${seed})`, () => {
    const text = fc.tuple(
      fc.constantFrom(...cases.map(([, , sql]) => sql)),
      fc.nat(200),
      fc.constantFrom('', "'", '(', '/*', '--', ';', '$$', '\\', '"'),
    );
    fc.assert(
      fc.property(text, ([sql, at, extra]) => {
        const changed = sql.slice(0, at) + extra + sql.slice(at);
        return compareRisk(levelOf(changed), classifySql(changed, { dialect: 'postgres' }).level) >= 0;
      }),
      { seed, numRuns: 400 },
    );
  });
});

describe('who asks the parser', () => {
  it('psql does, and a client of another database does not', () => {
    const options = { postgres };
    expect(classifyShell('psql -c "SELECT 1"', options).level).toBe('safe');
    expect(classifyShell('psql -c "SELECT * FROM t LIMIT 1 OFFSET"', options).level).toBe('moderate');
    expect(classifyShell('psql -c "\\dt"', options).level).toBe('safe');
    expect(classifyShell("mysql -e 'SELECT `a` FROM t'", options).level).toBe('safe');
  });

  it('arguments do where the dialect is stated', () => {
    const call = { tool: { name: 'query' }, args: { sql: 'SELECT `a` FROM t' } };
    expect(createClassifier({ postgres }).classify(call).level).toBe('safe');
    expect(createClassifier({ postgres, sqlDialect: 'postgres' }).classify(call).level).toBe('moderate');
  });
});
