/**
 * zod schemas of what crosses the package's boundaries: decisions handed in, and rows read back. Pure.
 */

import { type Actor, canonicalBytes, checkIdentifier, EFFECTS, type Reason, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import { ATTESTATIONS, type CheckedDecision, type Decision, type DecisionSignature } from './decision.js';
import type { ArgumentPattern, Grant, GrantRecord, GrantScope } from './grant.js';
import { jsonSchema } from './json-schema.js';
import { isPointer } from './pointer.js';
import {
  type ApprovalNeeds,
  type ApprovalRecord,
  type ApprovalRequest,
  EXPIRY_CAUSES,
  type GivenApproval,
  REASON_NEEDS,
  REQUEST_STATES,
  type Withdrawal,
} from './request.js';

/** The longest reason and message of a decision, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 4_096;

/** The longest answer in the tool's place, in bytes of canonical JSON. */
export const MAX_RESPONSE_BYTES = 64 * 1024;

/** The bounds of a grant, and what a scope takes for a member that it leaves out. */
export const GRANT_LIMITS = {
  uses: { min: 1, default: 20, max: 1_000 },
  expiresInMs: { min: 1_000, default: 3_600_000, max: 30 * 24 * 60 * 60 * 1_000 },
  patterns: 16,
} as const;

/** 1 to 256 bytes of UTF-8 without control characters. */
export const identifierSchema = z.string().refine(isIdentifier, {
  message: 'expected 1 to 256 bytes of UTF-8 without control characters',
});

/** Who acts. */
export const actorSchema: z.ZodType<Actor> = z.strictObject({
  kind: identifierSchema,
  id: identifierSchema,
  keyId: identifierSchema.exactOptional(),
  role: identifierSchema.exactOptional(),
});

/** A text of an approver. */
export const textSchema = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes('\0') && Buffer.byteLength(text) <= MAX_TEXT_BYTES, {
    message: `expected at most ${MAX_TEXT_BYTES} bytes of UTF-8 without U+0000`,
  });

const patternSchema: z.ZodType<ArgumentPattern> = z
  .strictObject({
    pointer: z.string().max(1_024).refine(isPointer, { message: 'expected a JSON Pointer' }),
    kind: z.enum(['equals', 'prefix', 'under', 'at-most']),
    value: jsonSchema,
  })
  .refine(({ kind, value }) => kind === 'equals' || fitsKind(kind, value), {
    path: ['value'],
    message: 'expected a number for at-most, a text that is not empty for prefix and under',
  });

/** What an approver asks to be remembered. */
export const grantScopeSchema: z.ZodType<GrantScope> = z.strictObject({
  session: z.enum(['session', 'any']).exactOptional(),
  arguments: z.array(patternSchema).max(GRANT_LIMITS.patterns).readonly().exactOptional(),
  uses: z.number().int().min(GRANT_LIMITS.uses.min).max(GRANT_LIMITS.uses.max).exactOptional(),
  expiresInMs: z.number().int().min(GRANT_LIMITS.expiresInMs.min).max(GRANT_LIMITS.expiresInMs.max).exactOptional(),
});

/** An approver; a name alone is a person's. */
export const approverSchema = z.union([
  actorSchema,
  identifierSchema.transform((id): Actor => ({ kind: 'person', id })),
]);

/** An answer in the tool's place. */
export const responseSchema = jsonSchema.refine((value) => canonicalBytes(value).length <= MAX_RESPONSE_BYTES, {
  message: `expected at most ${MAX_RESPONSE_BYTES} bytes of JSON`,
});

const signatureSchema: z.ZodType<DecisionSignature> = z.strictObject({
  signedAtUs: z.int().nonnegative(),
  value: z.string().regex(/^[A-Za-z0-9+/]{4,1022}={0,2}$/),
  key: z.string().min(1).max(512).exactOptional(),
});

/** What an approver hands in, with the approver written out. */
export const decisionInputSchema: z.ZodType<CheckedDecision> = z
  .strictObject({
    decision: z.enum(['approved', 'rejected']),
    approver: approverSchema,
    reason: textSchema.exactOptional(),
    messageForModel: textSchema.exactOptional(),
    respondWith: responseSchema.exactOptional(),
    editedArgs: jsonSchema.exactOptional(),
    remember: grantScopeSchema.exactOptional(),
    channel: identifierSchema.exactOptional(),
    signature: signatureSchema.exactOptional(),
  })
  .refine(
    (input) => input.decision === 'approved' || (input.editedArgs === undefined && input.remember === undefined),
    {
      message: 'a rejection carries no edits and is not remembered',
    },
  )
  .refine(({ decision, respondWith }) => decision === 'rejected' || respondWith === undefined, {
    message: 'an approval runs the tool: only a rejection answers in its place',
  });

/** What the revoker of a grant hands in. */
export const revocationSchema = z.strictObject({ by: actorSchema, reason: textSchema.exactOptional() });

const digest = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);
const timeUs = z.int().nonnegative();
const count = z.int().nonnegative();
const risk = z.enum(RISK_LEVELS);

const reasonSchema: z.ZodType<Reason> = z.strictObject({
  id: z.string(),
  level: risk,
  text: z.string(),
  at: z.strictObject({ pointer: z.string(), start: count.exactOptional(), end: count.exactOptional() }).exactOptional(),
  alternative: z.string().exactOptional(),
});

const needsSchema: z.ZodType<ApprovalNeeds> = z.strictObject({
  quorum: count.exactOptional(),
  roles: z.array(identifierSchema).readonly().exactOptional(),
  approvers: z.array(identifierSchema).readonly().exactOptional(),
  reason: z.enum(REASON_NEEDS).exactOptional(),
  escalateTo: z.array(identifierSchema).readonly().exactOptional(),
  escalateUs: count.exactOptional(),
});

const requestSchema: z.ZodType<ApprovalRequest> = z.strictObject({
  id: identifierSchema,
  callId: identifierSchema,
  run: identifierSchema,
  log: identifierSchema,
  session: identifierSchema.exactOptional(),
  step: identifierSchema.exactOptional(),
  plan: identifierSchema.exactOptional(),
  requester: actorSchema.exactOptional(),
  tool: identifierSchema,
  server: identifierSchema.exactOptional(),
  toolDigest: digest,
  argsDigest: digest,
  args: jsonSchema,
  redacted: z.boolean(),
  risk,
  confidencePercent: z.int().min(0).max(100),
  reversible: z.union([z.boolean(), z.literal('unknown')]),
  effects: z.array(z.enum(EFFECTS)).readonly(),
  signals: z.array(z.string()).readonly(),
  ruleSet: z.string(),
  reasons: z.array(reasonSchema).readonly(),
  policy: digest,
  rule: z.string(),
  needs: needsSchema.exactOptional(),
  requestedAtUs: timeUs,
  expiresAtUs: timeUs,
});

const decisionSchema: z.ZodType<Decision> = z.strictObject({
  requestId: identifierSchema,
  decision: z.enum(['approved', 'rejected']),
  approver: actorSchema,
  attestation: z.enum(ATTESTATIONS),
  signature: signatureSchema.exactOptional(),
  onBehalfOf: actorSchema.exactOptional(),
  delegation: identifierSchema.exactOptional(),
  channel: identifierSchema.exactOptional(),
  reason: textSchema.exactOptional(),
  messageForModel: textSchema.exactOptional(),
  respondWith: jsonSchema.exactOptional(),
  editedArgs: jsonSchema.exactOptional(),
  editedDigest: digest.exactOptional(),
  editedRisk: risk.exactOptional(),
  grantId: identifierSchema.exactOptional(),
  decidedAtUs: timeUs,
});

const givenSchema: z.ZodType<GivenApproval> = z.strictObject({
  approver: actorSchema,
  attestation: z.enum(ATTESTATIONS),
  signature: signatureSchema.exactOptional(),
  channel: identifierSchema.exactOptional(),
  onBehalfOf: actorSchema.exactOptional(),
  decidedAtUs: timeUs,
});

const withdrawalSchema: z.ZodType<Withdrawal> = z.strictObject({ by: actorSchema, atUs: timeUs });

/** The row of a request. */
export const approvalRecordSchema: z.ZodType<ApprovalRecord> = z.strictObject({
  request: requestSchema,
  state: z.enum(REQUEST_STATES),
  version: z.int().positive(),
  decision: decisionSchema.exactOptional(),
  approvals: z.array(givenSchema).readonly().exactOptional(),
  withdrawals: z.array(withdrawalSchema).readonly().exactOptional(),
  escalatedAtUs: timeUs.exactOptional(),
  cause: z.enum(EXPIRY_CAUSES).exactOptional(),
});

const grantSchema: z.ZodType<Grant> = z.strictObject({
  id: identifierSchema,
  requestId: identifierSchema,
  tool: identifierSchema,
  server: identifierSchema.exactOptional(),
  toolDigest: digest,
  session: identifierSchema.exactOptional(),
  maxRisk: risk,
  signals: z.array(z.string()).readonly(),
  ruleSet: z.string(),
  policy: digest,
  arguments: z.array(patternSchema).max(GRANT_LIMITS.patterns).readonly(),
  uses: z.int().min(GRANT_LIMITS.uses.min).max(GRANT_LIMITS.uses.max),
  issuedBy: actorSchema,
  issuedAtUs: timeUs,
  expiresAtUs: timeUs,
});

/** The row of a grant. */
export const grantRecordSchema: z.ZodType<GrantRecord> = z.strictObject({
  grant: grantSchema,
  version: z.int().positive(),
  used: count,
  revoked: z.boolean(),
});

function isIdentifier(value: string): boolean {
  try {
    checkIdentifier('identifier', value);
    return true;
  } catch {
    return false;
  }
}

function fitsKind(kind: 'prefix' | 'under' | 'at-most', value: unknown): boolean {
  return kind === 'at-most' ? typeof value === 'number' : typeof value === 'string' && value !== '';
}
