/**
 * Approvals in memory, for programs that want approvals without a log, and for tests. Nothing outlives the process.
 */

import type { Environment } from '@countersign/core';
import { applyApprovalEvent } from './apply-event.js';
import { ApprovalError } from './errors.js';
import type { GrantRecord } from './grant.js';
import type { ApprovalEvent, DecisionJournal, JournalResult } from './journal.js';
import { mayAnswer } from './match-grant.js';
import type { ApprovalRecord } from './request.js';
import { formatApprovalRecord, formatGrantRecord, parseApprovalRecord, parseGrantRecord } from './rows.js';
import { type ApprovalStore, type GrantChange, REQUEST_LIMITS, type RequestChange } from './store.js';

/** Row changes that are written together or not at all. */
export interface ApprovalChanges {
  readonly requests?: readonly RequestChange[];
  readonly grants?: readonly GrantChange[];
}

/** An approval store that can be written to without a log. */
export interface MemoryApprovalStore extends ApprovalStore {
  /** @throws ApprovalError CONFLICTING_WRITE when any row has another version than expected; nothing is written then. */
  apply(changes: ApprovalChanges): Promise<void>;
}

/** An empty store. It keeps rows as text, so that what was written cannot be changed through an object that was handed in. */
export function createMemoryApprovalStore(): MemoryApprovalStore {
  const requests = new Map<string, string>();
  const grants = new Map<string, string>();
  return {
    request: async (id) => read(requests, id, parseApprovalRecord),
    requests: async (filter = {}) => {
      const limit = Math.min(filter.limit ?? REQUEST_LIMITS.default, REQUEST_LIMITS.max);
      return [...requests.values()]
        .map(parseApprovalRecord)
        .filter((record) => filter.states === undefined || filter.states.includes(record.state))
        .filter((record) => filter.session === undefined || filter.session === record.request.session)
        .sort((a, b) => byAge(a.request.requestedAtUs, b.request.requestedAtUs, a.request.id, b.request.id))
        .slice(0, limit);
    },
    settled: async (ids) => ids.filter((id) => read(requests, id, parseApprovalRecord)?.state !== 'pending'),
    grant: async (id) => read(grants, id, parseGrantRecord),
    grants: async (filter) =>
      [...grants.values()]
        .map(parseGrantRecord)
        .filter((record) => filter === undefined || mayAnswer(record, filter))
        .sort((a, b) => byAge(a.grant.issuedAtUs, b.grant.issuedAtUs, a.grant.id, b.grant.id)),
    apply: async (changes) => {
      const requestChanges = changes.requests ?? [];
      const grantChanges = changes.grants ?? [];
      for (const { expectVersion, record } of requestChanges) {
        assertVersion(expectVersion, read(requests, record.request.id, parseApprovalRecord), record);
      }
      for (const { expectVersion, record } of grantChanges) {
        assertVersion(expectVersion, read(grants, record.grant.id, parseGrantRecord), record);
      }
      for (const { record } of requestChanges) requests.set(record.request.id, formatApprovalRecord(record));
      for (const { record } of grantChanges) grants.set(record.grant.id, formatGrantRecord(record));
    },
  };
}

/** What a journal without a log works with. */
export interface MemoryJournalOptions {
  readonly store: MemoryApprovalStore;
  /** Stands in every request as the origin of its log. */
  readonly log: string;
  readonly environment: Environment;
}

/** A journal that changes rows and keeps no log. Give all approvals on one store the same journal: its queue is the write lock. */
export function createMemoryJournal({ store, log, environment }: MemoryJournalOptions): DecisionJournal {
  let queue: Promise<unknown> = Promise.resolve();
  const write = async (event: ApprovalEvent): Promise<JournalResult> => {
    const { requestId, grantId } = rowsOf(event);
    const current = {
      request: requestId === undefined ? undefined : await store.request(requestId),
      grant: grantId === undefined ? undefined : await store.grant(grantId),
    };
    // Through their text and back, so that what is answered shares nothing with what was handed in.
    const next = copyOf(applyApprovalEvent(current, event, { log, nowUs: environment.nowUs() }));
    await store.apply({
      requests: next.request === undefined ? [] : [change(next.request)],
      grants: next.grant === undefined ? [] : [change(next.grant)],
    });
    return next;
  };
  return {
    record: (event) => {
      const done = queue.then(() => write(event));
      queue = done.catch(() => undefined);
      return done;
    },
  };
}

function read<T>(rows: ReadonlyMap<string, string>, id: string, parse: (text: string) => T): T | undefined {
  const text = rows.get(id);
  return text === undefined ? undefined : parse(text);
}

function assertVersion(
  expected: number,
  current: { readonly version: number } | undefined,
  next: { readonly version: number },
): void {
  const found = current?.version ?? 0;
  if (found === expected && next.version === expected + 1) return;
  throw new ApprovalError(
    'CONFLICTING_WRITE',
    `expected a row of version ${expected}, found ${found}; nothing was written`,
  );
}

function rowsOf(event: ApprovalEvent): { readonly requestId?: string; readonly grantId?: string } {
  switch (event.kind) {
    case 'requested':
      return { requestId: event.request.id };
    case 'decided':
      return {
        requestId: event.decision.requestId,
        ...(event.grant !== undefined && { grantId: event.grant.id }),
      };
    case 'expired':
    case 'withdrawn':
    case 'escalated':
      return { requestId: event.requestId };
    case 'grant-revoked':
      return { grantId: event.grantId };
    default:
      return event satisfies never;
  }
}

function copyOf({ request, grant }: JournalResult): JournalResult {
  return {
    ...(request !== undefined && { request: parseApprovalRecord(formatApprovalRecord(request)) }),
    ...(grant !== undefined && { grant: parseGrantRecord(formatGrantRecord(grant)) }),
  };
}

function change<T extends ApprovalRecord | GrantRecord>(
  record: T,
): { readonly expectVersion: number; readonly record: T } {
  return { expectVersion: record.version - 1, record };
}

function byAge(aUs: number, bUs: number, aId: string, bId: string): number {
  return aUs - bUs || (aId < bId ? -1 : 1);
}
