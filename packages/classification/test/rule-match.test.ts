/** What rules match: programs, verbs, paths, actors, sessions, conditions; and that they fail closed. */

import { describe, expect, it } from 'vitest';
import { type ClassifiedCall, createClassifier, type RiskRule, type RiskRuleMatch } from '../src/index.js';
import { compileConditions } from '../src/policy-file/index.js';

const WORLD = { workspace: '/home/dev/project', home: '/home/dev', guardPaths: ['/home/dev/.countersign'] };

const shell = (command: string): ClassifiedCall => ({ tool: { name: 'run_shell' }, args: { command } });
const sql = (text: string): ClassifiedCall => ({ tool: { name: 'execute_sql' }, args: { sql: text } });

/** Whether a rule with these conditions marks the call. */
function marks(match: RiskRuleMatch, call: ClassifiedCall, more: Partial<RiskRule> = {}): boolean {
  const rules = [{ id: 'r', match, reason: 'Because.', ...more }];
  return createClassifier({ ...WORLD, rules })
    .classify(call)
    .signals.some(({ id }) => id === 'rule.r');
}

describe('a rule on programs', () => {
  it.each([
    'terraform apply',
    'cd infra && terraform plan',
    'sudo /usr/bin/terraform destroy',
    'env TF_LOG=1 terraform apply',
    'bash -c "terraform apply"',
    'echo x | xargs terraform import a',
    'find . -name x -exec terraform apply \\;',
    't=terraform; $t apply',
  ])('finds it in %s', (command) => {
    expect(marks({ program: 'terraform' }, shell(command))).toBe(true);
  });

  it('does not find it in a word, and not in a call without commands', () => {
    expect(marks({ program: 'terraform' }, shell('echo terraform'))).toBe(false);
    expect(marks({ program: 'terraform' }, { tool: { name: 'read_file' }, args: { path: 'terraform' } })).toBe(false);
  });

  it('holds for a program that is not known before it runs, and not where the rule relaxes', () => {
    expect(marks({ program: 'terraform' }, shell('$TOOL apply'))).toBe(true);
    expect(marks({ program: 'git' }, shell('$TOOL status'), { every: true })).toBe(false);
  });

  it('that relaxes wants every program to be named', () => {
    expect(marks({ program: ['git', 'cd'] }, shell('cd a && git commit -m x'), { every: true })).toBe(true);
    expect(marks({ program: 'git' }, shell('git commit -m x; rm -rf src'), { every: true })).toBe(false);
    expect(marks({ program: 'git' }, shell('git commit -m "$(rm -rf src)"'), { every: true })).toBe(false);
  });

  it('finds programs in calls of tools within arguments', () => {
    const call = {
      tool: { name: 'call_tool' },
      args: { tool: 'run_shell', arguments: { command: 'terraform apply' } },
    };
    expect(marks({ program: 'terraform' }, call)).toBe(true);
  });
});

describe('a rule on verbs of SQL', () => {
  it.each([
    'DELETE FROM t',
    'SELECT 1; delete from t',
    'WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x',
    'EXPLAIN ANALYZE DELETE FROM t',
  ])('finds DELETE in %s', (text) => expect(marks({ sql: 'delete' }, sql(text))).toBe(true));

  it('does not take names, texts and comments for verbs', () => {
    expect(marks({ sql: 'DELETE' }, sql(`SELECT 'delete', "delete", t.delete FROM t -- delete`))).toBe(false);
  });

  it('that relaxes wants every verb to be named', () => {
    expect(marks({ sql: 'INSERT' }, sql('INSERT INTO t VALUES (1)'), { every: true })).toBe(true);
    expect(marks({ sql: 'INSERT' }, sql('INSERT INTO t VALUES (1); DROP TABLE t'), { every: true })).toBe(false);
  });
});

describe('a rule on paths', () => {
  const write = (path: string): ClassifiedCall => ({ tool: { name: 'write_file' }, args: { path, content: '' } });

  it('resolves what stands in the call and in the rule', () => {
    expect(marks({ path: 'infra/*' }, write('/home/dev/project/infra/main.tf'))).toBe(true);
    expect(marks({ path: 'infra/*' }, write('src/../infra/main.tf'))).toBe(true);
    expect(marks({ path: '~/project/infra/*' }, write('infra/main.tf'))).toBe(true);
    expect(marks({ path: 'infra/*' }, write('src/infra.ts'))).toBe(false);
  });

  it('finds them among the words and redirections of commands', () => {
    expect(marks({ path: 'infra/*' }, shell('cp a infra/main.tf'))).toBe(true);
    expect(marks({ path: 'infra/*' }, shell('cd infra && sed -i s/a/b/ main.tf'))).toBe(true);
    expect(marks({ path: 'infra/*' }, shell('echo x > infra/main.tf'))).toBe(true);
    expect(marks({ path: 'infra/*' }, shell('dd of=infra/main.tf'))).toBe(true);
  });

  it('never relaxes anything for a command', () => {
    expect(marks({ path: 'infra/*' }, write('infra/a'), { every: true })).toBe(true);
    expect(marks({ path: 'infra/*' }, shell('rm infra/a'), { every: true })).toBe(false);
  });
});

describe('a rule on who calls', () => {
  const call = { ...shell('ls'), context: { actor: { kind: 'agent', id: 'intern-7' }, session: 'nightly-1' } };

  it('matches the actor and the session, and nothing where there is none', () => {
    expect(marks({ actor: 'intern-*' }, call)).toBe(true);
    expect(marks({ session: ['weekly-*', 'nightly-?'] }, call)).toBe(true);
    expect(marks({ actor: 'intern-*' }, shell('ls'))).toBe(false);
    expect(marks({ session: '*' }, shell('ls'))).toBe(false);
  });
});

describe('levels', () => {
  const rule = (id: string, more: Partial<RiskRule>): RiskRule => ({
    id,
    match: { tool: '*' },
    reason: 'Because.',
    ...more,
  });
  const levelOf = (rules: readonly RiskRule[], call: ClassifiedCall) =>
    createClassifier({ ...WORLD, rules }).classify(call).level;

  it('are not lowered below what another rule says', () => {
    const lower = rule('a', { level: 'safe', override: true });
    const floor = rule('b', { level: 'moderate' });
    const call = { tool: { name: 'delete_draft' }, args: {} };
    expect(levelOf([lower], call)).toBe('safe');
    expect(levelOf([lower, floor], call)).toBe('moderate');
    expect(levelOf([floor, lower], call)).toBe('moderate');
  });

  it.each([
    'rm -rf /',
    'rm -rf ~/.countersign',
    'countersign approve 1',
    'npx countersign policy',
    'cat ~/.countersign/keys/log.key',
    'sqlite3 ~/.countersign/agent-audit.db "delete from entries"',
  ])('stay critical for %s, whatever a rule says', (command) => {
    expect(levelOf([rule('a', { level: 'safe', override: true })], shell(command))).toBe('critical');
  });

  it('stay as they are under a rule in shadow, which says what it would do', () => {
    const shadow = rule('a', { level: 'critical', shadow: true });
    const { level, signals } = createClassifier({ rules: [shadow] }).classify(shell('ls'));
    expect(level).toBe('safe');
    expect(signals).toContainEqual(
      expect.objectContaining({ id: 'shadow.a', text: 'In shadow: the rule would make this call critical. Because.' }),
    );
  });

  it('are the same with a mark beside them', () => {
    const call = shell('git commit -m x');
    const { level, confidence, reversible } = createClassifier(WORLD).classify(call);
    const marked = createClassifier({ ...WORLD, rules: [rule('a', {})] }).classify(call);
    expect(marked).toMatchObject({ level, confidence, reversible });
    expect(marked.reasons.at(-1)).toMatchObject({ id: 'rule.a', text: 'Because.' });
  });
});

describe('a condition', () => {
  async function holds(text: string, args: ClassifiedCall['args'], more: Partial<RiskRule> = {}): Promise<boolean> {
    const { conditions, faults } = await compileConditions([text]);
    expect(faults).toEqual([]);
    const rules = [{ id: 'r', match: { if: text }, reason: 'Because.', ...more }];
    const classifier = createClassifier({ ...WORLD, rules, conditions });
    const call = {
      tool: { name: 'pay', server: 'bank' },
      args,
      context: { actor: { kind: 'agent', id: 'a', role: 'clerk' }, session: 's' },
    };
    return classifier.classify(call).signals.some(({ id }) => id === 'rule.r');
  }

  it.each([
    ['args.amount > 100', { amount: 150 }, true],
    ['args.amount > 100.5', { amount: 100 }, false],
    ['has(args.note) && args.note.contains("gift")', { amount: 1 }, false],
    ['args.items.exists(i, i.price > 5)', { items: [{ price: 1 }, { price: 9 }] }, true],
    ['tool == "pay" && server == "bank" && role == "clerk" && session == "s"', {}, true],
    ['"rm" in programs', { command: 'rm a' }, true],
    ['level in ["safe", "moderate"] && confidence < 0.1', { amount: 1 }, false],
  ])('%s over %j is %s', async (text, args, expected) => {
    expect(await holds(text, args)).toBe(expected);
  });

  it('that cannot be worked out holds for a rule that restricts, and not for one that relaxes', async () => {
    expect(await holds('args.amount > 100', {})).toBe(true);
    expect(await holds('args.amount > 100', { amount: 'many' })).toBe(true);
    expect(await holds('args.amount > 100', {}, { every: true })).toBe(false);
    const many = { items: Array.from({ length: 6_000 }, (_, at) => at) };
    expect(await holds('args.items.exists(i, i < 0)', many)).toBe(true);
    expect(await holds('args.items.all(i, i >= 0)', many, { every: true })).toBe(false);
  });

  it('sees own members of arguments alone', async () => {
    expect(await holds('has(args.constructor) || has(args.__proto__) || has(args.toString)', {})).toBe(false);
  });

  it.each([
    ['args.amount >', /expected a condition in CEL/],
    ['amount > 1', /Unknown variable/],
    ['tool', /true or false, found one of type string/],
    ['tool.matches("(a+)+$")', /no regular expressions/],
    ['args.a.exists(x, args.b.exists(y, x == y))', /within another/],
    [`tool == "${'x'.repeat(1_000)}"`, /at most 1000/],
    [Array.from({ length: 200 }, () => 'true').join('&&'), /expected a condition/],
  ])('%s is refused when it is compiled', async (text, message) => {
    const { conditions, faults } = await compileConditions([text]);
    expect(faults).toEqual([{ text, message: expect.stringMatching(message) }]);
    expect(conditions.has(text)).toBe(false);
  });

  it('that was not compiled is refused when the classifier is made', () => {
    const rules = [{ id: 'r', match: { if: 'true' }, reason: 'Because.' }];
    expect(() => createClassifier({ rules })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
