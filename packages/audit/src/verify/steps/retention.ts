/**
 * Purges and erasures against the policies and holds on record (log format, section 7): wherever what is left proves that
 * something went too early, or in spite of a hold, it is said. Memory goes by the runs of entries that are gone, and by the
 * policies, holds, purges and erasures on record.
 *
 * What is gone says nothing of its time. But times only grow from entry to entry, except at `clock-stepped` entries, which stay:
 * so an entry is at least as old as the one before it that can still be read is young.
 */

import { parseTime } from '@countersign/core';
import { decodeEntry } from '../../entry/encode.js';
import type { Entry, EntryOf } from '../../entry/kinds.js';
import { type RetentionAges, RetentionHistory } from '../../retention/history.js';
import { isOverride, readRetentionStatement } from '../../retention/policy.js';
import { type EvidenceReader, isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { type Interval, IntervalSet } from '../intervals.js';
import type { SeenRow } from '../range/seen-row.js';
import type { CheckedLeaf } from './leaf-checks.js';
import { rangesOf } from './purges.js';

/** A run of entries whose text is gone, and the time of the entry before it. */
interface Run extends Interval {
  to: number;
  readonly sinceUs: number;
}

interface Hold {
  readonly placed: EntryOf<'hold-placed'>;
  releasedAt: number;
}

/** What the step works with at the end. */
export interface RetentionParts {
  readonly report: Report;
  readonly reader: EvidenceReader;
}

/** Follows retention. */
export class Retention {
  readonly #history = new RetentionHistory();
  readonly #holds = new Map<string, Hold>();
  readonly #runs: Run[] = [];
  readonly #removals: (EntryOf<'entries-purged'> | EntryOf<'payload-erased'>)[] = [];
  /** The session of calls that are gone while their result is not, by the index of the call. */
  readonly #orphans = new Map<number, string>();
  readonly #gone = new IntervalSet();
  #lastUs = Number.NEGATIVE_INFINITY;

  /** Notes a row whose text is gone. */
  noteRow({ index, text }: Pick<CheckedLeaf, 'index' | 'text'>): void {
    if (text !== 'gone') return;
    this.#gone.add(index, index + 1);
    const last = this.#runs.at(-1);
    if (last?.to === index) last.to = index + 1;
    else this.#runs.push({ from: index, to: index + 1, sinceUs: this.#lastUs });
  }

  /** Every entry has a time, and an outcome the session of its call. */
  seeRow(row: SeenRow): void {
    if (row.kind === undefined) return;
    this.#lastUs = row.timeUs;
    if (row.kind === 'tool-result') this.#noteOrphan(row);
  }

  see(seen: SeenEntry): void {
    const { entry, payloads } = seen;
    this.#lastUs = parseTime(entry.time);
    if (isSeen(seen, 'config-changed')) {
      const policy = readRetentionStatement(payloads.get('config')?.value);
      if (policy !== undefined) this.#history.add({ index: entry.index, policy, override: isOverride(entry) });
    }
    if (isSeen(seen, 'hold-placed')) this.#holds.set(seen.entry.hold, { placed: seen.entry, releasedAt: Infinity });
    if (isSeen(seen, 'hold-released')) this.#release(seen.entry);
    if (isSeen(seen, 'entries-purged')) this.#removals.push(seen.entry);
    if (isSeen(seen, 'payload-erased')) this.#removals.push(seen.entry);
  }

  async finish(parts: RetentionParts): Promise<void> {
    const before = { entries: new IntervalSet(), payloads: new IntervalSet() };
    const erased = new Set<string>();
    for (const removal of this.#removals) {
      if (removal.kind === 'payload-erased' && removal.session !== undefined) {
        await this.#checkHeldSession(removal, removal.session, parts);
        continue;
      }
      if (removal.kind === 'payload-erased') {
        const { target = removal.index } = removal;
        const key = `${target} ${removal.name}`;
        // One that is stated again was interrupted: nothing new goes.
        if (erased.has(key)) continue;
        erased.add(key);
        await this.#checkHolds(removal, [{ from: target, to: target + 1 }], parts);
        continue;
      }
      // A range that reaches beyond its statement is a finding of its own, and no end of work here.
      const ranges = rangesOf(removal)
        .filter(({ to }) => to <= removal.index)
        .flatMap(({ from, to }) => before.entries.gapsWithin(from, to))
        .flatMap(({ from, to }) =>
          removal.what === 'entries' ? [{ from, to }] : before.payloads.gapsWithin(from, to),
        );
      await this.#checkAges(removal, ranges, parts);
      await this.#checkHolds(removal, ranges, parts);
      for (const { from, to } of ranges) before[removal.what].add(from, to);
    }
  }

  #release({ hold, index }: EntryOf<'hold-released'>): void {
    const held = this.#holds.get(hold);
    if (held !== undefined) held.releasedAt = Math.min(held.releasedAt, index);
  }

  #noteOrphan({ begun, session, index }: SeenRow): void {
    if (session !== undefined && begun < index && this.#gone.has(begun)) this.#orphans.set(begun, session);
  }

  /** What was removed must have reached its age when the statement was made. */
  async #checkAges(
    statement: EntryOf<'entries-purged'>,
    ranges: readonly Interval[],
    parts: RetentionParts,
  ): Promise<void> {
    const { report } = parts;
    const atUs = parseTime(statement.time);
    const [first] = ranges;
    const last = ranges.at(-1);
    if (first === undefined || last === undefined) return;
    await this.#checkNewest(statement, last.to - 1, parts);
    if (isOverride(statement)) return;
    for (const { from, to } of ranges) {
      for (const part of this.#partsOf(from, to)) {
        const ages = this.#history.agesOf(part.from, statement.index);
        if (ages === undefined) continue;
        const youngUs = await this.#earliest(part, statement, parts);
        if (youngUs === undefined || atUs - youngUs >= daysOf(ages, statement) * DAY_US) continue;
        const message = `Entry ${part.to - 1} had not reached its age by the policy on record when it was removed.`;
        report('RETENTION_BREACHED', message, statement.index);
        return;
      }
    }
  }

  /** The stated time of the newest entry must not be earlier than what is left says. */
  async #checkNewest(statement: EntryOf<'entries-purged'>, last: number, parts: RetentionParts): Promise<void> {
    const { newest } = statement;
    if (newest === undefined) return;
    const earliestUs = await this.#timeAt(last, parts.reader);
    if (earliestUs === undefined || parseTime(newest) >= earliestUs) return;
    parts.report(
      'PURGE_INVALID',
      'The stated time of the newest entry lies before that of an older one.',
      statement.index,
    );
  }

  /** A time that the newest entry of a part cannot be earlier than: from what is left, and from the statement itself. */
  async #earliest(
    part: Interval,
    statement: EntryOf<'entries-purged'>,
    { reader }: RetentionParts,
  ): Promise<number | undefined> {
    const found = await this.#timeAt(part.to - 1, reader);
    const ranges = rangesOf(statement);
    const isLast = part.to === ranges.at(-1)?.to;
    if (!isLast || statement.newest === undefined) return found;
    return Math.max(found ?? Number.NEGATIVE_INFINITY, parseTime(statement.newest));
  }

  /** The time of an entry, or one that it cannot be earlier than; undefined where nothing is left to tell. */
  async #timeAt(index: number, reader: EvidenceReader): Promise<number | undefined> {
    const run = this.#runAt(index);
    if (run !== undefined) return Number.isFinite(run.sinceUs) ? run.sinceUs : undefined;
    const entry = await readEntry(reader, index);
    return entry === undefined ? undefined : parseTime(entry.time);
  }

  #runAt(index: number): Run | undefined {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.to ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    const run = this.#runs[low];
    return run !== undefined && run.from <= index ? run : undefined;
  }

  /** Parts of a range in which one age holds and one time is known: cut at policies and at the ends of runs. */
  *#partsOf(from: number, to: number): Generator<Interval> {
    const cuts = new Set(this.#history.all.map(({ index }) => index).filter((index) => index > from && index < to));
    for (let at = from; at < to; ) {
      const run = this.#runAt(at);
      let end = run === undefined ? this.#nextRun(at, to) : Math.min(run.to, to);
      for (const cut of cuts) if (cut > at && cut < end) end = cut;
      yield { from: at, to: end };
      at = end;
    }
  }

  #nextRun(at: number, to: number): number {
    const next = this.#runs.find(({ from }) => from > at)?.from ?? to;
    return Math.min(next, to);
  }

  /** No hold may cover an entry of the session, as far as what is left shows. */
  async #checkHeldSession(
    { index }: EntryOf<'payload-erased'>,
    session: string,
    { report, reader }: RetentionParts,
  ): Promise<void> {
    for (const { placed, releasedAt } of this.#holds.values()) {
      if (placed.index > index || releasedAt < index) continue;
      if (placed.session !== undefined && placed.session !== session) continue;
      const held = { from: placed.from ?? 0, to: Math.min(placed.to ?? index, index) };
      if (!(await readsSession(reader, held, session))) continue;
      report('HOLD_IGNORED', 'The key of a session was destroyed that a hold on record keeps.', index);
      return;
    }
  }

  async #checkHolds(
    removal: EntryOf<'entries-purged'> | EntryOf<'payload-erased'>,
    ranges: readonly Interval[],
    { report, reader }: RetentionParts,
  ): Promise<void> {
    for (const { placed, releasedAt } of this.#holds.values()) {
      if (placed.index > removal.index || releasedAt < removal.index) continue;
      const { session, from = 0, to = Number.MAX_SAFE_INTEGER } = placed;
      const held = ranges.flatMap((range) => {
        const part = { from: Math.max(range.from, from), to: Math.min(range.to, to) };
        return part.from < part.to ? [part] : [];
      });
      const isHeld = session === undefined ? held.length > 0 : await this.#hasSession(held, session, reader);
      if (!isHeld) continue;
      report('HOLD_IGNORED', `The hold of entry ${placed.index} covers what this entry removed.`, removal.index);
      return;
    }
  }

  /** Whether what is left of these entries shows that one belongs to the session. */
  async #hasSession(ranges: readonly Interval[], session: string, reader: EvidenceReader): Promise<boolean> {
    for (const { from, to } of ranges) {
      const isOrphan = [...this.#orphans].some(([begun, of]) => begun >= from && begun < to && of === session);
      if (isOrphan) return true;
      for (const gap of this.#gone.gapsWithin(from, to)) {
        if (await readsSession(reader, gap, session)) return true;
      }
    }
    return false;
  }
}

async function readsSession(reader: EvidenceReader, { from, to }: Interval, session: string): Promise<boolean> {
  for (let at = from; at < to; at += PAGE) {
    const leaves = (await reader.leaves(at, Math.min(PAGE, to - at))) ?? [];
    if (leaves.some(({ leaf }) => sessionOf(leaf) === session)) return true;
  }
  return false;
}

const PAGE = 256;

const DAY_US = 24 * 60 * 60 * 1_000_000;

function daysOf({ payloadDays, entryDays }: RetentionAges, { what }: EntryOf<'entries-purged'>): number {
  return what === 'entries' ? entryDays : payloadDays;
}

async function readEntry(reader: EvidenceReader, index: number): Promise<Entry | undefined> {
  const [leaf] = (await reader.leaves(index, 1)) ?? [];
  const decoded = leaf?.leaf === undefined || leaf.index !== index ? undefined : decodeEntry(leaf.leaf);
  return decoded?.ok === true ? decoded.entry : undefined;
}

function sessionOf(leaf: string | undefined): string | undefined {
  const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
  return decoded?.ok === true && 'session' in decoded.entry ? decoded.entry.session : undefined;
}
