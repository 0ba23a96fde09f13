/**
 * Each entry against those before it (log format, section 2): index, link, writer, id, time, totals. Pure.
 */

import { decodeBase64, encodeBase64, RISK_LEVELS } from '@countersign/core';
import { MAX_CLOCK_LAG_US } from '../../log-clock.js';
import type { Report } from '../finding-list.js';
import { WORDS } from '../range/checked-range.js';
import type { SeenRow } from '../range/seen-row.js';
import { RecentKeys } from '../recent-keys.js';
import type { ChainState } from '../resume/verified-state.js';

const LEVELS = RISK_LEVELS.length;

/** Follows the chain. Memory goes by the number of writers, and a fixed number of recent ids. */
export class Chain {
  readonly #report: Report;
  readonly #origin: () => string | undefined;
  #prevHash: Uint8Array | undefined = new Uint8Array(32);
  /** False after an entry that could not be read: its time and totals are not known. */
  #isKnown = true;
  #timeUs = 0;
  /** The newest totals that could be read, by level. */
  readonly #totals = new Float64Array(LEVELS);
  /** Entries that could not be read, so far and since the newest that could. */
  #unread = 0;
  #unreadSince = 0;
  /** Of the unread entries, those that the sequences of writers have accounted for. */
  #accounted = 0;
  readonly #writers = new Map<string, number>();
  readonly #ids = new RecentKeys(WORDS.id);

  constructor(report: Report, origin: () => string | undefined) {
    this.#report = report;
    this.#origin = origin;
  }

  /** What a later verification goes on from. Ids are left out: those that are further back are for the store's own check. */
  save(): ChainState {
    const prevHash = this.#prevHash;
    return {
      ...(prevHash !== undefined && { prevHash: encodeBase64(prevHash) }),
      isKnown: this.#isKnown,
      timeUs: this.#timeUs,
      totals: [...this.#totals],
      unread: this.#unread,
      unreadSince: this.#unreadSince,
      accounted: this.#accounted,
      writers: [...this.#writers],
    };
  }

  restore(state: ChainState): void {
    this.#prevHash = state.prevHash === undefined ? undefined : decodeBase64(state.prevHash);
    this.#isKnown = state.isKnown;
    this.#timeUs = state.timeUs;
    this.#totals.set(state.totals);
    this.#unread = state.unread;
    this.#unreadSince = state.unreadSince;
    this.#accounted = state.accounted;
    for (const [writer, next] of state.writers) this.#writers.set(writer, next);
  }

  /** How many entries could not be read so far. */
  get unread(): number {
    return this.#unread;
  }

  /** Notes that entries are not there at all. */
  skip(count: number): void {
    this.#unread += count;
    this.#unreadSince += count;
    this.#isKnown = false;
    this.#prevHash = undefined;
  }

  seeRow(row: SeenRow): void {
    if (row.kind === undefined) this.skip(1);
    else this.#follow(row);
  }

  /** Notes the last row of a range, which the first of the next links to. */
  endRange({ leafHash }: SeenRow): void {
    this.#prevHash = leafHash;
  }

  #follow(row: SeenRow): void {
    const { index } = row;
    const origin = this.#origin();
    if (origin !== undefined && row.log !== origin) {
      this.#report('ENTRY_MISPLACED', 'The entry states another log than the first entry.', index);
    }
    if (row.isLinkBroken || !this.#isLinked(row)) {
      this.#report('CHAIN_BROKEN', 'The member prev is not the hash of the leaf before.', index);
    }
    if (!this.#ids.add(row.words, row.idAt))
      this.#report('ID_REPEATED', 'An entry before this one has the same id.', index);
    this.#checkWriter(row);
    this.#checkTime(row);
    this.#checkTotals(row);
    this.#timeUs = row.timeUs;
    this.#isKnown = true;
    this.#unreadSince = 0;
  }

  /** Links within a range were looked at with the range. */
  #isLinked({ prev }: SeenRow): boolean {
    return prev === undefined || this.#prevHash === undefined || prev === encodeBase64(this.#prevHash);
  }

  /** Where entries of a writer are missing, as many entries must have been unreadable before. */
  #checkWriter({ writer, writerSeq, index }: SeenRow): void {
    const expected = this.#writers.get(writer) ?? 0;
    const missing = writerSeq - expected;
    const isExplained = missing >= 0 && this.#accounted + missing <= this.#unread;
    if (isExplained) this.#accounted += missing;
    else this.#report('WRITER_GAP', `The writer's sequence is ${writerSeq} where ${expected} was expected.`, index);
    this.#writers.set(writer, writerSeq + 1);
  }

  #checkTime({ timeUs, stepUs, index }: SeenRow): void {
    if (stepUs !== undefined && Math.abs(stepUs) <= MAX_CLOCK_LAG_US) {
      this.#report('CLOCK_STEP_INVALID', 'A step of at most 2 s is no step.', index);
    }
    if (!this.#isKnown || timeUs >= this.#timeUs) return;
    if (stepUs === undefined) {
      this.#report('TIME_BACKWARDS', 'The time lies before that of the entry before.', index);
    } else if (stepUs !== timeUs - this.#timeUs) {
      this.#report('CLOCK_STEP_INVALID', 'The stated step is not the difference of the times around it.', index);
    }
  }

  #checkTotals(row: SeenRow): void {
    const { riskAt } = row;
    let [isExact, hasShrunk, sum] = [true, false, 0];
    for (let level = 0; level < LEVELS; level += 1) {
      const total = row.total(level);
      const growth = total - (this.#totals[level] ?? 0) - (level === riskAt ? 1 : 0);
      if (growth !== 0) isExact = false;
      if (growth < 0) hasShrunk = true;
      sum += growth;
      this.#totals[level] = total;
    }
    if (this.#isKnown) {
      if (!isExact) {
        this.#report(
          'TOTALS_MISMATCH',
          'The totals are not those of the entry before with this one counted.',
          row.index,
        );
      }
      return;
    }
    // Behind entries that are gone: the totals may have grown by one for each of them.
    if (hasShrunk || sum > this.#unreadSince) {
      this.#report('TOTALS_MISMATCH', 'The totals count more or fewer calls than there can have been.', row.index);
    }
  }
}
