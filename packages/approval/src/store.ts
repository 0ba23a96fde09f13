/**
 * The approvals' side of a store: reading. Writing goes through the `DecisionJournal`, so that every change of a row
 * commits together with the log entry that says so.
 */

import type { GrantRecord } from './grant.js';
import type { ApprovalRecord, RequestState } from './request.js';

/** Which requests to read. */
export interface RequestFilter {
  readonly states?: readonly RequestState[];
  readonly session?: string;
  /** 1 to 1,000; default 100. Oldest first. */
  readonly limit?: number;
}

/** The numbers of requests that one reading answers. */
export const REQUEST_LIMITS = { default: 100, max: 1_000 } as const;

/** The read side of the approvals' rows. */
export interface ApprovalStore {
  request(id: string): Promise<ApprovalRecord | undefined>;
  requests(filter?: RequestFilter): Promise<readonly ApprovalRecord[]>;
  grant(id: string): Promise<GrantRecord | undefined>;
  /** All grants that were not purged, oldest first. */
  grants(): Promise<readonly GrantRecord[]>;
}

/** A new state of one request row; `expectVersion` 0 inserts. The store refuses the whole batch when the version is another. */
export interface RequestChange {
  readonly expectVersion: number;
  readonly record: ApprovalRecord;
}

/** A new state of one grant row, likewise. */
export interface GrantChange {
  readonly expectVersion: number;
  readonly record: GrantRecord;
}
