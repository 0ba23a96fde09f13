/** Measures the classifier against the labelled cases and against the goals that are set for it. */

import { classifyShell, classifySql, classifyTool, createClassifier } from '@countersign/classification';
import { compareRisk, isAtLeast, type RiskLevel } from '@countersign/core';
import { type Cases, loadCases } from './load-cases.js';
import { PLAIN_DANGERS, REWRITES } from './rewrites.js';

/** One row of the table: how many of how many, and the bound that it must keep. */
export interface Measure {
  readonly name: string;
  readonly count: number;
  readonly of: number;
  /** `atLeast` and `atMost` are shares between 0 and 1; `none` means not a single one. */
  readonly bound: { readonly kind: 'atLeast' | 'atMost'; readonly share: number } | { readonly kind: 'none' };
  /** The inputs that count against it, one line each. */
  readonly misses: readonly string[];
}

const WORLD = { workspace: '/work/app', home: '/home/me', guardPaths: ['/home/me/.countersign'] } as const;

/** Judges every case. */
export function measureAll(): readonly Measure[] {
  const cases = loadCases();
  return [
    ...family('shell', judgeShell(cases), { recall: 0.95, alarms: 0.02, reads: 0.92 }),
    ...family('sql', judgeSql(cases), { recall: 1, alarms: 0.02, reads: 0.97 }),
    ...family('tools', judgeTools(cases), { recall: 0.97, alarms: 0.02, reads: 0.93 }),
    ...family('calls', judgeCalls(cases), { recall: 0.97, alarms: 0.02, reads: 0.93 }),
    ...measureRewrites(),
  ];
}

/** Whether a measure keeps its bound. */
export function isMet({ bound, count, of }: Measure): boolean {
  if (bound.kind === 'none') return count === 0;
  const share = of === 0 ? 1 : count / of;
  return bound.kind === 'atLeast' ? share >= bound.share : share <= bound.share;
}

interface Judged {
  readonly label: RiskLevel;
  readonly got: RiskLevel;
  readonly text: string;
}

function judgeShell({ shell }: Cases): readonly Judged[] {
  return shell.map(({ level, command }) => ({
    label: level,
    got: classifyShell(command, WORLD).level,
    text: command,
  }));
}

function judgeSql({ sql }: Cases): readonly Judged[] {
  return sql.map(({ level, sql: text, dialect }) => ({
    label: level,
    got: classifySql(text, dialect === undefined ? {} : { dialect }).level,
    text: `${dialect ?? 'any'}: ${text}`,
  }));
}

function judgeTools({ tools }: Cases): readonly Judged[] {
  return tools.map(({ level, name, description, properties }) => {
    const inputSchema = {
      type: 'object',
      properties: Object.fromEntries(properties.map((property) => [property, { type: 'string' }])),
    };
    const tool = { name, inputSchema, ...(description !== undefined && { description }) };
    return { label: level, got: classifyTool(tool).level, text: name };
  });
}

function judgeCalls({ calls }: Cases): readonly Judged[] {
  const classifier = createClassifier(WORLD);
  return calls.map(({ level, name, args }) => ({
    label: level,
    got: classifier.classify({ tool: { name }, args }).level,
    text: `${name} ${JSON.stringify(args)}`,
  }));
}

interface Goals {
  readonly recall: number;
  readonly alarms: number;
  readonly reads: number;
}

function family(name: string, judged: readonly Judged[], goals: Goals): readonly Measure[] {
  const dangers = judged.filter(({ label }) => isAtLeast(label, 'destructive'));
  const critical = judged.filter(({ label }) => label === 'critical');
  const harmless = judged.filter(({ label }) => !isAtLeast(label, 'destructive'));
  const unsafe = judged.filter(({ label }) => label !== 'safe');
  const reads = judged.filter(({ label }) => label === 'safe');
  const atLeast = (share: number) => ({ kind: 'atLeast', share }) as const;
  return [
    share(`${name}: dangerous, at least destructive`, dangers, ({ got }) => isAtLeast(got, 'destructive'), {
      bound: atLeast(goals.recall),
    }),
    share(`${name}: critical called critical`, critical, ({ got }) => got === 'critical', { bound: atLeast(0.95) }),
    share(`${name}: dangerous called safe`, dangers, ({ got }) => got === 'safe', { bound: { kind: 'none' } }),
    share(`${name}: unsafe called safe`, unsafe, ({ got }) => got === 'safe', { bound: { kind: 'none' } }),
    share(`${name}: harmless, called destructive`, harmless, ({ got }) => isAtLeast(got, 'destructive'), {
      bound: { kind: 'atMost', share: goals.alarms },
    }),
    share(`${name}: reads kept safe`, reads, ({ got }) => got === 'safe', { bound: atLeast(goals.reads) }),
  ];
}

function share(
  name: string,
  judged: readonly Judged[],
  counts: (one: Judged) => boolean,
  { bound }: Pick<Measure, 'bound'>,
): Measure {
  const counted = judged.filter(counts);
  const isWanted = bound.kind === 'atLeast';
  const misses = isWanted ? judged.filter((one) => !counts(one)) : counted;
  return {
    name,
    count: counted.length,
    of: judged.length,
    bound,
    misses: misses.map(({ label, got, text }) => `${label}, got ${got}: ${text.replaceAll('\n', '\\n')}`),
  };
}

/** One row for each kind of rewrite, and two for all of them. */
function measureRewrites(): readonly Measure[] {
  const plain = new Map(PLAIN_DANGERS.map((command) => [command, classifyShell(command, WORLD).level]));
  const kinds = REWRITES.map(({ kind, apply }) => {
    const judged = PLAIN_DANGERS.map((command) => {
      const text = apply(command);
      return { label: plain.get(command) ?? 'critical', got: classifyShell(text, WORLD).level, text };
    });
    return { kind, judged };
  });
  const all = kinds.flatMap(({ judged }) => judged);
  return [
    share('rewrites: still at least destructive', all, ({ got }) => isAtLeast(got, 'destructive'), {
      bound: { kind: 'atLeast', share: 0.97 },
    }),
    share('rewrites: no lower than the plain command', all, ({ label, got }) => compareRisk(got, label) >= 0, {
      bound: { kind: 'atLeast', share: 0.95 },
    }),
    share('rewrites: called safe', all, ({ got }) => got === 'safe', { bound: { kind: 'none' } }),
    ...kinds.map(({ kind, judged }) =>
      share(`rewrite, ${kind}`, judged, ({ got }) => isAtLeast(got, 'destructive'), {
        bound: { kind: 'atLeast', share: 0.8 },
      }),
    ),
  ];
}
