/**
 * The configuration: what it comes to, and what is said of one that is wrong.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfig, parseConfig } from '../src/config.js';
import { configJsonSchema } from '../src/config-schema.js';

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: expect.any(String) });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was taken');
};

describe('a configuration', () => {
  it('has a default for everything', () => {
    const nothing = { retention: undefined, purge: { everyMs: 86_400_000 } };
    for (const text of ['', '# nothing\n', '{}', 'retention: {}', '---\n']) {
      expect(parseConfig(text, 'audit.yaml')).toEqual(nothing);
    }
    expect(checkConfig({})).toEqual(nothing);
  });

  it('says ages and a schedule', () => {
    const text = 'retention:\n  profile: eu-ai-act\n  entryDays: 365\n  purge: { every: 6h, archive: ./archives }\n';
    expect(parseConfig(text, 'audit.yaml')).toEqual({
      retention: { profile: 'eu-ai-act', payloadDays: 30, entryDays: 365 },
      purge: { everyMs: 6 * 3_600_000, archive: './archives' },
    });
    expect(checkConfig({ retention: { purge: { every: 'off' } } })).toEqual({ retention: undefined, purge: undefined });
    expect(parseConfig('retention: {purge: {every: off}}', 'a').purge).toBeUndefined();
  });

  it('that is wrong is told with file, line and column, and never with a value', () => {
    const cases = [
      ['retention:\n  profile: [secret]\n', 'audit.yaml:2:3 retention.profile: '],
      [
        'retention:\n  payloadDays: 30\n  entrydays: 5\n',
        'audit.yaml:3:3 retention.entrydays: there is no such member',
      ],
      ['retnetion: {}\n', 'audit.yaml:1:1 retnetion: there is no such member'],
      ['retention:\n  purge:\n    every: secret\n', 'audit.yaml:3:5 retention.purge.every: expected off'],
      ['retention:\n  payloadDays: 60\n  entryDays: 30\n', 'audit.yaml:1:1 retention: entryDays'],
      ['retention:\n  entryDays: 90\n  profile: eu-ai-act\n', 'audit.yaml:1:1 retention: entryDays'],
      ['retention: 5\n', 'audit.yaml:1:1 retention: '],
      ['a: 1\na: 2\n', 'audit.yaml:2:1 DUPLICATE_KEY'],
      ['retention:\n\tprofile: x\n', 'audit.yaml:2:'],
      ['- 1\n', 'audit.yaml:1:1 '],
    ] as const;
    for (const [text, expected] of cases) {
      const message = messageOf(() => parseConfig(text, 'audit.yaml'));
      expect(message).toContain(expected);
      expect(message).not.toContain('secret');
    }
    expect(messageOf(() => checkConfig({ retention: { days: 1 } }))).toBe(
      'config.retention.days: there is no such member',
    );
  });

  it('is no way to use up memory', () => {
    const bomb = `a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c]\ne: [*d,*d,*d,*d]\n`;
    expect(messageOf(() => parseConfig(bomb, 'audit.yaml'))).toContain('audit.yaml');
    expect(messageOf(() => parseConfig(`# ${'x'.repeat(300_000)}`, 'audit.yaml'))).toContain('bytes');
  });
});

describe('the JSON Schema', () => {
  it('that is published is the one that the code checks by', () => {
    const published = readFileSync(new URL('../../countersign/schemas/audit.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });
});
