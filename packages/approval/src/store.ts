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

/** The call that grants are read for. */
export interface GrantFilter {
  /** Base64 digest of the tool's definition. */
  readonly toolDigest: string;
  /** The call's session: grants of other sessions are left out. */
  readonly session?: string;
  /** The time of the call, in microseconds since 1970. */
  readonly nowUs: number;
}

/** The read side of the approvals' rows. */
export interface ApprovalStore {
  request(id: string): Promise<ApprovalRecord | undefined>;
  requests(filter?: RequestFilter): Promise<readonly ApprovalRecord[]>;
  /**
   * Which of these requests no longer wait: those in another state than `pending`, and those that are not there. A store on a disk
   * answers it without reading rows, because whoever waits asks it four times a second.
   */
  settled(ids: readonly string[]): Promise<readonly string[]>;
  grant(id: string): Promise<GrantRecord | undefined>;
  /**
   * All grants that were not purged, oldest first; for a call, only those that may answer it: of its tool's definition, bound to its
   * session or to none, not revoked, used up or over. A store on a disk finds
   * them by an index, so that the grants of other calls cost nothing.
   */
  grants(filter?: GrantFilter): Promise<readonly GrantRecord[]>;
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
