/** Counts of checks: `{ passed, failed, skipped: [{ name, note }] }`, added up and said in the one closing line. */

import { readFileSync } from 'node:fs';
import { say } from './say.mjs';

export const emptyTally = { passed: 0, failed: 0, skipped: [] };

export function addTallies(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: [...a.skipped, ...b.skipped] };
}

/** Skipped tests that nobody allowed become failures. `allowed` are beginnings of test names. */
export function forbidSkips(tally, allowed) {
  const isAllowed = (test) => allowed.some((start) => test.name.startsWith(start));
  const forbidden = tally.skipped.filter((test) => !isAllowed(test));
  for (const test of forbidden) say(`Skipped, but must run here: ${describeSkip(test)}`);
  return { ...tally, failed: tally.failed + forbidden.length, skipped: tally.skipped.filter(isAllowed) };
}

/** One name per line; lines that start with # and empty ones are comments. */
export function readAllowedSkips(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

export function describeSkip({ name, note }) {
  return note === '' ? name : `${name} (${note})`;
}

/** The closing line, which other programs read. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
