/**
 * A set of indexes, kept as ranges: what a purge removed is long runs, so memory goes by their number. Pure.
 */

/** Indexes from `from` up to, and without, `to`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A growing set of indexes. */
export class IntervalSet {
  /** Ascending, not touching. */
  #ranges: Interval[] = [];

  /** Adds the indexes from `from` to `to`, exclusive. Cheapest at the end. */
  add(from: number, to: number): void {
    if (from >= to) return;
    const start = this.#firstEndingAt(from);
    let [low, high] = [from, to];
    let end = start;
    for (let range = this.#ranges[end]; range !== undefined && range.from <= to; range = this.#ranges[end]) {
      low = Math.min(low, range.from);
      high = Math.max(high, range.to);
      end += 1;
    }
    this.#ranges.splice(start, end - start, { from: low, to: high });
  }

  has(index: number): boolean {
    const range = this.#ranges[this.#firstEndingAt(index + 1)];
    return range !== undefined && range.from <= index;
  }

  /** How many indexes of the set lie from `from` to `to`, exclusive. */
  countWithin(from: number, to: number): number {
    return this.within(from, to).reduce((sum, range) => sum + range.to - range.from, 0);
  }

  /** The part of the set from `from` to `to`, exclusive, ascending. */
  within(from: number, to: number): readonly Interval[] {
    const found: Interval[] = [];
    for (let i = this.#firstEndingAt(from + 1); i < this.#ranges.length; i += 1) {
      const range = this.#ranges[i];
      if (range === undefined || range.from >= to) break;
      found.push({ from: Math.max(range.from, from), to: Math.min(range.to, to) });
    }
    return found;
  }

  /** What lies from `from` to `to`, exclusive, and is not in the set, ascending. */
  gapsWithin(from: number, to: number): readonly Interval[] {
    const gaps: Interval[] = [];
    let at = from;
    for (const range of this.within(from, to)) {
      if (range.from > at) gaps.push({ from: at, to: range.from });
      at = range.to;
    }
    if (at < to) gaps.push({ from: at, to });
    return gaps;
  }

  /** The position of the first range whose end is at `index` or beyond. */
  #firstEndingAt(index: number): number {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.to ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
