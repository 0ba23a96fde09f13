/**
 * Prints how the classifier does on the labelled cases, and exits 1 when it is under a goal.
 *
 * `npx tsx --tsconfig test/tsconfig.json test/classification/score.ts [--misses]`
 */

import { isMet, type Measure, measureAll } from './measure.js';

const measures = measureAll();
for (const measure of measures) {
  console.log(rowOf(measure));
  const isShown = process.argv.includes('--misses') || !isMet(measure);
  for (const miss of isShown ? measure.misses.slice(0, 40) : []) console.log(`      ${miss}`);
}
const unmet = measures.filter((measure) => !isMet(measure)).length;
console.log(`${measures.length - unmet} goals met, ${unmet} not met`);
process.exitCode = unmet === 0 ? 0 : 1;

function rowOf(measure: Measure): string {
  const { name, count, of, bound } = measure;
  const percent = of === 0 ? '' : `${((100 * count) / of).toFixed(1)} %`;
  const goal = bound.kind === 'none' ? '0' : `${bound.kind === 'atLeast' ? '>=' : '<='} ${100 * bound.share} %`;
  return `${isMet(measure) ? 'ok  ' : 'MISS'}  ${name.padEnd(48)} ${`${count}/${of}`.padStart(11)} ${percent.padStart(8)}   goal ${goal}`;
}
