/**
 * Sessions and the log in figures, counted from decoded calls.
 */

import { RISK_LEVELS, type RiskLevel } from '@countersign/core';
import { OUTCOMES, type SessionSummary } from '../call-view.js';
import { DECISIONS } from '../entry/kinds.js';
import { decodeHead, NO_CALLS } from '../head.js';
import { allCalls, type QueryParts } from './query-calls.js';

/** The log in figures. */
export interface LogStats {
  readonly origin: string;
  /** Number of entries ever appended. */
  readonly size: number;
  /** Entries whose text is still there. */
  readonly entries: number;
  readonly payloads: number;
  /** What the store uses. */
  readonly bytes: number;
  /** Calls by final risk level, purged ones included. */
  readonly calls: Readonly<Record<RiskLevel, number>>;
  readonly lastEntryAt?: Date;
}

/** A session in figures; all zero for one that has no calls. */
export async function summariseSession(parts: QueryParts, session: string): Promise<SessionSummary> {
  const counts = { byRisk: zero(RISK_LEVELS), byDecision: zero(DECISIONS), byOutcome: zero(OUTCOMES) };
  let successful = 0;
  let totalDurationUs = 0;
  let totalActions = 0;
  for await (const call of allCalls(parts, { session })) {
    counts.byRisk[call.risk] += 1;
    counts.byDecision[call.decision] += 1;
    counts.byOutcome[call.outcome] += 1;
    totalActions += 1;
    if (call.success === true) successful += 1;
    // Whole microseconds add up exactly; fractions of a millisecond do not.
    totalDurationUs += Math.round((call.durationMs ?? 0) * 1000);
  }
  const { approved, rejected } = counts.byDecision;
  return { session, totalActions, ...counts, approved, rejected, successful, totalDurationMs: totalDurationUs / 1000 };
}

/** The log in figures. @throws StoreCorruptError when the head is not what was written. */
export async function readStats({ store }: Pick<QueryParts, 'store'>, origin: string): Promise<LogStats> {
  const head = await store.head();
  const measured = await store.measure();
  const { totals, timeUs } = decodeHead(head, origin);
  return {
    origin,
    size: head.size,
    ...measured,
    calls: head.size === 0 ? NO_CALLS : totals,
    ...(timeUs === undefined ? {} : { lastEntryAt: new Date(timeUs / 1000) }),
  };
}

function zero<K extends string>(names: readonly K[]): Record<K, number> {
  // Object.fromEntries forgets the names; that all of them are there is plain from the line itself.
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}
