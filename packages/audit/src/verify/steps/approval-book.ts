/**
 * Requests as the entries tell their story: approval's own state machine is run again over them, and what it comes to is what
 * the rows must say and what a call may rest on (log format, sections 4 and 10). Pure.
 *
 * Memory goes by the requests that are open, and a digest for each that is not.
 */

import {
  type ApprovalRecord,
  formatApprovalRecord,
  needsReason,
  type RequestState,
  type TransitionEvent,
  type TransitionRefusalCode,
  transition,
} from '@countersign/approval';
import { type JsonValue, parseTime } from '@countersign/core';
import type { EntryOf } from '../../entry/kinds.js';
import {
  type PayloadValues,
  projectConsumed,
  projectDecision,
  projectEscalated,
  projectExpired,
  projectRequest,
  projectWithdrawn,
  toActor,
  toDecision,
} from '../../projection.js';
import { isSeen, type OpenedPayloads, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { FindingCode } from '../findings.js';
import { type CutPayload, cutPayloads, digestRow } from './row-digest.js';

/** What a request came to, as far as entries say. */
export interface BookedRequest {
  readonly state: RequestState;
  /** The row; absent once it is final and whole, when its digest is enough. */
  readonly row?: ApprovalRecord;
  /** SHA-256 of the row's canonical text, in standard base64; present when `row` is not. */
  readonly digest?: string;
  /** Payloads that the row holds more of than the log. */
  readonly cuts: readonly CutPayload[];
}

/** The requests of a log. */
export class ApprovalBook {
  readonly #report: Report;
  readonly #requests = new Map<string, BookedRequest>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** The request of this id, as the entries so far leave it. */
  request(id: string): BookedRequest | undefined {
    return this.#requests.get(id);
  }

  /** All requests, in the order of their entries. */
  requests(): ReadonlyMap<string, BookedRequest> {
    return this.#requests;
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'approval-requested')) this.#ask(seen);
    if (isSeen(seen, 'approval-decided')) this.#decide(seen);
    if (isSeen(seen, 'approval-withdrawn')) this.#withdraw(seen);
    if (isSeen(seen, 'approval-escalated')) this.#escalate(seen);
    if (isSeen(seen, 'approval-expired')) this.#expire(seen);
    if (isSeen(seen, 'tool-call') && seen.entry.request !== undefined) this.#consume(seen, seen.entry.request);
  }

  #ask({ entry, payloads }: Seen<'approval-requested'>): void {
    if (this.#requests.has(entry.request)) {
      this.#report('APPROVAL_STATE', 'A request of this id was made before.', entry.index);
      return;
    }
    const row = projectRequest(entry, valuesOf(payloads));
    this.#put(row, cutPayloads(entry.payload, payloads, REQUEST_PAYLOADS));
  }

  #decide(seen: Seen<'approval-decided'>): void {
    const { entry, payloads } = seen;
    const booked = this.#open(seen, entry);
    if (booked === undefined) return;
    const { requester } = booked.row.request;
    if (requester?.kind === entry.approver.kind && requester.id === entry.approver.id) {
      this.#report('SELF_APPROVAL', 'The approver is the actor of the call.', entry.index);
    }
    if (requester !== undefined && requester.id === entry.onBehalfOf?.id) {
      this.#report('SELF_APPROVAL', 'The approver decides for the actor of the call.', entry.index);
    }
    if (entry.decisionBy !== entry.approver.id) {
      this.#report('APPROVAL_STATE', 'The members decisionBy and approver disagree.', entry.index);
    }
    if (needsReason(booked.row.request, entry.decision) && !Object.hasOwn(entry.payload, 'reason')) {
      this.#report('APPROVAL_STATE', 'The decision must say why, and does not.', entry.index);
    }
    const decision = toDecision(entry, valuesOf(payloads));
    if (!this.#apply(booked.row, { kind: 'decided', decision }, entry)) return;
    const row = projectDecision(booked.row, entry, valuesOf(payloads));
    // An approval that others must join leaves no texts in the row.
    const cuts = row.state === 'pending' ? [] : cutPayloads(entry.payload, payloads, DECISION_PAYLOADS);
    this.#put(row, [...booked.cuts, ...cuts]);
  }

  #withdraw(seen: Seen<'approval-withdrawn'>): void {
    const { entry } = seen;
    const booked = this.#open(seen, entry);
    if (booked === undefined) return;
    if (!this.#apply(booked.row, { kind: 'withdrawn', by: toActor(entry.approver) }, entry)) return;
    const cuts = booked.cuts.filter(({ name }) => REQUEST_PAYLOADS.some((kept) => kept === name));
    this.#put(projectWithdrawn(booked.row, entry), cuts);
  }

  #escalate(seen: Seen<'approval-escalated'>): void {
    const { entry } = seen;
    const booked = this.#open(seen, entry);
    if (booked === undefined) return;
    const result = transition(booked.row, { kind: 'escalated' }, parseTime(entry.time));
    if (!this.#apply(booked.row, { kind: 'escalated' }, entry)) return;
    const row = projectEscalated(booked.row, entry);
    if (result.ok && formatApprovalRecord(result.record) !== formatApprovalRecord(row)) {
      this.#report('APPROVAL_STATE', 'The request went to others than it says, or for another time.', entry.index);
    }
    this.#put(row, booked.cuts);
  }

  #expire(seen: Seen<'approval-expired'>): void {
    const { entry } = seen;
    const booked = this.#open(seen, entry);
    if (booked === undefined) return;
    if (!this.#apply(booked.row, { kind: 'expired', cause: entry.cause }, entry)) return;
    this.#put(projectExpired(booked.row, entry), booked.cuts);
  }

  /** A call that rests on an approval uses it up. */
  #consume(seen: Seen<'tool-call'>, id: string): void {
    const { entry } = seen;
    const booked = this.#find(id, seen);
    if (booked === undefined) return;
    if (booked.row === undefined) {
      const code = booked.state === 'used' ? 'APPROVAL_REUSED' : 'RUN_NOT_ALLOWED';
      this.#report(code, `The request of the call is ${booked.state}.`, entry.index);
      return;
    }
    const { request, decision } = booked.row;
    const isSame = request.callId === entry.call && request.run === entry.run && request.tool === entry.tool;
    const isSameTool = request.toolDigest === entry.toolDigest && request.server === entry.server;
    if (!isSame || !isSameTool || request.session !== entry.session || request.policy !== entry.policy) {
      this.#report('APPROVAL_MISMATCH', 'The request was made for another call.', entry.index);
      return;
    }
    if (decision !== undefined && entry.decisionBy !== decision.approver.id) {
      this.#report('APPROVAL_MISMATCH', 'The call names another approver than the decision.', entry.index);
    }
    const event = { kind: 'consumed', argsDigest: entry.argsDigest ?? '' } as const;
    if (this.#apply(booked.row, event, entry)) this.#put(projectConsumed(booked.row), booked.cuts);
  }

  /** The open request that an event names; its members must be those of the request. */
  #open(
    seen: SeenEntry,
    entry: EntryOf<'approval-decided' | 'approval-withdrawn' | 'approval-escalated' | 'approval-expired'>,
  ): (BookedRequest & { readonly row: ApprovalRecord }) | undefined {
    const booked = this.#find(entry.request, seen);
    if (booked === undefined) return undefined;
    const { row } = booked;
    if (row === undefined) {
      this.#report('APPROVAL_STATE', `The request is ${booked.state} already.`, entry.index);
      return undefined;
    }
    const { callId, run, argsDigest } = row.request;
    if (callId !== entry.call || run !== entry.run || argsDigest !== entry.argsDigest) {
      this.#report(
        'APPROVAL_MISMATCH',
        'The event names another call or other arguments than its request.',
        entry.index,
      );
    }
    return { ...booked, row };
  }

  #find(id: string, { entry, unread }: SeenEntry): BookedRequest | undefined {
    const booked = this.#requests.get(id);
    // The entry of the request may be among those that cannot be read.
    if (booked === undefined && unread === 0) {
      this.#report('APPROVAL_NOT_FOUND', 'The request is not on record before this entry.', entry.index);
    }
    return booked;
  }

  /** Whether the event follows from the row, at the time of the entry. */
  #apply(row: ApprovalRecord, event: TransitionEvent, entry: SeenEntry['entry']): boolean {
    const result = transition(row, event, parseTime(entry.time));
    if (!result.ok) this.#report(REFUSALS[result.code], `The event does not apply (${result.code}).`, entry.index);
    return result.ok;
  }

  #put(row: ApprovalRecord, cuts: readonly CutPayload[]): void {
    const { state } = row;
    const isFinal = state !== 'pending' && state !== 'approved';
    const booked: BookedRequest =
      isFinal && cuts.length === 0
        ? { state, digest: digestRow(formatApprovalRecord(row)), cuts }
        : { state, row, cuts };
    this.#requests.set(row.request.id, booked);
  }
}

/** The opened payloads as projections take them; previews stand in for what they were cut from. */
export function valuesOf(payloads: OpenedPayloads): PayloadValues {
  const values: Record<string, JsonValue> = {};
  for (const [name, { value }] of payloads) values[name] = value;
  return values;
}

const REQUEST_PAYLOADS = ['args', 'reasons'] as const;
const DECISION_PAYLOADS = ['reason', 'message', 'response', 'editedArgs'] as const;

const REFUSALS: Readonly<Record<TransitionRefusalCode, FindingCode>> = {
  ALREADY_DECIDED: 'APPROVAL_STATE',
  NOT_FOUND: 'APPROVAL_NOT_FOUND',
  EXPIRED: 'APPROVAL_EXPIRED',
  NOT_YET_EXPIRED: 'APPROVAL_STATE',
  NOT_APPROVED: 'RUN_NOT_ALLOWED',
  DIGEST_MISMATCH: 'APPROVAL_MISMATCH',
  ALREADY_USED: 'APPROVAL_REUSED',
  DUPLICATE: 'APPROVAL_STATE',
  ALREADY_APPROVED: 'APPROVAL_STATE',
  NOT_ASKED: 'APPROVER_NOT_ENTITLED',
  EDIT_NOT_ALLOWED: 'APPROVAL_STATE',
  SIGNATURE_SPENT: 'APPROVER_SIGNATURE_INVALID',
  NOT_APPROVED_BEFORE: 'APPROVAL_STATE',
  ESCALATES: 'APPROVAL_STATE',
  NOT_ESCALATING: 'APPROVAL_STATE',
};
