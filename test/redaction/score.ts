/**
 * Prints how the redactor does on the labelled cases, and exits 1 when it is under a goal.
 *
 * `npm run score:redaction -- [--misses]`
 */

import { FALSE_MARK_GOAL, type FamilyScore, measureRedaction, RECALL_GOAL, SEED } from './measure.js';

const { positives, negatives, recall, falseMarks } = measureRedaction();
console.log(`seed ${SEED}`);
print('hidden', positives);
print('left alone', negatives);
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
console.log(`recall       ${percent(recall)} of ${total(positives)} (goal >= ${percent(RECALL_GOAL)})`);
console.log(`false marks  ${percent(falseMarks)} of ${total(negatives)} (goal <= ${percent(FALSE_MARK_GOAL)})`);
process.exitCode = recall >= RECALL_GOAL && falseMarks <= FALSE_MARK_GOAL ? 0 : 1;

function print(what: string, scores: readonly FamilyScore[]): void {
  for (const { family, cases, good, misses } of scores) {
    const mark = good === cases ? 'ok  ' : 'MISS';
    console.log(`${mark}  ${family.padEnd(32)} ${`${good}/${cases}`.padStart(9)} ${what}`);
    if (process.argv.includes('--misses')) for (const miss of misses) console.log(`        ${miss}`);
  }
}

function total(scores: readonly FamilyScore[]): number {
  return scores.reduce((sum, { cases }) => sum + cases, 0);
}
