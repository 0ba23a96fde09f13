/**
 * Retention: removes what is older than its age, after saying so in the log (log format, section 7).
 *
 * Entries go in units: all that belongs to one call, its request and its grant goes together or stays together, so that what
 * is left can always be understood. A unit goes when each of its entries is old, and the call, request and grant are over.
 * Leaf hashes stay. A statement and the removal that it states commit in one transaction.
 */

import { type Actor, ConfigError, type Environment } from '@countersign/core';
import { edgeRoot, encodeBase64 } from '@countersign/tlog';
import { sha256 } from './keys/private-key.js';
import { actorMember } from './plan/call-members.js';
import { type Appended, type AppendItem, type EntryDraft, entryBytes, type PayloadMaker } from './plan/plan.js';
import { type PurgeStatement, planPurge } from './purge-plan.js';
import { findPurgeable } from './purge-scan.js';
import type { LogStore } from './store.js';
import { TreeReader } from './tree-reader.js';

/** What to purge. */
export interface PurgeOptions {
  /** Whole or fractional days, 0 or more: entries that are older lose their text and their payloads. */
  readonly olderThanDays: number;
  /** Who asks; the system when not given. */
  readonly by?: Actor;
  /** For the record. */
  readonly reason?: string;
}

/** What a purge removed. */
export interface PurgeResult {
  readonly entries: number;
  readonly payloads: number;
  /** How many `entries-purged` entries say so. */
  readonly statements: number;
}

/** What a purge works with. */
export interface PurgeParts {
  readonly store: LogStore;
  readonly environment: Environment;
  readonly makePayloads: PayloadMaker;
  /** Appends one item and answers when it is durable. */
  append(item: AppendItem): Promise<Appended>;
}

/** Purges a log. When it fails on the way, what was removed so far is stated; a later purge goes on. */
export async function purgeLog(parts: PurgeParts, options: PurgeOptions): Promise<PurgeResult> {
  const { olderThanDays } = options;
  if (!Number.isFinite(olderThanDays) || olderThanDays < 0) {
    throw new ConfigError('OPTION_INVALID', 'olderThanDays: expected a number of days, 0 or more');
  }
  const cutoffUs = parts.environment.nowUs() - olderThanDays * DAY_US;
  const found = await findPurgeable(parts.store, { cutoffUs, nowUs: parts.environment.nowUs() });
  const statements = planPurge(found);
  const tree = new TreeReader(parts.store);
  for (const statement of statements) {
    const root = encodeBase64(edgeRoot(sha256, await tree.edgeAt(statement.to)));
    await parts.append(statementItem(statement, { root, options, makePayloads: parts.makePayloads }));
  }
  return {
    entries: sum(statements, ({ removed }) => removed.length),
    payloads: sum(statements, ({ payloads }) => payloads),
    statements: statements.length,
  };
}

interface StatementContext {
  readonly root: string;
  readonly options: PurgeOptions;
  readonly makePayloads: PayloadMaker;
}

function statementItem(statement: PurgeStatement, { root, options, makePayloads }: StatementContext): AppendItem {
  const { from, to, kept, removed, requests, grants } = statement;
  const payloads = makePayloads({ reason: options.reason?.toWellFormed() });
  const fields: EntryDraft['fields'] = {
    kind: 'entries-purged',
    what: 'entries',
    from,
    to,
    kept: [...kept],
    removed: removed.length,
    root,
    policy: `older-than-days:${options.olderThanDays}`,
    by: actorMember(options.by ?? SYSTEM),
  };
  return {
    lock: {},
    // A statement with its removal is a commit of its own size: nothing else needs to wait for its rows.
    bytes: entryBytes(payloads) + removed.length * REMOVAL_BYTES,
    flush: true,
    plan: () => ({ drafts: [{ fields, payloads }], removal: { leaves: removed, payloads: [], requests, grants } }),
  };
}

const DAY_US = 24 * 60 * 60 * 1_000_000;

/** About what one removed entry costs the store in work and log space. */
const REMOVAL_BYTES = 2048;

const SYSTEM: Actor = { kind: 'system', id: 'countersign' };

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
