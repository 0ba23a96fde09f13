/**
 * Counts the calls of an interval twice: by the running totals of the entries at its ends, and by the calls that the store
 * answers. What a purge on record has removed is the rest, and anything else is a finding.
 */

import { RISK_LEVELS, type RiskLevel } from '@countersign/core';
import type { Totals } from '../head.js';
import type { Report } from '../verify/finding-list.js';
import type { ParsedFilter } from './filter.js';
import type { OpenedEntry } from './opened-entry.js';
import { type ProvenEntries, subtract } from './proven-entries.js';
import type { JoinedPage } from './query-calls.js';
import type { QueryInterval } from './query-interval.js';
import type { LevelCount } from './risk-completeness.js';

/** What is counted with. */
export interface CountParts {
  readonly parsed: ParsedFilter;
  readonly page: JoinedPage;
  readonly interval: QueryInterval;
  readonly entries: ProvenEntries;
  readonly report: Report;
}

/** The counts of the levels that were asked for, and the entries whose totals they rest on. */
export interface CallCounts {
  readonly levels: readonly LevelCount[];
  readonly boundaries: readonly OpenedEntry[];
}

/** The most calls that are counted again because the filter asks for more than a level. */
export const MAX_RECOUNT = 20_000;

/** The most gaps that purges left in an interval. */
export const MAX_PURGED_RUNS = 1000;

/** Counts; what does not fit is reported. Nothing is answered, and that reported, where it cannot be counted. */
export async function countCalls(parts: CountParts): Promise<CallCounts> {
  const { parsed, page, interval, entries, report } = parts;
  const levels = levelsOf(parsed);
  const [low, high] = [await entries.totalsBelow(interval.from), await entries.totalsBelow(interval.to)];
  if (low === undefined || high === undefined) {
    report('COMPLETENESS_NOT_CHECKED', 'The entries at the ends of the page are gone, and their totals with them.');
    return { levels: [], boundaries: [] };
  }
  const expected = subtract(high.totals, low.totals);
  const returned = page.joined.map(({ call }) => call);
  let counted: readonly Counted[] | undefined = returned;
  // Without further conditions the page itself is the count; where that does not fit, the store is asked once more.
  if (hasFurtherConditions(parsed) || levels.some((level) => countOf(returned, level) !== expected[level])) {
    counted = await recount(parts, levels);
  }
  if (counted === undefined) {
    report('COMPLETENESS_NOT_CHECKED', `There are more than ${MAX_RECOUNT} calls of these levels to count again.`);
    return { levels: [], boundaries: [] };
  }
  const isWhole = levels.every((level) => countOf(counted, level) === expected[level]);
  const purged = isWhole ? undefined : await purgedCalls(parts, counted);
  const counts = levels.map((level): LevelCount => {
    const [all, here, gone] = [countOf(counted, level), countOf(returned, level), purged?.[level] ?? 0];
    const missing = expected[level] - all - gone;
    return { level, expected: expected[level], returned: here, filtered: all - here, purged: gone, missing };
  });
  for (const count of counts) reportDifference(count, parts);
  return { levels: counts, boundaries: [low.by, high.by].filter((entry) => entry !== undefined) };
}

/** A call that was counted. */
interface Counted {
  readonly index: number;
  readonly risk: RiskLevel;
}

function levelsOf({ store }: ParsedFilter): readonly RiskLevel[] {
  return store.risk === undefined ? RISK_LEVELS : RISK_LEVELS.filter((level) => store.risk?.includes(level));
}

/** Conditions that the totals know nothing of. */
function hasFurtherConditions({ store, outcomes, success }: ParsedFilter): boolean {
  const { session, tool, decision, actor } = store;
  return [session, tool, decision, actor, outcomes, success].some((condition) => condition !== undefined);
}

function countOf(calls: readonly Counted[], level: RiskLevel): number {
  return calls.filter(({ risk }) => risk === level).length;
}

/** Every call of these levels in the interval; undefined when there are too many. */
async function recount(
  { entries, interval }: CountParts,
  levels: readonly RiskLevel[],
): Promise<readonly Counted[] | undefined> {
  const counted: Counted[] = [];
  for await (const { index, entry } of entries.begins({ risk: levels }, interval)) {
    counted.push({ index, risk: entry.risk });
    if (counted.length > MAX_RECOUNT) return undefined;
  }
  return counted;
}

/** How many calls of each level the purges on record have removed, by the totals around each gap; undefined when unknown. */
async function purgedCalls(
  { entries, interval, report }: CountParts,
  counted: readonly Counted[],
): Promise<Totals | undefined> {
  const { from, to } = interval;
  const runs = (await entries.purgedRuns())
    .map(({ start, end }) => ({ start: Math.max(start, from), end: Math.min(end, to) }))
    .filter(({ start, end }) => start < end);
  if (runs.length > MAX_PURGED_RUNS) {
    report('COMPLETENESS_NOT_CHECKED', `Purges have left more than ${MAX_PURGED_RUNS} gaps between the entries.`);
    return undefined;
  }
  let sum: Totals = { safe: 0, moderate: 0, destructive: 0, critical: 0 };
  for (const { start, end } of runs) {
    const [low, high] = [await entries.totalsBelow(start), await entries.totalsBelow(end)];
    // An end that is gone is no purge's doing: what is missing there stays missing.
    if (low === undefined || high === undefined) continue;
    const within = counted.filter(({ index }) => index >= start && index < end);
    const gone = subtract(high.totals, low.totals);
    const next = { ...sum };
    for (const level of RISK_LEVELS) next[level] += gone[level] - countOf(within, level);
    sum = next;
  }
  return sum;
}

function reportDifference({ level, expected, missing }: LevelCount, { interval, report }: CountParts): void {
  const where = `between entry ${interval.from} and ${interval.to - 1}`;
  if (missing > 0) {
    report('CALLS_MISSING', `${missing} of ${expected} calls of level ${level} ${where} are hidden or gone.`);
  } else if (missing < 0) {
    report('CALLS_UNCOUNTED', `${-missing} calls of level ${level} ${where} are answered and not counted.`);
  }
}
