/**
 * What a log says of its retention, for `stats` and `doctor`: the policy, what is held, what was purged, and what is due.
 */

import { parseTime } from '@countersign/core';
import type { EntryOf } from '../entry/kinds.js';
import { StoreCorruptError } from '../errors.js';
import type { LogStore } from '../store.js';
import { type Hold, listHolds } from './hold.js';
import { DEFAULT_RETENTION, type RetentionPolicy } from './policy.js';
import { PurgeScan } from './purge-scan.js';
import { newestIndex, readHistory, recordedAt } from './recorded.js';

/** Retention in figures. */
export interface RetentionStatus {
  /** The policy in force. */
  readonly policy: RetentionPolicy;
  /** False where none is on record, and the defaults hold. */
  readonly onRecord: boolean;
  readonly holds: readonly Hold[];
  /** The newest purge on record. */
  readonly lastPurge?: {
    readonly at: Date;
    readonly what: 'entries' | 'payloads';
    readonly removed: number;
    readonly by: string;
  };
  /** What is past its age now. `more` where the count stopped. */
  readonly due: { readonly entries: number; readonly payloads: number; readonly more: boolean };
}

/** Reads retention. @throws StoreCorruptError when the entries are not what was signed */
export async function readRetention(store: LogStore, nowUs: number): Promise<RetentionStatus> {
  const { policies } = await readHistory(store);
  const newest = policies.newest?.policy;
  const last = await lastPurge(store);
  return {
    policy: newest ?? DEFAULT_RETENTION,
    onRecord: newest !== undefined,
    holds: await listHolds(store),
    ...(last !== undefined && {
      lastPurge: { at: new Date(parseTime(last.time) / 1000), what: last.what, removed: last.removed, by: last.by.id },
    }),
    due: await countDue(store, nowUs),
  };
}

/** The time of the newest entry that the newest purge of entries removed; undefined where none did, or none that can be read says. */
export async function purgedUpTo(store: Pick<LogStore, 'findEntries' | 'read'>): Promise<number | undefined> {
  try {
    // The newest statements may be about payloads: those of the same purge about entries stand right before them.
    for (let index = await newestIndex(store, 'entries-purged'); index > 0; index -= 1) {
      const statement = await recordedAt(store, index, 'entries-purged');
      if (statement === undefined) return undefined;
      if (statement.what === 'entries' && statement.newest !== undefined) return parseTime(statement.newest);
    }
    return undefined;
  } catch (error) {
    // A damaged statement is for `verify` to find, and no reason to answer no question.
    if (error instanceof StoreCorruptError) return undefined;
    throw error;
  }
}

async function lastPurge(store: LogStore): Promise<EntryOf<'entries-purged'> | undefined> {
  const index = await newestIndex(store, 'entries-purged');
  return index < 0 ? undefined : recordedAt(store, index, 'entries-purged');
}

async function countDue(store: LogStore, nowUs: number): Promise<RetentionStatus['due']> {
  const { size } = await store.head();
  const ages = { asked: 'recorded', defaults: DEFAULT_RETENTION, override: false } as const;
  const due = { entries: 0, payloads: 0 };
  for (const what of ['entries', 'payloads'] as const) {
    const scan = await PurgeScan.open(store, { ages, nowUs, end: size - 1 });
    if (what === 'payloads' && !scan.payloadsGoFirst) continue;
    for await (const { entries } of scan.windows(what)) {
      due[what] += entries.filter(({ goes }) => goes).length;
      if (due[what] >= MAX_DUE) return { ...due, more: true };
    }
  }
  return { ...due, more: false };
}

/** This many are counted; more are said to be more. */
const MAX_DUE = 10_000;
