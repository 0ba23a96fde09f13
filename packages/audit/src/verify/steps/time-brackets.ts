/**
 * The times of entries against those that others vouch for. The log's own clock proves nothing; a cosignature or a time stamp
 * does: what it covers was there by then, and what came behind it came later (log format, section 6). Pure.
 */

import type { Report } from '../finding-list.js';
import type { SeenRow } from '../range/seen-row.js';

/** How far honest clocks may be apart, in microseconds: five minutes. */
export const MAX_TIME_SKEW_US = 300_000_000;

/** Compares times. Memory goes by the entries since the newest time that was proven: eight bytes each. */
export class TimeBrackets {
  readonly #report: Report;
  readonly #isActive: boolean;
  /** The times of entries from `#from` on; NaN for one that could not be read. */
  #times: number[] = [];
  #from = 0;
  /** What every entry from some size on cannot be older than, and whether one was found that is. */
  #floorUs = Number.NEGATIVE_INFINITY;
  #isFloorTold = false;

  /** @param isActive False where nothing can prove a time: then nothing is remembered. */
  constructor(report: Report, isActive: boolean) {
    this.#report = report;
    this.#isActive = isActive;
  }

  seeRow({ index, timeUs }: SeenRow): void {
    if (!this.#isActive) return;
    while (this.#from + this.#times.length < index) this.#times.push(Number.NaN);
    this.#times.push(timeUs);
    this.#checkFloor(index, timeUs);
  }

  /** Somebody vouches that the tree of `size` entries was there at this time. */
  note(size: number, timeUs: number): void {
    const count = Math.max(0, size - this.#from);
    const late = this.#times.slice(0, count).findIndex((time) => time > timeUs + MAX_TIME_SKEW_US);
    if (late >= 0) this.#tell('lies after the time at which others saw it', this.#from + late);
    this.#times = this.#times.slice(count);
    this.#from += count;
    if (timeUs <= this.#floorUs) return;
    this.#floorUs = timeUs;
    this.#isFloorTold = false;
    this.#times.forEach((time, i) => {
      this.#checkFloor(this.#from + i, time);
    });
  }

  #checkFloor(index: number, timeUs: number): void {
    if (this.#isFloorTold || !(timeUs < this.#floorUs - MAX_TIME_SKEW_US)) return;
    this.#isFloorTold = true;
    this.#tell('lies before a time at which it was not there yet', index);
  }

  #tell(what: string, index: number): void {
    this.#report('TIME_OUTSIDE_BRACKET', `The time of the entry ${what}.`, index);
  }
}
