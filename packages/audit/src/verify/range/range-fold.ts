/**
 * What a range says of each of its rows, while the walk goes through them in order. Pure.
 */

import type { SealedCount } from '../steps/sealed-payloads.js';
import type { CheckedRange, RowFinding } from './checked-range.js';
import { SeenRow } from './seen-row.js';

/** A range while it is gone through, row by row. */
export class RangeFold {
  readonly range: CheckedRange;
  readonly row: SeenRow;
  readonly #findings = new Map<number, RowFinding[]>();
  #whole = 0;
  #lost = 0;
  #sealed = 0;

  constructor(range: CheckedRange) {
    this.range = range;
    this.row = new SeenRow(range);
    for (const finding of range.findings) {
      const known = this.#findings.get(finding.row);
      if (known === undefined) this.#findings.set(finding.row, [finding]);
      else known.push(finding);
    }
  }

  findingsOf(position: number): readonly RowFinding[] {
    return this.#findings.get(position) ?? NO_FINDINGS;
  }

  wholeOf(position: number): CheckedRange['wholes'][number] | undefined {
    const { wholes } = this.range;
    while ((wholes[this.#whole]?.row ?? position) < position) this.#whole += 1;
    const whole = wholes[this.#whole];
    return whole?.row === position ? whole : undefined;
  }

  missingOf(position: number): readonly string[] {
    const { lost } = this.range;
    while ((lost[this.#lost]?.row ?? position) < position) this.#lost += 1;
    const found = lost[this.#lost];
    return found?.row === position ? found.names : NONE;
  }

  sealedOf(position: number): SealedCount {
    const { sealed } = this.range;
    while ((sealed[this.#sealed]?.row ?? position) < position) this.#sealed += 1;
    const found = sealed[this.#sealed];
    return found?.row === position ? found : UNSEALED;
  }
}

const UNSEALED: SealedCount = { closed: 0, opened: 0 };
const NO_FINDINGS: readonly RowFinding[] = [];
const NONE: readonly string[] = [];
