/**
 * Each entry against those before it (log format, section 2): index, link, writer, id, time, totals. Pure.
 */

import { encodeBase64, parseTime, RISK_LEVELS } from '@countersign/core';
import type { Entry } from '../../entry/kinds.js';
import { countCall, NO_CALLS, type Totals } from '../../head.js';
import { MAX_CLOCK_LAG_US } from '../../log-clock.js';
import type { Report } from '../finding-list.js';
import { RecentKeys } from '../recent-keys.js';
import type { CheckedLeaf } from './leaf-checks.js';

/** What is known of the entry before. */
interface Previous {
  readonly timeUs: number;
  readonly totals: Totals;
}

/** Follows the chain. Memory goes by the number of writers, and a fixed number of recent ids. */
export class Chain {
  readonly #report: Report;
  readonly #origin: () => string | undefined;
  #prevHash: Uint8Array | undefined = new Uint8Array(32);
  /** Undefined at the start, and after an entry that could not be read. */
  #previous: Previous | undefined = { timeUs: 0, totals: NO_CALLS };
  /** The newest totals that could be read. */
  #known: Totals = NO_CALLS;
  /** Entries that could not be read, so far and since the newest that could. */
  #unread = 0;
  #unreadSince = 0;
  /** Of the unread entries, those that the sequences of writers have accounted for. */
  #accounted = 0;
  readonly #writers = new Map<string, number>();
  readonly #ids = new RecentKeys();

  constructor(report: Report, origin: () => string | undefined) {
    this.#report = report;
    this.#origin = origin;
  }

  /** How many entries could not be read so far. */
  get unread(): number {
    return this.#unread;
  }

  /** Notes that entries are not there at all. */
  skip(count: number): void {
    this.#unread += count;
    this.#unreadSince += count;
    this.#previous = undefined;
    this.#prevHash = undefined;
  }

  see(leaf: CheckedLeaf): void {
    if (leaf.entry === undefined) this.skip(1);
    else this.#follow(leaf.entry, leaf.index);
    this.#prevHash = leaf.leafHash;
  }

  #follow(entry: Entry, index: number): void {
    const origin = this.#origin();
    if (origin !== undefined && entry.log !== origin) {
      this.#report('ENTRY_MISPLACED', 'The entry states another log than the first entry.', index);
    }
    if (this.#prevHash !== undefined && entry.prev !== encodeBase64(this.#prevHash)) {
      this.#report('CHAIN_BROKEN', 'The member prev is not the hash of the leaf before.', index);
    }
    if (!this.#ids.add(entry.id)) this.#report('ID_REPEATED', 'An entry before this one has the same id.', index);
    this.#checkWriter(entry, index);
    this.#checkTime(entry, index);
    this.#checkTotals(entry, index);
    this.#previous = { timeUs: parseTime(entry.time), totals: entry.totals };
    this.#known = entry.totals;
    this.#unreadSince = 0;
  }

  /** Where entries of a writer are missing, as many entries must have been unreadable before. */
  #checkWriter({ writer, writerSeq }: Entry, index: number): void {
    const expected = this.#writers.get(writer) ?? 0;
    const missing = writerSeq - expected;
    const isExplained = missing >= 0 && this.#accounted + missing <= this.#unread;
    if (isExplained) this.#accounted += missing;
    else this.#report('WRITER_GAP', `The writer's sequence is ${writerSeq} where ${expected} was expected.`, index);
    this.#writers.set(writer, writerSeq + 1);
  }

  #checkTime(entry: Entry, index: number): void {
    const previous = this.#previous;
    const timeUs = parseTime(entry.time);
    const stepUs = entry.kind === 'clock-stepped' ? entry.stepUs : undefined;
    if (stepUs !== undefined && Math.abs(stepUs) <= MAX_CLOCK_LAG_US) {
      this.#report('CLOCK_STEP_INVALID', 'A step of at most 2 s is no step.', index);
    }
    if (previous === undefined || timeUs >= previous.timeUs) return;
    if (stepUs === undefined) {
      this.#report('TIME_BACKWARDS', 'The time lies before that of the entry before.', index);
    } else if (stepUs !== timeUs - previous.timeUs) {
      this.#report('CLOCK_STEP_INVALID', 'The stated step is not the difference of the times around it.', index);
    }
  }

  #checkTotals(entry: Entry, index: number): void {
    const { totals } = entry;
    const counts = entry.kind === 'tool-call' || entry.kind === 'tool-refused';
    if (this.#previous !== undefined) {
      const expected = countCall(this.#previous.totals, counts ? entry.risk : undefined);
      if (RISK_LEVELS.some((level) => totals[level] !== expected[level])) {
        this.#report('TOTALS_MISMATCH', 'The totals are not those of the entry before with this one counted.', index);
      }
      return;
    }
    // Behind entries that are gone: the totals may have grown by one for each of them.
    const known = countCall(this.#known, counts ? entry.risk : undefined);
    const grown = RISK_LEVELS.map((level) => totals[level] - known[level]);
    const sum = grown.reduce((total, growth) => total + growth, 0);
    if (grown.some((growth) => growth < 0) || sum > this.#unreadSince) {
      this.#report('TOTALS_MISMATCH', 'The totals count more or fewer calls than there can have been.', index);
    }
  }
}
