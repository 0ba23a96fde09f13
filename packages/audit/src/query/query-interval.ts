/**
 * Between which entries a page of a query lies. The statement about a page goes by index, as order, paging and proofs do: a
 * limit of time becomes the first entry that is not before it, found by halving.
 */

import type { ParsedFilter } from './filter.js';
import type { ProvenEntries } from './proven-entries.js';
import type { JoinedPage } from './query-calls.js';

/** Entries from `from` up to, and without, `to`. */
export interface QueryInterval {
  readonly from: number;
  readonly to: number;
}

/** What an interval is worked out from. */
export interface IntervalParts {
  readonly parsed: ParsedFilter;
  readonly page: JoinedPage;
  readonly entries: ProvenEntries;
  /** The size of the ground. */
  readonly size: number;
}

/**
 * The interval of a page. Its neighbours' intervals begin where it ends: the pages of a walk cover everything from the one limit
 * of time to the other. Undefined where the limits cannot be found.
 */
export async function intervalOf(parts: IntervalParts): Promise<QueryInterval | undefined> {
  const { parsed, page, size } = parts;
  const { order } = parsed.store;
  const last = page.hasMore ? page.joined.at(-1)?.call.index : undefined;
  const { after } = parsed;
  if (order === 'newest-first') {
    const to = after === undefined ? await upperEnd(parts) : Math.min(after, size);
    const from = last ?? (await lowerEnd(parts));
    return from === undefined || to === undefined ? undefined : { from: Math.min(from, to), to };
  }
  const from = after === undefined ? await lowerEnd(parts) : Math.min(after + 1, size);
  const to = last === undefined ? await upperEnd(parts) : last + 1;
  return from === undefined || to === undefined ? undefined : { from, to: Math.max(from, to) };
}

/** The first entry that may be answered, by its time; before it stands one that is too old, or nothing. */
async function lowerEnd(parts: IntervalParts): Promise<number | undefined> {
  const { since } = parts.parsed.store;
  if (since === undefined) return 0;
  const runs = await parts.entries.purgedRuns();
  let end = await firstFrom(since, parts, parts.size);
  while (end > 0 && (await parts.entries.entry(end - 1)) === undefined) {
    // Nobody knows the times of what was purged: all of it counts as asked for, down to an entry that is too old.
    const run = runs.find(({ start, end: behind }) => start < end && end <= behind);
    if (run === undefined) return undefined;
    end = await firstFrom(since, parts, run.start);
  }
  return end;
}

/** The first entry that is too young. */
async function upperEnd({ parsed, entries, size }: IntervalParts): Promise<number | undefined> {
  const { until } = parsed.store;
  return until === undefined ? size : firstFrom(until, { entries }, size);
}

/** The first entry at or behind a time, below `size`; `size` where there is none. What was purged counts as before it. */
async function firstFrom(time: string, { entries }: Pick<IntervalParts, 'entries'>, size: number): Promise<number> {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const opened = await entries.entry(middle);
    // Times are of fixed width, so that they compare as text.
    if (opened !== undefined && opened.entry.time >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}
