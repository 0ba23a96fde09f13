import { readdirSync, readFileSync } from 'node:fs';
import { maxRisk, type RiskLevel } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { analyzeShell } from '../src/shell/index.js';
import { PROGRAM_FAMILIES } from '../src/shell/programs/families.js';
import type { AnalyzerContext } from '../src/signal.js';

const CONTEXT: AnalyzerContext = {
  workspace: '/work/app',
  home: '/home/me',
  tempRoots: ['/tmp'],
  depth: 0,
  guardPaths: ['/home/me/.countersign'],
};
const EXAMPLES = new URL('../src/shell/programs/examples/', import.meta.url);

const level = z.enum(['safe', 'moderate', 'destructive', 'critical']);
const flags = z.string().regex(/^(?:\*|(?:[-+.]\S*(?: |$))*)$/, 'flags are words that begin with a dash');
const act = {
  id: z.string().regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/),
  level: level.exclude(['safe']),
  text: z.string().regex(/^[A-Z].*\.$/, 'one sentence'),
  effects: z.array(z.string()).optional(),
  reversible: z.boolean().optional(),
  alternative: z.string().optional(),
};
const rule = z.strictObject({
  ...act,
  flags: z.string().optional(),
  all: z.string().optional(),
  without: z.string().optional(),
  operand: z.instanceof(RegExp).optional(),
  value: z.instanceof(RegExp).optional(),
  atLeast: z.number().int().positive().optional(),
});
/** A word has no dash of a flag among its alternatives, nor has a flag a word or another flag's value: such a line never fits. */
const line = z
  .string()
  .min(1)
  .refine((text) =>
    text.split(/[\s;]+/).every((part) => {
      const [names = '', ...value] = part.split('=');
      if (!/^!?-/.test(part)) return !/"|\|!?-/.test(part);
      return names.split('|').every((name) => /^[!+-]/.test(name)) && !/"|\|-/.test(value.join('='));
    }),
  );
const lines = z.strictObject({
  reads: line.optional(),
  changes: line.optional(),
  secrets: line.optional(),
  deletes: line.optional(),
  stops: line.optional(),
  access: line.optional(),
  overwrites: line.optional(),
  publishes: line.optional(),
  runs: line.optional(),
  wrecks: line.optional(),
  admins: line.optional(),
});
const spec = z.strictObject({
  reads: flags.optional(),
  only: flags.optional(),
  values: z.string().optional(),
  rules: z.array(rule).optional(),
  operands: z.enum(['none', 'text', 'list', 'read', 'pattern', 'write']).optional(),
  act: z.strictObject(act).optional(),
  get subcommands() {
    return z.record(z.string(), spec).optional();
  },
  style: z.enum(['bundled', 'long']).optional(),
  prints: z.boolean().optional(),
  verbs: z.boolean().optional(),
  sends: z.boolean().optional(),
  lines: lines.optional(),
  sql: z.string().optional(),
  code: z.string().optional(),
  inner: z.string().optional(),
});
const programFamily = z.strictObject({ source: z.string().min(10), programs: z.record(z.string(), spec) });

interface Example {
  readonly level: RiskLevel;
  readonly command: string;
}

/** One a line, `level: command`; names in braces at the start stand for as many commands. */
function examplesOf(name: string): readonly Example[] {
  return readFileSync(new URL(`${name}.txt`, EXAMPLES), 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .flatMap((text) => {
      const match = /^(\w+): (?:\{([^}]+)\})?(.*)$/.exec(text);
      const names = match?.[2]?.split(',') ?? [''];
      return names.map((program) => ({ level: level.parse(match?.[1]), command: `${program}${match?.[3] ?? text}` }));
    });
}

function namesIn(name: string): readonly string[] {
  return Object.keys(PROGRAM_FAMILIES[name]?.programs ?? {}).flatMap((names) => names.split(' '));
}

const FAMILIES = Object.keys(PROGRAM_FAMILIES);

describe('the program tables', () => {
  it('know at least 2,500 programs, each in one table', () => {
    const names = FAMILIES.flatMap(namesIn);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(2500);
  });

  it('each have a file of examples, and no file is left over', () => {
    expect(readdirSync(EXAMPLES).sort()).toEqual(FAMILIES.map((name) => `${name}.txt`).sort());
  });

  describe.each(FAMILIES)('%s', (name) => {
    const examples = examplesOf(name);

    it('keeps to the schema', () => {
      expect(() => programFamily.parse(PROGRAM_FAMILIES[name])).not.toThrow();
    });

    it('has an example of every program', () => {
      const shown = new Set(examples.flatMap(({ command }) => command.toLowerCase().split(' ')));
      expect(namesIn(name).filter((program) => !shown.has(program))).toEqual([]);
    });

    it('gives every example its level', () => {
      const wrong = examples.flatMap(({ level: expected, command }) => {
        const { signals } = analyzeShell(command, CONTEXT);
        const got = maxRisk(...signals.map((found) => found.level));
        return got === expected ? [] : [`${expected}, got ${got}: ${command}`];
      });
      expect(wrong).toEqual([]);
    });
  });
});
