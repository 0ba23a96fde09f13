import { compareRisk, EFFECTS, type JsonValue, type RiskLevel } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClassifier, RULE_SET_VERSION } from '../src/index.js';

const seed = 20_261_121;
const GUARD = '/home/dev/.countersign/agent-audit.db';
const classifier = createClassifier({ workspace: '/home/dev/project', home: '/home/dev', guardPaths: [GUARD] });

function classify(name: string, args: JsonValue) {
  return classifier.classify({ tool: { name }, args });
}

type CallCase = readonly [level: RiskLevel, tool: string, args: JsonValue];

const CALLS: readonly CallCase[] = [
  ['safe', 'run_shell', { command: 'ls -la' }],
  ['safe', 'bash', 'ls'],
  ['safe', 'exec', { command: ['ls', '-la'] }],
  ['destructive', 'run_shell', { command: 'rm -rf src' }],
  ['destructive', 'exec', { command: 'rm', args: ['-rf', 'src'] }],
  ['destructive', 'exec', { argv: ['rm', '-rf', 'src'] }],
  ['destructive', 'start', { options: { cmd: 'rm -rf src' } }],
  ['safe', 'query_database', { sql: 'SELECT * FROM users' }],
  ['safe', 'execute_sql', { sql: 'SELECT 1' }],
  ['destructive', 'query_database', { sql: 'DELETE FROM users' }],
  ['destructive', 'get_rows', { query: 'SELECT 1; DROP TABLE users' }],
  ['destructive', 'helper', { input: 'DROP TABLE users' }],
  ['safe', 'search_docs', { query: 'how to delete from a list' }],
  ['safe', 'read_file', { path: 'src/index.ts' }],
  ['moderate', 'http_request', { url: 'https://example.com' }],
  ['destructive', 'http_request', { url: 'https://example.com/x', method: 'DELETE' }],
  ['destructive', 'get_resource', { endpoint: '/repos/a/b', method: 'DELETE' }],
  ['critical', 'fetch', { url: 'http://169.254.169.254/latest/meta-data/' }],
  ['destructive', 'call_tool', { tool: 'delete_user', arguments: { id: 7 } }],
  ['safe', 'call_tool', { tool: 'get_user', arguments: { id: 7 } }],
  ['destructive', 'call_tool', { name: 'run_shell', arguments: { command: 'rm -rf src' } }],
  ['destructive', 'manage_users', { action: 'delete', id: 7 }],
  ['destructive', 'graphql', { query: 'mutation { deleteUser(id: 1) { id } }' }],
  ['moderate', 'graphql', { query: 'mutation M($a: Int) { updateUser(id: $a) { id } }' }],
  ['safe', 'graphql', { query: '{ user(id: 1) { name } }' }],
  ['safe', 'graphql', { query: 'query Q { deletedUsers { name } }' }],
  ['moderate', 'kubectl_apply', { manifest: 'apiVersion: apps/v1\nkind: Deployment\n' }],
  ['destructive', 'kubectl_apply', { manifest: 'apiVersion: rbac/v1\nkind: RoleBinding\n' }],
  ['critical', 'apply', { apiVersion: 'rbac/v1', kind: 'ClusterRoleBinding', roleRef: { name: 'cluster-admin' } }],
  ['moderate', 'run_python', { code: 'print(1 + 1)' }],
  ['destructive', 'run_python', { code: 'import os\nos.system("id")' }],
  ['destructive', 'evaluate', { expression: 'require("child_process").execSync("id")' }],
  ['destructive', 'deploy', { service: 'web', force: true }],
  ['destructive', 'transfer_funds', { amount: 25, to: 'bob' }],
  ['critical', 'transfer_funds', { amount: 250_000, to: 'bob' }],
  ['critical', 'add_member', { user: 'bob', role: 'admin' }],
  ['critical', 'send_message', { text: 'key: -----BEGIN PRIVATE KEY----- abc' }],
  ['critical', 'open_database', { location: GUARD }],
  ['moderate', 'create_note', { content: 'run `rm -rf /` and DROP TABLE users' }],
  ['moderate', 'create_note', { content: 'hello\u202eworld' }],
  ['safe', 'get_note', { id: 'family \u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u2764\ufe0f' }],
];

describe('the level of a call', () => {
  it.each(CALLS)('is %s for %s with %j', (level, tool, args) => {
    expect(classify(tool, args).level).toBe(level);
  });
});

describe('a classification', () => {
  it('has its worst reason first, the effects in their order, and names its rule set', () => {
    const classified = classify('query_database', { sql: 'SELECT 1; DELETE FROM a; DROP DATABASE b' });
    expect(classified.reasons[0]?.level).toBe('critical');
    expect(classified.effects).toEqual(EFFECTS.filter((effect) => classified.effects.includes(effect)));
    expect(classified.ruleSetVersion).toBe(RULE_SET_VERSION);
    expect(classified.parser).toEqual({ kind: 'sql', ok: true, errors: [] });
  });

  it('says where in the arguments the danger stands', () => {
    const { reasons } = classify('batch', { steps: [{ sql: 'SELECT 1; DROP TABLE t' }] });
    expect(reasons[0]?.at).toEqual({ pointer: '/steps/0/sql', start: 10, end: 22 });
  });

  it('says where in a nested call the danger stands', () => {
    const { reasons } = classify('call_tool', { tool: 'execute_sql', arguments: { sql: 'DROP TABLE t' } });
    expect(reasons[0]?.at?.pointer).toBe('/arguments/sql');
  });

  it('escapes names in pointers', () => {
    const { reasons } = classify('batch', { 'a/b~c': { sql: 'DROP TABLE t' } });
    expect(reasons[0]?.at?.pointer).toBe('/a~1b~0c/sql');
  });

  it('keeps its score within the band of its level', () => {
    const bands: Record<RiskLevel, readonly [number, number]> = {
      safe: [0, 24],
      moderate: [25, 49],
      destructive: [50, 79],
      critical: [80, 100],
    };
    for (const [, tool, args] of CALLS) {
      const { level, score } = classify(tool, args);
      expect(score).toBeGreaterThanOrEqual(bands[level][0]);
      expect(score).toBeLessThanOrEqual(bands[level][1]);
    }
  });
});

describe('the files of the guard', () => {
  const guarded = createClassifier({
    workspace: '/home/dev/project',
    home: '/home/dev',
    guardPaths: ['/home/dev/.countersign'],
  });
  const levelOf = (name: string, args: JsonValue) => guarded.classify({ tool: { name }, args }).level;

  it.each<readonly [string, JsonValue]>([
    ['write_file', { path: '/home/dev/.countersign/agent-audit.db', content: '' }],
    ['delete_file', { path: '/home/dev/project/../.countersign/agent-audit.db' }],
    ['read_file', { path: '/home/dev/.countersign/keys/log.key' }],
    ['query_db', { sql: "ATTACH '/home/dev/.countersign/agent-audit.db' AS a" }],
    ['run_python', { code: "open('/home/dev/.countersign/agent-audit.db', 'wb')" }],
    ['run_shell', { command: 'rm -rf /home/dev/.countersign' }],
  ])('are critical for %s with %j', (name, args) => {
    expect(levelOf(name, args)).toBe('critical');
  });

  it('may be named in a note', () => {
    expect(levelOf('create_note', { content: 'See /home/dev/.countersign' })).toBe('moderate');
  });
});

describe('limits', () => {
  it('raise a text that is too large, and never lower it', () => {
    const classified = classify('run_shell', { command: `ls ${'a'.repeat(10_000_000)}` });
    expect(classified.level).toBe('destructive');
    expect(classified.parser.ok).toBe(false);
  });

  it('raise arguments with too many values', () => {
    const classified = classify('get_user', { ids: Array.from({ length: 100_000 }, (_, at) => at) });
    expect(classified.level).toBe('moderate');
    expect(classified.parser.errors).toContain('ARGUMENTS_TOO_LARGE');
  });

  it('raise arguments that are nested too deeply', () => {
    let deep: JsonValue = 'x';
    for (let at = 0; at < 50_000; at++) {
      deep = [deep];
    }
    expect(classify('get_user', { deep }).level).not.toBe('safe');
  });

  it('stop at calls within calls that go on and on', () => {
    let args: JsonValue = { sql: 'SELECT 1' };
    for (let at = 0; at < 40; at++) {
      args = { tool: 'call_tool', arguments: args };
    }
    expect(compareRisk(classify('call_tool', args).level, 'destructive')).toBeGreaterThanOrEqual(0);
  });
});

describe('properties of classification', () => {
  const names = fc.constantFrom(
    'get_user',
    'run_shell',
    'execute_sql',
    'http_request',
    'delete_file',
    'call_tool',
    'graphql',
    'send_email',
    'frobnicate',
  );
  const keys = fc.constantFrom(
    'command',
    'sql',
    'path',
    'url',
    'method',
    'code',
    'query',
    'args',
    'tool',
    'arguments',
    'env',
    'cwd',
    'amount',
    'force',
    'content',
    'action',
    'kind',
    'apiVersion',
    '__proto__',
    '',
  );
  const leaves = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom('rm -rf /', 'SELECT 1', 'https://a.example', '/etc/passwd', 'DELETE', '{', "'"),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaves,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 5 }),
    ),
  }));

  it(`it never throws and always gives a reason (seed ${seed})`, () => {
    fc.assert(
      fc.property(names, tree, (name, args) => {
        const classified = classify(name, args);
        expect(classified.reasons.length).toBeGreaterThan(0);
        expect(classified.signals.every((found) => compareRisk(found.level, classified.level) <= 0)).toBe(true);
      }),
      { seed, numRuns: 500 },
    );
  });

  it(`the order of the arguments changes nothing (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        names,
        fc.dictionary(
          keys.filter((key) => key !== '__proto__'),
          leaves,
          { maxKeys: 6 },
        ),
        (name, args) => {
          const reversed = Object.fromEntries(Object.entries(args).toReversed());
          expect(classify(name, reversed)).toEqual(classify(name, args));
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it(`an argument more never lowers the level or the score, unless it is what a runner runs (seed ${seed})`, () => {
    const readers = fc.constantFrom('get_user', 'delete_file', 'send_email', 'update_row');
    fc.assert(
      fc.property(
        readers,
        fc.dictionary(fc.constantFrom('sql', 'note', 'amount', 'force'), leaves, { maxKeys: 3 }),
        leaves,
        (name, args, value) => {
          const before = classify(name, args);
          const after = classify(name, { ...args, extra: { sql: value } });
          expect(compareRisk(after.level, before.level)).toBeGreaterThanOrEqual(0);
          expect(after.score).toBeGreaterThanOrEqual(before.score);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it(`the same call has the same answer (seed ${seed})`, () => {
    fc.assert(
      fc.property(names, tree, (name, args) => {
        expect(classify(name, args)).toEqual(
          createClassifier({ workspace: '/home/dev/project', home: '/home/dev', guardPaths: [GUARD] }).classify({
            tool: { name },
            args,
          }),
        );
      }),
      { seed, numRuns: 200 },
    );
  });
});
