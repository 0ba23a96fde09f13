/**
 * The statement of a purge as the log appends it: what goes, and the removal, in one item. Pure.
 */

import { formatTime } from '@countersign/core';
import { actorMember } from '../plan/call-members.js';
import {
  type AppendItem,
  type EntryDraft,
  entryBytes,
  type PayloadMaker,
  type Plan,
  type PlanView,
} from '../plan/plan.js';
import type { Removal } from '../store.js';
import { clearGrant, clearRequest, type RowValue } from './clear-rows.js';
import type { CheckedPurge } from './purge-options.js';
import type { PurgeableEntry, PurgeStatement } from './purge-plan.js';
import { type PurgeWatch, type PurgeWhat, WATCHED_KINDS } from './purge-scan.js';

/** Somebody placed a hold, changed the retention, or purged, since the plan was made. Never leaves the purge. */
export class PurgeOutrun extends Error {}

/** What a statement is made of. */
export interface StatementParts {
  readonly what: PurgeWhat;
  readonly statement: PurgeStatement;
  /** The root of the tree of the first `to` leaves, in base64. */
  readonly root: string;
  readonly watch: PurgeWatch;
  readonly makePayloads: PayloadMaker;
  readonly options: CheckedPurge;
  /** SHA-256 of the archive, in base64. */
  readonly archive?: string;
}

/** The item; its plan throws `PurgeOutrun`. */
export function statementItem(parts: StatementParts): AppendItem {
  const { what, statement, watch, makePayloads, options } = parts;
  const payloads = makePayloads({ reason: options.reason });
  const fields = statementFields(parts);
  const { removed } = statement;
  return {
    lock: {
      newest: WATCHED_KINDS,
      requests: what === 'payloads' ? unique(removed.flatMap(({ request }) => request ?? [])) : [],
      grants: what === 'payloads' ? unique(removed.flatMap(({ grant }) => grant ?? [])) : [],
    },
    // A statement with its removal is a commit of its own size: nothing else needs to wait for its rows.
    bytes: entryBytes(payloads) + removed.length * REMOVAL_BYTES,
    flush: true,
    plan: (view): Plan => {
      if (WATCHED_KINDS.some((kind) => view.newest(kind) !== watch[kind])) throw new PurgeOutrun();
      return {
        drafts: [{ fields, payloads }],
        removal: what === 'entries' ? ofEntries(removed) : ofPayloads(removed, view),
      };
    },
  };
}

/** About what one removed entry costs the store in work and log space. */
const REMOVAL_BYTES = 2048;

function statementFields({ what, statement, root, options, archive }: StatementParts): EntryDraft['fields'] {
  const { from, to, kept, removed } = statement;
  return {
    kind: 'entries-purged',
    what,
    from,
    to,
    kept: [...kept],
    removed: removed.length,
    root,
    policy: options.policyName(what),
    by: actorMember(options.by),
    newest: formatTime(removed.reduce((newest, { timeUs }) => Math.max(newest, timeUs), 0)),
    ...(archive !== undefined && { archive }),
    ...(options.override && { override: true as const }),
  };
}

/** Rows go with the entry that made them. */
function ofEntries(removed: readonly PurgeableEntry[]): Removal {
  return {
    leaves: removed.map(({ index }) => index),
    payloads: [],
    requests: removed.flatMap(({ kind, request }) => (kind === 'approval-requested' ? (request ?? []) : [])),
    grants: removed.flatMap(({ grant }) => grant ?? []),
  };
}

function ofPayloads(removed: readonly PurgeableEntry[], view: PlanView): Removal {
  return { ...NOTHING, payloads: removed.map(({ index }) => ({ index })), cleared: clearedRows(removed, view) };
}

/** The rows without the values of these entries' payloads, as a store writes them. */
export function clearedRows(removed: readonly PurgeableEntry[], view: PlanView): NonNullable<Removal['cleared']> {
  const values = new Map<string, RowValue[]>();
  for (const { request, kind, payloads, timeUs } of removed) {
    if (request === undefined) continue;
    values.set(request, [...(values.get(request) ?? []), ...payloads.map((name) => ({ kind, name, timeUs }))]);
  }
  const grants = removed.flatMap(({ grant, payloads }) => (payloads.includes('arguments') ? (grant ?? []) : []));
  return {
    requests: [...values].flatMap(([id, gone]) => {
      const row = view.storedRequest(id);
      return row === undefined ? [] : [{ expectVersion: row.version, record: clearRequest(row, gone) }];
    }),
    grants: unique(grants).flatMap((id) => {
      const row = view.storedGrant(id);
      return row === undefined ? [] : [{ expectVersion: row.version, record: clearGrant(row) }];
    }),
  };
}

/** A removal that removes nothing. */
export const NOTHING: Removal = Object.freeze({ leaves: [], payloads: [], requests: [], grants: [] });

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
