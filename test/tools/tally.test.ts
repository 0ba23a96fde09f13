/** The closing line of `npm test` and what counts into it. */

import { expect, test } from 'vitest';
import { addTallies, closingLine, emptyTally, forbidSkips } from '../../.tools/lib/tally.mjs';

const skipped = { name: 'test/inbox/page.test.ts > shows the inbox', note: 'no browser' };

test('the counts of several runs add up into one closing line', () => {
  const sum = addTallies(addTallies(emptyTally, { passed: 2, failed: 1, skipped: [] }), {
    passed: 3,
    failed: 0,
    skipped: [skipped],
  });
  expect(closingLine(sum)).toBe('5 passed, 1 failed, 1 skipped');
});

test('a skipped test that is not on the list is a failure', () => {
  expect(closingLine(forbidSkips({ passed: 1, failed: 0, skipped: [skipped] }, []))).toBe(
    '1 passed, 1 failed, 0 skipped',
  );
});

test('a skipped test that is on the list stays skipped', () => {
  const allowed = ['test/inbox/page.test.ts >'];
  expect(closingLine(forbidSkips({ passed: 1, failed: 0, skipped: [skipped] }, allowed))).toBe(
    '1 passed, 0 failed, 1 skipped',
  );
});
