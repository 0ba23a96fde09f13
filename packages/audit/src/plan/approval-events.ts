/**
 * What each approval event comes to: its entries with their payloads, and the rows that follow from them. Pure.
 */

import type {
  ApprovalEvent,
  ApprovalNeeds,
  ApprovalRecord,
  ApprovalRequest,
  ArgumentPattern,
  CurrentRows,
  DecisionDraft,
  GrantDraft,
  GrantRecord,
  RequestDraft,
} from '@countersign/approval';
import { EFFECTS, formatTime, type JsonValue } from '@countersign/core';
import type { Entry, EntryKind, EntryOf } from '../entry/kinds.js';
import { payloadBytes } from '../payload.js';
import {
  projectDecision,
  projectEscalated,
  projectExpired,
  projectGrant,
  projectGrantRevoked,
  projectRequest,
  projectWithdrawn,
} from '../projection.js';
import { actorMember, MAX_SIGNALS, reasonValue, reversibleMember, signalMembers } from './call-members.js';
import { type EntryDraft, entryBytes, type PayloadMaker, type RowWrites } from './plan.js';

/** What is known under the lock alone. */
export interface EventGround {
  /** The time of the entry. */
  readonly nowUs: number;
  /** The decision with what is on record of its approver, for an event that is one. */
  readonly decision?: DecisionDraft;
}

/** What an event comes to, apart from the state of its rows. */
export interface EventParts {
  readonly requestId?: string;
  readonly grantId?: string;
  /** About how many bytes the event keeps in memory. */
  readonly bytes: number;
  /** The entries, for an event that applies to these rows. */
  drafts(current: CurrentRows, under: EventGround): readonly EntryDraft[];
  /** The rows that the placed entries come to. */
  rows(current: CurrentRows, entries: readonly Entry[]): RowWrites;
}

/** The parts of an event. */
export function approvalEventParts(event: ApprovalEvent, makePayloads: PayloadMaker): EventParts {
  switch (event.kind) {
    case 'requested':
      return requestedParts(event.request, makePayloads);
    case 'decided':
      return decidedParts(event.decision, event.grant, makePayloads);
    case 'expired':
      return expiredParts(event);
    case 'withdrawn':
      return withdrawnParts(event);
    case 'escalated':
      return escalatedParts(event);
    case 'grant-revoked':
      return revokedParts(event, makePayloads);
    default:
      return event satisfies never;
  }
}

function requestedParts(request: RequestDraft, makePayloads: PayloadMaker): EventParts {
  const values = { args: request.args, reasons: request.reasons.map(reasonValue) };
  const draft: EntryDraft = { fields: requestFields(request), payloads: makePayloads(values) };
  return {
    requestId: request.id,
    // The row holds the shown arguments whole, however long.
    bytes: payloadBytes(request.args).length + entryBytes(draft.payloads),
    drafts: () => [draft],
    rows: (_current, [entry]) => ({ requests: [projectRequest(ofKind(entry, 'approval-requested'), values)] }),
  };
}

function requestFields(request: RequestDraft): EntryDraft['fields'] {
  const { session, step, plan, requester, server } = request;
  return {
    kind: 'approval-requested',
    request: request.id,
    call: request.callId,
    run: request.run,
    session,
    step,
    plan,
    actor: requester === undefined ? undefined : actorMember(requester),
    tool: request.tool,
    server,
    toolDigest: request.toolDigest,
    risk: request.risk,
    classification: {
      ruleSet: request.ruleSet,
      ...signalMembers(request.signals),
      effects: EFFECTS.filter((effect) => request.effects.includes(effect)),
      reversible: reversibleMember(request.reversible),
      confidencePercent: request.confidencePercent,
    },
    policy: request.policy,
    rule: request.rule,
    argsDigest: request.argsDigest,
    redacted: request.redacted,
    expiresAt: formatTime(request.expiresAtUs),
    needs: request.needs === undefined ? undefined : needsMember(request.needs),
  };
}

function needsMember({ roles, approvers, escalateTo, ...rest }: ApprovalNeeds): EntryOf<'approval-requested'>['needs'] {
  return {
    ...rest,
    ...(roles !== undefined && { roles: [...roles] }),
    ...(approvers !== undefined && { approvers: [...approvers] }),
    ...(escalateTo !== undefined && { escalateTo: [...escalateTo] }),
  };
}

function decidedParts(decision: DecisionDraft, grant: GrantDraft | undefined, makePayloads: PayloadMaker): EventParts {
  const { reason, messageForModel, respondWith, editedArgs } = decision;
  const values = {
    reason: reason?.toWellFormed(),
    message: messageForModel?.toWellFormed(),
    response: respondWith,
    editedArgs,
  };
  const payloads = makePayloads(values);
  const grantValues = grant && { arguments: grant.arguments.map(patternValue) };
  const issued = grant && grantValues && { fields: grantFields(grant), payloads: makePayloads(grantValues) };
  const { requestId } = decision;
  return {
    requestId,
    ...(grant !== undefined && { grantId: grant.id }),
    bytes: entryBytes([...payloads, ...(issued?.payloads ?? [])]),
    drafts: (current, under) => {
      const fields = decisionFields(under.decision ?? decision, grant?.id, requestOf(current).request);
      return issued === undefined ? [{ fields, payloads }] : [{ fields, payloads }, issued];
    },
    rows: (current, [entry, grantEntry]) => ({
      requests: [projectDecision(requestOf(current), ofKind(entry, 'approval-decided'), values)],
      grants: grantValues === undefined ? [] : [projectGrant(ofKind(grantEntry, 'grant-issued'), grantValues)],
    }),
  };
}

function decisionFields(
  decision: DecisionDraft,
  grant: string | undefined,
  { callId, run, argsDigest }: ApprovalRequest,
): EntryDraft['fields'] {
  return {
    kind: 'approval-decided',
    request: decision.requestId,
    call: callId,
    run,
    argsDigest,
    decision: decision.decision,
    decisionBy: decision.approver.id,
    approver: actorMember(decision.approver),
    attestation: decision.attestation,
    channel: decision.channel,
    editedDigest: decision.editedDigest,
    editedRisk: decision.editedRisk,
    grant,
    signature: decision.signature?.value,
    signedAt: decision.signature === undefined ? undefined : formatTime(decision.signature.signedAtUs),
    key: decision.signature?.key,
    onBehalfOf: decision.onBehalfOf === undefined ? undefined : actorMember(decision.onBehalfOf),
    delegation: decision.delegation,
  };
}

function grantFields(grant: GrantDraft): EntryDraft['fields'] {
  return {
    kind: 'grant-issued',
    grant: grant.id,
    request: grant.requestId,
    tool: grant.tool,
    server: grant.server,
    toolDigest: grant.toolDigest,
    session: grant.session,
    maxRisk: grant.maxRisk,
    // Fewer signals make a narrower grant.
    signals: grant.signals.slice(0, MAX_SIGNALS),
    ruleSet: grant.ruleSet,
    policy: grant.policy,
    uses: grant.uses,
    expiresAt: formatTime(grant.expiresAtUs),
    issuedBy: actorMember(grant.issuedBy),
  };
}

function expiredParts({ requestId, cause }: Extract<ApprovalEvent, { readonly kind: 'expired' }>): EventParts {
  return {
    requestId,
    bytes: entryBytes([]),
    drafts: (current) => {
      const { callId: call, run, argsDigest } = requestOf(current).request;
      return [{ fields: { kind: 'approval-expired', request: requestId, call, run, argsDigest, cause }, payloads: [] }];
    },
    rows: (current, [entry]) => ({
      requests: [projectExpired(requestOf(current), ofKind(entry, 'approval-expired'))],
    }),
  };
}

function withdrawnParts({ requestId, by }: Extract<ApprovalEvent, { readonly kind: 'withdrawn' }>): EventParts {
  return {
    requestId,
    bytes: entryBytes([]),
    drafts: (current) => {
      const { callId: call, run, argsDigest } = requestOf(current).request;
      const approver = actorMember(by);
      return [
        { fields: { kind: 'approval-withdrawn', request: requestId, call, run, argsDigest, approver }, payloads: [] },
      ];
    },
    rows: (current, [entry]) => ({
      requests: [projectWithdrawn(requestOf(current), ofKind(entry, 'approval-withdrawn'))],
    }),
  };
}

function escalatedParts({ requestId }: Extract<ApprovalEvent, { readonly kind: 'escalated' }>): EventParts {
  return {
    requestId,
    bytes: entryBytes([]),
    drafts: (current, { nowUs }) => {
      const { callId: call, run, argsDigest, needs } = requestOf(current).request;
      const fields = {
        ...({ kind: 'approval-escalated', request: requestId, call, run, argsDigest } as const),
        roles: [...(needs?.escalateTo ?? [])],
        expiresAt: formatTime(nowUs + (needs?.escalateUs ?? 0)),
      };
      return [{ fields, payloads: [] }];
    },
    rows: (current, [entry]) => ({
      requests: [projectEscalated(requestOf(current), ofKind(entry, 'approval-escalated'))],
    }),
  };
}

function revokedParts(
  { grantId, by, reason }: Extract<ApprovalEvent, { readonly kind: 'grant-revoked' }>,
  makePayloads: PayloadMaker,
): EventParts {
  const payloads = makePayloads({ reason: reason?.toWellFormed() });
  const fields = { kind: 'grant-revoked', grant: grantId, by: actorMember(by) } as const;
  return {
    grantId,
    bytes: entryBytes(payloads),
    drafts: () => [{ fields, payloads }],
    rows: (current) => ({ grants: [projectGrantRevoked(grantOf(current))] }),
  };
}

function patternValue({ pointer, kind, value }: ArgumentPattern): JsonValue {
  return { pointer, kind, value };
}

/** The rows are there: approval's state machine has said that the event applies to them. */
function requestOf({ request }: CurrentRows): ApprovalRecord {
  if (request === undefined) throw new TypeError('An event applied to a request that is not there.');
  return request;
}

function grantOf({ grant }: CurrentRows): GrantRecord {
  if (grant === undefined) throw new TypeError('An event applied to a grant that is not there.');
  return grant;
}

/** The entry, which is of this kind because its draft was. */
function ofKind<K extends EntryKind>(entry: Entry | undefined, kind: K): EntryOf<K> {
  if (entry === undefined || !isOfKind(entry, kind)) throw new TypeError(`An entry of kind ${kind} was expected.`);
  return entry;
}

function isOfKind<K extends EntryKind>(entry: Entry, kind: K): entry is EntryOf<K> {
  return entry.kind === kind;
}
