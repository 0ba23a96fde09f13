/** The matrix as it is printed: a line for each attack, store and level, with what was expected and what was found. */

import { type Attack, type Expected, expectedAt, type Level } from './attack.js';
import type { StoreName, Verdict } from './try-variant.js';

/** What was tried of one attack in one store at one level. */
export interface Cell {
  readonly attack: Pick<Attack, 'cls' | 'title' | 'attacker' | 'expected'>;
  readonly store: StoreName;
  readonly level: Level;
  /** Variants that came out as expected, with the codes that were found. */
  asExpected: number;
  /** Variants that the store cannot hold. */
  notStored: number;
  readonly codes: Map<string, number>;
  /** Variants that came out otherwise. */
  readonly unexplained: string[];
}

export function emptyCell(attack: Cell['attack'], store: StoreName, level: Level): Cell {
  return { attack, store, level, asExpected: 0, notStored: 0, codes: new Map(), unexplained: [] };
}

/** Adds what came of a variant. */
export function addVerdict(cell: Cell, name: string, verdict: Verdict): void {
  if (verdict.kind === 'not stored') {
    cell.notStored += 1;
    return;
  }
  const found = codesOf(verdict);
  for (const code of found) cell.codes.set(code, (cell.codes.get(code) ?? 0) + 1);
  if (isExpected(cell, verdict, found)) cell.asExpected += 1;
  else cell.unexplained.push(`${name} (found: ${found.join(', ') || 'nothing'})`);
}

function codesOf(verdict: Exclude<Verdict, { kind: 'not stored' }>): readonly string[] {
  if (verdict.kind === 'refused') return [`refused: ${verdict.code}`];
  const { findings } = verdict.report;
  return [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))];
}

function isExpected({ attack, level }: Cell, verdict: Verdict, found: readonly string[]): boolean {
  const expected = expectedAt({ ...attack, variants: () => [] }, level);
  if (expected === 'nothing') return found.length === 0 && claimsNothing(verdict);
  // A file that is refused on opening proves nothing to anybody: that is an answer to any attack.
  if (verdict.kind === 'refused') return true;
  return expected === 'any error' ? found.length > 0 : expected.some((code) => found.includes(code));
}

/** Where nothing can be found, the report must not say that nothing is missing, unless the attacker wrote its evidence too. */
function claimsNothing(verdict: Verdict): boolean {
  return verdict.kind === 'verified' && verdict.report.completeness !== 'failed';
}

/** The lines of the matrix. */
export function formatMatrix(cells: readonly Cell[]): string {
  const lines = cells.map((cell) => {
    const { attack, store, level, asExpected, notStored, unexplained } = cell;
    const tried = asExpected + unexplained.length;
    const counts = `${asExpected} of ${tried}${notStored > 0 ? `, ${notStored} not to be stored` : ''}`;
    return [
      String(attack.cls).padStart(2),
      attack.title,
      attack.attacker,
      store,
      level,
      describeExpected(expectedAt({ ...attack, variants: () => [] }, level)),
      describeCodes(cell),
      counts,
    ].join(' | ');
  });
  return ['class | attack | attacker has | store | evidence | expected | found | as expected', ...lines].join('\n');
}

function describeExpected(expected: Expected): string {
  return typeof expected === 'string' ? expected : expected.join(' or ');
}

const MAX_CODES = 4;

function describeCodes({ codes }: Cell): string {
  const sorted = [...codes].sort((a, b) => b[1] - a[1]).map(([code]) => code);
  const more = sorted.length > MAX_CODES ? ` and ${sorted.length - MAX_CODES} more` : '';
  return sorted.length === 0 ? 'nothing' : `${sorted.slice(0, MAX_CODES).join(', ')}${more}`;
}
