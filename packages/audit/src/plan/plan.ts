/**
 * What an operation of the log comes to: the entries that it wants to append, worked out against the state under the write
 * lock, and the rows that follow from them. Pure types and small helpers.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import type { JsonValue } from '@countersign/core';
import type { Entry, EntryFields, EntryKind } from '../entry/kinds.js';
import { type PreparedPayload, preparePayload } from '../payload.js';
import type { KeptCheckpoint, LockRequest, Removal } from '../store.js';

/** An entry before it has its place: its kind, the members of that kind, and its payloads. */
export interface EntryDraft {
  readonly fields: EntryFields;
  readonly payloads: readonly PreparedPayload[];
}

/** The state that a plan is made against: that of the store, with what earlier items of the same commit change. */
export interface PlanView {
  /** Number of leaves so far. */
  readonly size: number;
  /** The time that the plan's entries will bear, in integer microseconds since 1970. */
  readonly nowUs: number;
  request(id: string): ApprovalRecord | undefined;
  grant(id: string): GrantRecord | undefined;
  /** The index of the begin entry of this call, where there is one. */
  begun(run: string, call: string): number | undefined;
  /** The index of the newest entry of a kind, -1 where there is none; the lock must name the kind. */
  newest(kind: EntryKind): number;
  /** A row as it is stored, whatever it rests on: to take values out of it, and never to decide by it. */
  storedRequest(id: string): ApprovalRecord | undefined;
  storedGrant(id: string): GrantRecord | undefined;
}

/** Row states that follow from entries. */
export interface RowWrites {
  readonly requests?: readonly ApprovalRecord[];
  readonly grants?: readonly GrantRecord[];
}

/** The entries to append, in order; none for nothing to do. */
export interface Plan {
  readonly drafts: readonly EntryDraft[];
  /** The rows, made from the entries as they were placed (as many as there are drafts). */
  rows?(entries: readonly Entry[]): RowWrites;
  readonly removal?: Removal;
  /** An older checkpoint that is kept for good because of these entries. */
  readonly keep?: KeptCheckpoint;
}

/** One operation in the queue. */
export interface AppendItem {
  /** What its plan looks up. */
  readonly lock: Partial<Pick<LockRequest, 'requests' | 'grants' | 'calls' | 'newest'>>;
  /** About how many bytes it keeps in memory while it waits. */
  readonly bytes: number;
  /** Flush the mark before the acknowledgement. */
  readonly flush: boolean;
  /** End the epoch with this commit: whatever its age and length, or where it is due although the commit has no other entry. */
  readonly endsEpoch?: 'now' | 'when-due';
  /** Throws when the operation is not possible in this state: then it alone is rejected, with that error. */
  plan(view: PlanView): Plan;
}

/** What was appended for one item. */
export interface Appended {
  readonly entries: readonly Entry[];
  readonly requests: readonly ApprovalRecord[];
  readonly grants: readonly GrantRecord[];
}

/** Makes payloads: salts them, and truncates them to their recorded form. Members that are undefined are left out. */
export type PayloadMaker = (values: Readonly<Record<string, JsonValue | undefined>>) => readonly PreparedPayload[];

/** A payload maker with this source of salts and this limit. */
export function createPayloadMaker(options: {
  randomBytes(length: number): Uint8Array;
  readonly maxBytes: number;
  /** Makes the shown form of free text, which nobody else has looked at. */
  readonly show?: (value: JsonValue) => JsonValue;
}): PayloadMaker {
  const { maxBytes, show = (value: JsonValue) => value } = options;
  return (values) =>
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            preparePayload({
              name,
              value: FREE_TEXT.has(name) ? show(value) : value,
              maxBytes,
              salt: options.randomBytes(SALT_BYTES),
            }),
          ],
    );
}

/** About how many bytes an entry with these payloads keeps in memory. */
export function entryBytes(payloads: readonly PreparedPayload[]): number {
  return payloads.reduce((sum, { bytes }) => sum + bytes.length, LEAF_ESTIMATE_BYTES);
}

/** Payloads that people and programs write as they like. Arguments, results and errors come in their shown form already. */
const FREE_TEXT: ReadonlySet<string> = new Set(['reason', 'message', 'details']);

const SALT_BYTES = 16;

/** What a leaf and its bookkeeping take: most leaves have about 1 KiB. */
const LEAF_ESTIMATE_BYTES = 2048;
