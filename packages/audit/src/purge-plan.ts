/**
 * Cuts what a purge removes into statements: each a range with the indexes in it that stay. Pure.
 */

import type { Purgeable } from './purge-scan.js';

/** The most indexes that one statement names as kept (log format, section 7). */
export const MAX_KEPT = 500;

/** The most entries that one statement removes, in one transaction. */
export const MAX_REMOVED = 1000;

/** One statement and its removal. */
export interface PurgeStatement {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Indexes in the range whose text stays, ascending. */
  readonly kept: readonly number[];
  /** Indexes in the range whose text goes, ascending. */
  readonly removed: readonly number[];
  /** How many payloads go with them. */
  readonly payloads: number;
  /** The rows that go with their first entries. */
  readonly requests: readonly string[];
  readonly grants: readonly string[];
}

/** The statements for what was found, in ascending order of their ranges, which do not overlap. */
export function planPurge({ entries }: Purgeable): readonly PurgeStatement[] {
  const statements: Draft[] = [];
  let draft: Draft | undefined;
  /** Entries that stay, since the last one that goes. */
  let between: number[] = [];
  for (const entry of entries) {
    if (!entry.goes) {
      between.push(entry.index);
      continue;
    }
    if (draft === undefined || draft.removed.length >= MAX_REMOVED || draft.kept.length + between.length > MAX_KEPT) {
      draft = { from: entry.index, to: entry.index, kept: [], removed: [], payloads: 0, requests: [], grants: [] };
      statements.push(draft);
      between = [];
    }
    draft.kept.push(...between);
    between = [];
    draft.removed.push(entry.index);
    draft.to = entry.index + 1;
    draft.payloads += entry.payloads;
    if (entry.request !== undefined) draft.requests.push(entry.request);
    if (entry.grant !== undefined) draft.grants.push(entry.grant);
  }
  return statements;
}

interface Draft extends PurgeStatement {
  to: number;
  readonly kept: number[];
  readonly removed: number[];
  payloads: number;
  readonly requests: string[];
  readonly grants: string[];
}
