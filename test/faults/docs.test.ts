/** The page that describes failures names the steps that processes are killed at, and what is on the disk then. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMIT_STEPS, FLUSH_STEPS, TOOL_STEPS } from './steps.js';

it('docs/failures.md has a row for each step, which says of the disk what the tests find', () => {
  const page = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `/.test(line));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  const described = new Map(cells.map(([, step = '', entries = '', mark = '']) => [step, `${entries}, ${mark}`]));
  for (const { name, isStored, isMarked } of [...COMMIT_STEPS, ...FLUSH_STEPS]) {
    const expected = `${isStored ? 'stored' : 'absent'}, ${isMarked ? 'at them' : 'before them'}`;
    expect([name, described.get(`\`${name}\``)]).toEqual([name, expected]);
  }
  expect(page).toContain(TOOL_STEPS.map((step) => `\`${step}\``).join(', '));
});
