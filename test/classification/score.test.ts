import { classifyShell, classifySql } from '@countersign/classification';
import { describe, expect, it } from 'vitest';
import { loadCases } from './load-cases.js';
import { isMet, measureAll } from './measure.js';
import { mutations } from './mutations.js';

const cases = loadCases();

describe('the labelled cases', () => {
  it('are enough to measure by', () => {
    expect(cases.shell.length).toBeGreaterThan(1_400);
    expect(cases.sql.length).toBeGreaterThan(250);
    expect(cases.tools.length).toBeGreaterThan(230);
    expect(cases.calls.length).toBeGreaterThan(70);
  });

  it('hold no input twice', () => {
    const commands = cases.shell.map(({ command }) => command);
    expect(commands.filter((command, at) => commands.indexOf(command) !== at)).toEqual([]);
  });
});

describe('the classifier keeps its goal', () => {
  it.each(measureAll())('$name', (measure) => {
    expect(isMet(measure), `${measure.count} of ${measure.of}\n${measure.misses.join('\n')}`).toBe(true);
  });
});

const SEED = 20_261_121;

describe(`mutated inputs (seed ${SEED})`, () => {
  it('break no reader, and never come without a reason', () => {
    for (const { kind, text } of mutations(SEED, 3_000)) {
      const { parser, reasons } = kind === 'shell' ? classifyShell(text) : classifySql(text);
      expect(parser.errors.filter((error) => error.endsWith('FAILED'))).toEqual([]);
      expect(reasons.length).toBeGreaterThan(0);
    }
  });
});
