/** The redactor on the labelled cases: enough of the secrets are hidden, and next to nothing else is. */

import { describe, expect, test } from 'vitest';
import { FALSE_MARK_GOAL, measureRedaction, negativeCases, positiveCases, RECALL_GOAL, SEED } from './measure.js';

describe(`Redaction on the labelled set (seed ${SEED})`, () => {
  const score = measureRedaction();

  test('there are at least 400 secrets and 1,000 texts without any', () => {
    expect(positiveCases().length).toBeGreaterThanOrEqual(400);
    expect(negativeCases().length).toBeGreaterThanOrEqual(1000);
  });

  test('at least 95 % of the secrets are hidden', () => {
    const misses = score.positives.flatMap((family) => family.misses);
    expect(score.recall, misses.join('\n')).toBeGreaterThanOrEqual(RECALL_GOAL);
  });

  test('no family of secrets is missed as a whole', () => {
    expect(score.positives.filter(({ good }) => good === 0).map(({ family }) => family)).toEqual([]);
  });

  test('at most 1 % of the other texts are marked', () => {
    const marked = score.negatives.flatMap((family) => family.misses);
    expect(score.falseMarks, marked.join('\n')).toBeLessThanOrEqual(FALSE_MARK_GOAL);
  });
});
