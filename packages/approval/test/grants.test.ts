import {
  type ArgumentPattern,
  explainGrantMismatch,
  type GrantCandidate,
  type GrantRecord,
  type GrantScope,
  grantFromDecision,
  issueGrant,
  matchesGrant,
  revokeGrant,
  suggestPatterns,
  useGrant,
} from '@countersign/approval';
import { sampleDigest, sampleGrant, sampleRequest } from '@countersign/approval/testing';
import type { JsonValue } from '@countersign/core';
import { describe, expect, it } from 'vitest';

const grant = sampleGrant();
const record: GrantRecord = { grant, version: 1, used: 0, revoked: false };
const NOW = grant.issuedAtUs + 1;

const similar: GrantCandidate = {
  tool: grant.tool,
  toolDigest: grant.toolDigest,
  session: 'session-1',
  risk: 'destructive',
  signals: ['filesystem.delete'],
  ruleSet: grant.ruleSet,
  policy: grant.policy,
  args: { path: '/work/b.txt' },
};

describe('a grant', () => {
  it('answers a similar call, and a less risky one with fewer reasons', () => {
    expect(matchesGrant(record, similar, NOW)).toBe(true);
    expect(matchesGrant(record, { ...similar, risk: 'moderate', signals: [] }, NOW)).toBe(true);
  });

  const others: [string, Partial<GrantCandidate>, string][] = [
    ['a critical call', { risk: 'critical' }, 'critical'],
    ['another tool', { tool: 'delete_folder' }, 'tool'],
    ['the same tool of a server', { server: 'fs' }, 'server'],
    ['a tool whose definition changed', { toolDigest: sampleDigest('Z') }, 'tool-changed'],
    ['another session', { session: 'session-2' }, 'session'],
    ['another rule set', { ruleSet: 'rules-2' }, 'rule-set'],
    ['another policy', { policy: sampleDigest('Z') }, 'policy'],
    ['a reason that was not among the approved ones', { signals: ['filesystem.delete', 'path.outside'] }, 'signal'],
    ['an argument outside its pattern', { args: { path: '/work2/b.txt' } }, 'argument'],
    ['a call without the argument', { args: {} }, 'argument'],
  ];
  it.each(others)('does not answer %s', (_, over, mismatch) => {
    expect(explainGrantMismatch(record, { ...similar, ...over }, NOW)).toBe(mismatch);
  });

  it('does not answer a riskier call, nor one without a session', () => {
    const mild = { ...record, grant: { ...grant, maxRisk: 'moderate' as const } };
    expect(explainGrantMismatch(mild, similar, NOW)).toBe('risk');
    const { session: _, ...withoutSession } = similar;
    expect(explainGrantMismatch(record, withoutSession, NOW)).toBe('session');
  });

  it('never answers a critical call, even where a row claims so', () => {
    const forged = { ...record, grant: { ...grant, maxRisk: 'critical' as const } };
    expect(explainGrantMismatch(forged, { ...similar, risk: 'critical' }, NOW)).toBe('critical');
    expect(explainGrantMismatch(forged, similar, NOW)).toBe('critical');
  });

  it('answers in every session when it is bound to none', () => {
    const { session: _, ...unbound } = grant;
    expect(matchesGrant({ ...record, grant: unbound }, { ...similar, session: 'session-2' }, NOW)).toBe(true);
  });

  it('is used up after its number of uses', () => {
    let current = issued({ ...grant, uses: 2 });
    for (const used of [1, 2]) {
      const result = useGrant(current, similar, NOW);
      if (!result.ok) throw new Error(result.code);
      expect(result.record).toEqual({ ...current, used, version: current.version + 1 });
      current = result.record;
    }
    expect(useGrant(current, similar, NOW)).toEqual({ ok: false, code: 'NOT_SIMILAR', current, mismatch: 'used-up' });
  });

  it('ends at its time, to the microsecond', () => {
    expect(matchesGrant(record, similar, grant.expiresAtUs - 1)).toBe(true);
    expect(useGrant(record, similar, grant.expiresAtUs)).toMatchObject({ ok: false, mismatch: 'expired' });
  });

  it('answers nothing once it is revoked, and is revoked once', () => {
    const result = revokeGrant(record);
    if (!result.ok) throw new Error(result.code);
    expect(result.record).toEqual({ ...record, version: 2, revoked: true });
    expect(useGrant(result.record, similar, NOW)).toMatchObject({ ok: false, mismatch: 'revoked' });
    expect(revokeGrant(result.record)).toMatchObject({ ok: false, code: 'REVOKED' });
  });

  it('is not there before it is issued, and is issued once', () => {
    expect(useGrant(undefined, similar, NOW)).toEqual({ ok: false, code: 'NOT_FOUND' });
    expect(revokeGrant(undefined)).toEqual({ ok: false, code: 'NOT_FOUND' });
    expect(issueGrant(record, grant)).toMatchObject({ ok: false, code: 'DUPLICATE' });
  });
});

describe('argument patterns', () => {
  const table: [ArgumentPattern['kind'], JsonValue, JsonValue, boolean][] = [
    ['equals', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ['equals', 1, '1', false],
    ['equals', null, false, false],
    ['prefix', 'https://a.example/', 'https://a.example/x', true],
    ['prefix', 'https://a.example/', 'https://a.example.evil/x', false],
    ['prefix', '1', 12, false],
    ['at-most', 100, 100, true],
    ['at-most', 100, 100.5, false],
    ['at-most', 100, '5', false],
    ['under', '/app', '/app/x', true],
    ['under', '/app/', '/app/x/../y', true],
    ['under', '/app', '/app', false],
    ['under', '/app', '/app/', false],
    ['under', '/app', '/app2/x', false],
    ['under', '/app', '/app/../etc/passwd', false],
    ['under', '/app', '/app/x/../../app2', false],
    ['under', '/app', '//app//x', true],
    ['under', '/', '/etc', true],
    ['under', '/app', 'app/x', false],
    ['under', 'src', 'src/./a', true],
    ['under', 'src', '/src/a', false],
    ['under', '.', 'a.txt', true],
    ['under', '.', '../a.txt', false],
    ['under', '.', '~/a.txt', false],
    ['under', '.', '$HOME/a.txt', false],
    ['under', '..', '../a.txt', false],
    ['under', '/app', '/app/..\\..\\etc', false],
    ['under', '/app', '/app/%2e%2e/etc', false],
    ['under', '/app', '/app/x\0/../..', false],
    ['under', '/app', 7, false],
    ['under', '/app', '/app/%252e%252e/etc', false],
    ['under', '.', ' /etc/passwd', false],
    ['under', '.', 'a.txt\u00a0', false],
    ['under', '.', 'file:///etc/passwd', false],
    ['under', '.', 'https://evil.example/a', false],
    ['under', '.', 'C:/Windows/a', false],
    ['under', '/app', '/app/\uff0e\uff0e/\uff0e\uff0e/etc/passwd', false],
    ['under', '/app', '/app/\u2025\uff0fetc', false],
    ['under', '/app', '/app/\u00e9t\u00e9/e\u0301', true],
    ['at-most', 2, { a: 1, b: 2 }, true],
    ['at-most', 2, { a: 1, b: 2, c: 3 }, false],
    ['at-most', 1, [1, 2], false],
    ['at-most', 1, null, false],
  ];
  it.each(table)('%s %j against %j answers %s', (kind, value, found, matches) => {
    const bound = { ...record, grant: { ...grant, arguments: [{ pointer: '/x', kind, value }] } };
    expect(matchesGrant(bound, { ...similar, args: { x: found } }, NOW)).toBe(matches);
  });

  it('reach into what is nested, by escaped names and positions, and nowhere else', () => {
    const args = { 'a/b': { '~': ['zero', 'one'] } };
    const at = (pointer: string, value: JsonValue) => {
      const bound = { ...record, grant: { ...grant, arguments: [{ pointer, kind: 'equals' as const, value }] } };
      return matchesGrant(bound, { ...similar, args }, NOW);
    };
    expect(at('/a~1b/~0/1', 'one')).toBe(true);
    expect(at('', args)).toBe(true);
    expect(at('/a~1b/~0/01', 'one')).toBe(false);
    expect(at('/a~1b/~0/length', 2)).toBe(false);
    expect(at('/toString', 'x')).toBe(false);
    expect(at('a', 'x')).toBe(false);
  });
});

describe('a grant from a decision', () => {
  const request = sampleRequest();
  const make = (scope: GrantScope, over: Parameters<typeof sampleRequest>[0] = {}) =>
    grantFromDecision({
      request: sampleRequest(over),
      scope,
      grantId: 'g-1',
      issuedBy: { kind: 'person', id: 'ada' },
      nowUs: 1_000,
    });

  it('takes the narrow defaults', () => {
    expect(make({})).toEqual({
      id: 'g-1',
      requestId: request.id,
      tool: request.tool,
      toolDigest: request.toolDigest,
      session: 'session-1',
      maxRisk: 'destructive',
      signals: request.signals,
      ruleSet: request.ruleSet,
      policy: request.policy,
      arguments: suggestPatterns(request.args),
      uses: 20,
      issuedBy: { kind: 'person', id: 'ada' },
      expiresAtUs: 1_000 + 3_600_000_000,
    });
  });

  it('takes what the approver names', () => {
    const named = make({ session: 'any', arguments: [], uses: 1, expiresInMs: 1_000 });
    expect(named).toMatchObject({ arguments: [], uses: 1, expiresAtUs: 1_001_000 });
    expect(named.session).toBeUndefined();
  });

  it('is never for a critical call, nor for a session that is not there', () => {
    expect(() => make({}, { risk: 'critical' })).toThrow(expect.objectContaining({ code: 'GRANT_NOT_ALLOWED' }));
    const { session: _, ...withoutSession } = request;
    const origin = {
      request: withoutSession,
      grantId: 'g',
      issuedBy: { kind: 'person', id: 'ada' },
      nowUs: 0,
    } as const;
    expect(() => grantFromDecision({ ...origin, scope: {} })).toThrow(
      expect.objectContaining({ code: 'GRANT_NOT_ALLOWED' }),
    );
    expect(grantFromDecision({ ...origin, scope: { session: 'any' } }).session).toBeUndefined();
  });

  it.each<[string, GrantScope]>([
    ['no use', { uses: 0 }],
    ['too many uses', { uses: 1_001 }],
    ['a life of more than 30 days', { expiresInMs: 31 * 24 * 3_600_000 }],
    ['a pointer that is none', { arguments: [{ pointer: 'path', kind: 'equals', value: 1 }] }],
    ['a number as a prefix', { arguments: [{ pointer: '/a', kind: 'prefix', value: 1 }] }],
    ['an empty prefix', { arguments: [{ pointer: '/a', kind: 'prefix', value: '' }] }],
    ['a text as a limit', { arguments: [{ pointer: '/a', kind: 'at-most', value: '9' }] }],
    ['too many patterns', { arguments: Array.from({ length: 17 }, () => ({ pointer: '', kind: 'equals', value: 1 })) }],
  ])('is refused for %s', (_, scope) => {
    expect(() => make(scope)).toThrow(expect.objectContaining({ code: 'DECISION_INVALID' }));
  });
});

describe('suggested patterns', () => {
  const equals = (name: string, value: JsonValue): ArgumentPattern => ({ pointer: `/${name}`, kind: 'equals', value });
  const under = (name: string, value: string): ArgumentPattern => ({ pointer: `/${name}`, kind: 'under', value });

  it.each<[string, Readonly<Record<string, JsonValue>>, readonly ArgumentPattern[]]>([
    ['keep a path in its folder', { path: '/w/a.txt' }, [under('path', '/w')]],
    ['keep a bare file name where it is', { file: 'a.txt' }, [under('file', '.')]],
    ['know a path by its form', { target: 'src/a_b/x' }, [under('target', 'src/a_b')]],
    ['keep a path with blanks in its folder', { filePath: '/w/my notes.txt' }, [under('filePath', '/w')]],
    ['know a path by the last words of its name', { output_file_name: 'a.txt' }, [under('output_file_name', '.')]],
    ['keep a file in the root alone, because the root holds everything', { path: '/a' }, [equals('path', '/a')]],
    ['keep a name that only contains the word of a path', { profile: 'ro' }, [equals('profile', 'ro')]],
    ['keep a word that only begins like one', { direction: 'north' }, [equals('direction', 'north')]],
    ['keep a command that looks like a path', { command: './deploy.sh' }, [equals('command', './deploy.sh')]],
    [
      'keep a URL at its origin',
      { url: 'https://a.example:8/x?y' },
      [{ pointer: '/url', kind: 'prefix', value: 'https://a.example:8/' }],
    ],
    ['keep a URL that is an origin alone', { url: 'https://a.example' }, [equals('url', 'https://a.example')]],
    [
      'keep names, numbers and lists',
      { to: 'bob', n: 3, all: ['x'] },
      [equals('to', 'bob'), equals('n', 3), equals('all', ['x'])],
    ],
    ['keep a name with blanks', { recipient: 'Bob Smith' }, [equals('recipient', 'Bob Smith')]],
    [
      'keep the first word of a command',
      { shellCommand: 'rm -r build' },
      [{ pointer: '/shellCommand', kind: 'prefix', value: 'rm ' }],
    ],
    ['leave contents to the classifier', { content: 'Dear all' }, []],
    ['escape names', { 'a/b~c': 1 }, [equals('a~1b~0c', 1)]],
    ['keep a call without arguments without any', {}, []],
  ])('%s', (_, args, patterns) => {
    const count = { pointer: '', kind: 'at-most', value: Object.keys(args).length };
    expect(suggestPatterns(args)).toEqual([...patterns, count]);
  });

  it('keep arguments that are no object', () => {
    expect(suggestPatterns(['x'])).toEqual([{ pointer: '', kind: 'equals', value: ['x'] }]);
  });

  it('keep everything where there are too many members', () => {
    const args = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`n${at}`, at]));
    expect(suggestPatterns(args)).toEqual([{ pointer: '', kind: 'equals', value: args }]);
  });

  it('do not answer a call with a further argument', () => {
    const bound = { ...record, grant: { ...grant, arguments: suggestPatterns({ path: '/work/a' }) } };
    expect(matchesGrant(bound, { ...similar, args: { path: '/work/b' } }, NOW)).toBe(true);
    expect(explainGrantMismatch(bound, { ...similar, args: { path: '/work/b', force: true } }, NOW)).toBe('argument');
  });
});

function issued(of: typeof grant): GrantRecord {
  const result = issueGrant(undefined, of);
  if (!result.ok) throw new Error(result.code);
  return result.record;
}
