/**
 * What a query with proofs says of its own completeness: how many calls of each level there must be between two entries, by the
 * running totals that every entry carries, and how many were answered (log format, section 2).
 */

import { RISK_LEVELS, type RiskLevel } from '@countersign/core';
import type { Receipt } from '../verify/receipt.js';
import type { Finding } from '../verify/report.js';

/** The calls of one level in an interval. `expected` is the sum of the others. */
export interface LevelCount {
  readonly level: RiskLevel;
  /** How many the totals count. */
  readonly expected: number;
  /** Answered by this page. */
  readonly returned: number;
  /** There, and left out because a further condition of the filter does not hold. */
  readonly filtered: number;
  /** Removed by purges that are on record. */
  readonly purged: number;
  /** Hidden or gone, and nothing says why; negative where the store answers more than the totals count. */
  readonly missing: number;
}

/** `verified`: all of them are here; `unverified`: by this log's own word; `failed`: something is hidden or forged. */
export type CompletenessStatus = 'verified' | 'unverified' | 'not-checked' | 'failed';

/** A statement about the calls of some levels between two entries. */
export interface RiskCompleteness {
  readonly status: CompletenessStatus;
  /** Why it is not `verified`; empty when it is. */
  readonly findings: readonly Finding[];
  /** The entries that the statement is about: from this index on. */
  readonly from: number;
  /** Up to this index, and without it. The intervals of the pages of one walk lie end to end. */
  readonly to: number;
  /** For each level that was asked for; empty when nothing could be counted. */
  readonly levels: readonly LevelCount[];
  /** The entries whose totals were compared, proven, without their payloads. */
  readonly boundaries: readonly Receipt[];
  /** The checkpoint that everything is proven under: its size and note. */
  readonly size: number;
  readonly checkpoint: string;
  /** Whether the caller gave the key, or it was merely found with the log. */
  readonly keySource: 'pinned' | 'found';
}

/**
 * The statement for a whole walk, from those of its pages in their order. The pages may be grounded in different checkpoints: a
 * log that grew meanwhile is consistent with itself. A gap between two pages is never verified.
 */
export function joinCompleteness(pages: readonly RiskCompleteness[]): RiskCompleteness | undefined {
  const [first, ...rest] = pages;
  return first === undefined ? undefined : rest.reduce(joined, first);
}

function joined(left: RiskCompleteness, right: RiskCompleteness): RiskCompleteness {
  const isConnected = right.to === left.from || right.from === left.to;
  const gap: Finding = {
    code: 'COMPLETENESS_NOT_CHECKED',
    severity: 'warning',
    message: 'Two pages do not lie end to end: they are not of one walk.',
  };
  const newest = left.size >= right.size ? left : right;
  const statuses = [left.status, right.status, ...(isConnected ? [] : ['not-checked' as const])];
  return {
    status: worst(statuses),
    findings: distinct([...left.findings, ...right.findings, ...(isConnected ? [] : [gap])]),
    from: Math.min(left.from, right.from),
    to: Math.max(left.to, right.to),
    levels: RISK_LEVELS.flatMap((level) => sumOf(level, [...left.levels, ...right.levels])),
    boundaries: [...left.boundaries, ...right.boundaries],
    size: newest.size,
    checkpoint: newest.checkpoint,
    keySource: left.keySource === 'pinned' && right.keySource === 'pinned' ? 'pinned' : 'found',
  };
}

const BY_WEIGHT: readonly CompletenessStatus[] = ['failed', 'not-checked', 'unverified', 'verified'];

function worst(statuses: readonly CompletenessStatus[]): CompletenessStatus {
  return BY_WEIGHT.find((status) => statuses.includes(status)) ?? 'not-checked';
}

function distinct(findings: readonly Finding[]): readonly Finding[] {
  const known = new Map(findings.map((finding) => [`${finding.code} ${finding.index} ${finding.message}`, finding]));
  return [...known.values()];
}

function sumOf(level: RiskLevel, counts: readonly LevelCount[]): readonly LevelCount[] {
  const own = counts.filter((count) => count.level === level);
  if (own.length === 0) return [];
  const sum = (value: (count: LevelCount) => number) => own.reduce((total, count) => total + value(count), 0);
  return [
    {
      level,
      expected: sum(({ expected }) => expected),
      returned: sum(({ returned }) => returned),
      filtered: sum(({ filtered }) => filtered),
      purged: sum(({ purged }) => purged),
      missing: sum(({ missing }) => missing),
    },
  ];
}
