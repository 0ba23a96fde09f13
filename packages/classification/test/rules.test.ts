import { describe, expect, it } from 'vitest';
import { createClassifier, type RiskRules } from '../src/index.js';

function levelWith(rules: RiskRules, name: string, args: Record<string, string> = {}) {
  return createClassifier({ rules }).classify({ tool: { name, server: 'crm' }, args }).level;
}

describe('risk rules', () => {
  it('raise a call that they match', () => {
    const rules: RiskRules = [{ id: 'r', match: { tool: 'get_*' }, level: 'critical', reason: 'Personal data.' }];
    expect(levelWith(rules, 'get_user')).toBe('critical');
    expect(levelWith(rules, 'list_users')).toBe('safe');
  });

  it('lower a call only with an override', () => {
    const rule = {
      id: 'r',
      match: { tool: 'delete_draft' },
      level: 'moderate',
      reason: 'Drafts are kept for a week.',
    } as const;
    expect(levelWith([rule], 'delete_draft')).toBe('destructive');
    expect(levelWith([{ ...rule, override: true }], 'delete_draft')).toBe('moderate');
  });

  it('never lower a critical finding', () => {
    const rules: RiskRules = [
      { id: 'r', match: { server: 'crm' }, level: 'safe', reason: 'Trust me.', override: true },
    ];
    expect(levelWith(rules, 'execute_sql', { sql: 'DROP DATABASE x' })).toBe('critical');
  });

  it('that raise win over rules that lower', () => {
    const rules: RiskRules = [
      { id: 'a', match: { tool: 'delete_x' }, level: 'safe', reason: 'Fine.', override: true },
      { id: 'b', match: { tool: '*' }, level: 'critical', reason: 'Not fine.' },
    ];
    expect(levelWith(rules, 'delete_x')).toBe('critical');
    expect(levelWith(rules.toReversed(), 'delete_x')).toBe('critical');
  });

  it('match the server, the effect, the level and an argument', () => {
    const raised = (match: RiskRules[number]['match']) =>
      levelWith([{ id: 'r', match, level: 'critical', reason: 'x' }], 'send_email', { to: 'ceo@example.com' });
    expect(raised({ server: 'c*m' })).toBe('critical');
    expect(raised({ server: 'c*x' })).toBe('moderate');
    expect(raised({ effect: 'message.send' })).toBe('critical');
    expect(raised({ effect: 'money' })).toBe('moderate');
    expect(raised({ level: 'moderate' })).toBe('critical');
    expect(raised({ argument: { pointer: '/to', prefix: 'ceo@' } })).toBe('critical');
    expect(raised({ argument: { pointer: '/to', equals: 'x' } })).toBe('moderate');
    expect(raised({ argument: { pointer: '/cc' } })).toBe('moderate');
  });

  it('without a reason or a condition are refused when the classifier is made', () => {
    expect(() => createClassifier({ rules: [{ id: 'r', match: {}, level: 'safe', reason: 'x' }] })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() => createClassifier({ rules: [{ id: 'r', match: { tool: 'x' }, level: 'safe', reason: ' ' }] })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
