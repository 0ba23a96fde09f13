import { describe, expect, it } from 'vitest';
import { loadCases } from './load-cases.js';
import { isMet, measureAll } from './measure.js';

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
