/**
 * Asks for ranges ahead of the walk, so that workers are busy while it goes through what they found.
 */

import type { Report } from '../finding-list.js';
import type { CheckedRange, Range, RangeVerifier } from './checked-range.js';

interface Asked extends Range {
  readonly answer: Promise<CheckedRange | undefined>;
}

/** The ranges that were asked for and not taken yet. */
export class RangeQueue {
  readonly #ranges: RangeVerifier;
  readonly #report: Report;
  #asked: Asked[] = [];

  constructor(ranges: RangeVerifier, report: Report) {
    this.#ranges = ranges;
    this.#report = report;
  }

  /** The range that begins at `at`; undefined, with a finding, where it could not be looked at. `expected` is the likely size. */
  async take(at: number, expected: number): Promise<CheckedRange | undefined> {
    // The walk went on elsewhere: what was asked for is not wanted any more.
    if (this.#asked[0]?.from !== at) this.#asked = [];
    for (let from = this.#asked.at(-1)?.to ?? at; this.#wantsMore(from, expected); ) {
      const to = (Math.floor(from / this.#ranges.size) + 1) * this.#ranges.size;
      this.#asked.push({ from, to, answer: this.#ask({ from, to }) });
      from = to;
    }
    return this.#told(await this.#asked.shift()?.answer, at);
  }

  /** A range of its own, apart from those that follow each other; undefined likewise. */
  async ask(range: Range): Promise<CheckedRange | undefined> {
    return this.#told(await this.#ask(range), range.from);
  }

  #told(answer: CheckedRange | undefined, at: number): CheckedRange | undefined {
    if (answer === undefined) {
      this.#report('VERIFICATION_INCOMPLETE', 'A part of the log could not be looked at: a worker ended.', at);
    }
    return answer;
  }

  #wantsMore(from: number, expected: number): boolean {
    return this.#asked.length === 0 || (this.#asked.length < this.#ranges.ahead && from < expected);
  }

  async #ask(range: Range): Promise<CheckedRange | undefined> {
    try {
      return await this.#ranges.check(range);
    } catch {
      // Why is of no use to whoever reads the report; that it is not whole is.
      return undefined;
    }
  }
}
