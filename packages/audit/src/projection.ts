/**
 * What entries say of requests and grants: the rows that stores keep are made here and nowhere else, when they are written
 * and when `verify` derives them again from the log. Pure.
 *
 * The one thing that a row may hold more of than the log: the shown arguments of a request at full length, where the payload
 * is a preview. `verify` compares them by the digest in the preview.
 */

import {
  type ApprovalNeeds,
  type ApprovalRecord,
  type ApprovalRequest,
  type ArgumentPattern,
  type Decision,
  type GrantRecord,
  rowAfterDecision,
  rowAfterEscalation,
  rowAfterWithdrawal,
} from '@countersign/approval';
import { type Actor, type JsonValue, parseTime, type Reason, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import type { EntryOf } from './entry/kinds.js';

/** The opened payloads of an entry, by name; a member is absent when the payload is, by erasure or purge. */
export type PayloadValues = Readonly<Record<string, JsonValue | undefined>>;

/** The row of a request that was made. Payloads: `args`, `reasons`. */
export function projectRequest(entry: EntryOf<'approval-requested'>, payloads: PayloadValues): ApprovalRecord {
  const request: ApprovalRequest = {
    id: entry.request,
    callId: entry.call,
    run: entry.run,
    log: entry.log,
    ...(entry.session !== undefined && { session: entry.session }),
    ...(entry.step !== undefined && { step: entry.step }),
    ...(entry.plan !== undefined && { plan: entry.plan }),
    ...(entry.actor !== undefined && { requester: toActor(entry.actor) }),
    tool: entry.tool,
    ...(entry.server !== undefined && { server: entry.server }),
    toolDigest: entry.toolDigest,
    argsDigest: entry.argsDigest,
    args: payloads.args ?? null,
    redacted: entry.redacted,
    risk: entry.risk,
    confidencePercent: entry.classification.confidencePercent,
    reversible: toReversible(entry.classification.reversible),
    effects: entry.classification.effects,
    signals: entry.classification.signals,
    ruleSet: entry.classification.ruleSet,
    reasons: readReasons(payloads.reasons),
    policy: entry.policy,
    rule: entry.rule,
    ...(entry.needs !== undefined && { needs: toNeeds(entry.needs) }),
    requestedAtUs: parseTime(entry.time),
    expiresAtUs: parseTime(entry.expiresAt),
  };
  return { request, state: 'pending', version: 1 };
}

/** The row of a request that was decided, or approved by one of several who must. Payloads: `reason`, `message`, `response`, `editedArgs`. */
export function projectDecision(
  record: ApprovalRecord,
  entry: EntryOf<'approval-decided'>,
  payloads: PayloadValues,
): ApprovalRecord {
  return rowAfterDecision(record, toDecision(entry, payloads));
}

/** The decision that an entry records. */
export function toDecision(entry: EntryOf<'approval-decided'>, payloads: PayloadValues): Decision {
  const { reason, message, response, editedArgs } = payloads;
  return {
    requestId: entry.request,
    decision: entry.decision,
    approver: toActor(entry.approver),
    attestation: entry.attestation,
    ...(entry.signature !== undefined &&
      entry.signedAt !== undefined && {
        signature: {
          signedAtUs: parseTime(entry.signedAt),
          value: entry.signature,
          ...(entry.key !== undefined && { key: entry.key }),
        },
      }),
    ...(entry.onBehalfOf !== undefined && { onBehalfOf: toActor(entry.onBehalfOf) }),
    ...(entry.delegation !== undefined && { delegation: entry.delegation }),
    ...(entry.channel !== undefined && { channel: entry.channel }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof message === 'string' && { messageForModel: message }),
    ...(response !== undefined && { respondWith: response }),
    ...(editedArgs !== undefined && { editedArgs }),
    ...(entry.editedDigest !== undefined && { editedDigest: entry.editedDigest }),
    ...(entry.editedRisk !== undefined && { editedRisk: entry.editedRisk }),
    ...(entry.grant !== undefined && { grantId: entry.grant }),
    decidedAtUs: parseTime(entry.time),
  };
}

/** The row of a request of which an approval was withdrawn. */
export function projectWithdrawn(record: ApprovalRecord, entry: EntryOf<'approval-withdrawn'>): ApprovalRecord {
  return rowAfterWithdrawal(record, { by: toActor(entry.approver), atUs: parseTime(entry.time) });
}

/** The row of a request that went to others. */
export function projectEscalated(record: ApprovalRecord, entry: EntryOf<'approval-escalated'>): ApprovalRecord {
  const { roles, expiresAt, time } = entry;
  return rowAfterEscalation(record, { roles, expiresAtUs: parseTime(expiresAt), atUs: parseTime(time) });
}

/** The row of a request that ended without a run. */
export function projectExpired(record: ApprovalRecord, entry: EntryOf<'approval-expired'>): ApprovalRecord {
  return { ...record, state: 'expired', cause: entry.cause, version: record.version + 1 };
}

/** The row of a request whose call began: a `tool-call` entry names it. */
export function projectConsumed(record: ApprovalRecord): ApprovalRecord {
  return { ...record, state: 'used', version: record.version + 1 };
}

/** The row of a grant that was issued. Payloads: `arguments`. */
export function projectGrant(entry: EntryOf<'grant-issued'>, payloads: PayloadValues): GrantRecord {
  const grant = {
    id: entry.grant,
    requestId: entry.request,
    tool: entry.tool,
    ...(entry.server !== undefined && { server: entry.server }),
    toolDigest: entry.toolDigest,
    ...(entry.session !== undefined && { session: entry.session }),
    maxRisk: entry.maxRisk,
    signals: entry.signals,
    ruleSet: entry.ruleSet,
    policy: entry.policy,
    arguments: readPatterns(payloads.arguments),
    uses: entry.uses,
    issuedBy: toActor(entry.issuedBy),
    issuedAtUs: parseTime(entry.time),
    expiresAtUs: parseTime(entry.expiresAt),
  };
  return { grant, version: 1, used: 0, revoked: false };
}

/** The row of a grant of which one use was taken: a `grant-used` entry says so. */
export function projectGrantUse(record: GrantRecord): GrantRecord {
  return { ...record, used: record.used + 1, version: record.version + 1 };
}

/** The row of a grant that was revoked. */
export function projectGrantRevoked(record: GrantRecord): GrantRecord {
  return { ...record, revoked: true, version: record.version + 1 };
}

/** The reasons in a `reasons` payload; none where it holds anything else. */
export function readReasons(value: JsonValue | undefined): readonly Reason[] {
  const parsed = reasonsSchema.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.map(({ id, level, text, at, alternative }) => ({
    id,
    level,
    text,
    ...(at !== undefined && { at: toSpan(at) }),
    ...(alternative !== undefined && { alternative }),
  }));
}

function toNeeds(given: NonNullable<EntryOf<'approval-requested'>['needs']>): ApprovalNeeds {
  const { quorum, roles, approvers, reason, escalateTo, escalateUs } = given;
  return {
    ...(quorum !== undefined && { quorum }),
    ...(roles !== undefined && { roles }),
    ...(approvers !== undefined && { approvers }),
    ...(reason !== undefined && { reason }),
    ...(escalateTo !== undefined && { escalateTo }),
    ...(escalateUs !== undefined && { escalateUs }),
  };
}

/** An actor without the members that are undefined. */
export function toActor({ kind, id, keyId, role }: NonNullable<EntryOf<'tool-call'>['actor']>): Actor {
  return { kind, id, ...(keyId !== undefined && { keyId }), ...(role !== undefined && { role }) };
}

const spanSchema = z.object({ pointer: z.string(), start: z.int().optional(), end: z.int().optional() });

const reasonsSchema = z.array(
  z.object({
    id: z.string(),
    level: z.enum(RISK_LEVELS),
    text: z.string(),
    at: spanSchema.optional(),
    alternative: z.string().optional(),
  }),
);

const patternsSchema = z.array(
  z.object({
    pointer: z.string(),
    kind: z.enum(['equals', 'prefix', 'under', 'at-most']),
    value: z.json(),
  }),
);

/** Patterns that cannot be read (erased, or cut to a preview) must not widen the grant: one that nothing matches stands for them. */
export const UNREADABLE_PATTERNS: readonly ArgumentPattern[] = Object.freeze([
  { pointer: '', kind: 'at-most', value: -Number.MAX_VALUE },
]);

function readPatterns(value: JsonValue | undefined): readonly ArgumentPattern[] {
  const parsed = patternsSchema.safeParse(value);
  return parsed.success ? parsed.data : UNREADABLE_PATTERNS;
}

function toSpan({ pointer, start, end }: z.infer<typeof spanSchema>): NonNullable<Reason['at']> {
  return { pointer, ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

function toReversible(member: 'yes' | 'no' | 'unknown'): ApprovalRequest['reversible'] {
  return member === 'unknown' ? member : member === 'yes';
}
