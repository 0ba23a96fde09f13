/**
 * The values that a leaf may hold: the building blocks of the per-kind field table (log format, section 2).
 * Strings, safe integers, booleans, objects and arrays only: no floats, no null, no U+0000.
 */

import { REASON_NEEDS } from '@countersign/approval';
import { EFFECTS, MAX_IDENTIFIER_BYTES, parseTime, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';

/** A name or id: 1 to 256 bytes of UTF-8 without control characters or lone surrogates. */
export const identifier = z.string().refine(isIdentifier, 'an identifier of 1 to 256 bytes of UTF-8');

/** The form of a UUIDv7. */
export const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Standard base64 of 32 bytes: a digest, a root, a commitment. */
export const digest = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);

/** A non-negative safe integer. */
export const count = z.int().nonnegative();

/** Microseconds in UTC as text of fixed width, such as `2026-11-21T06:11:00.123456Z`. */
export const time = z.string().refine(isTime, 'a time in UTC with microseconds');

/** A UUIDv7 (RFC 9562) in lower case. */
export const uuid = z.string().regex(UUID_FORM);

/** Standard base64 of a signature or an attestation, in 4 to 1,024 characters. */
export const signature = z
  .string()
  .min(4)
  .max(1024)
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);

/** A C2SP verifier key: `<name>+<8 hex digits>+<base64>`. */
export const verifierKey = z
  .string()
  .max(512)
  .regex(/^[^+\s\p{Cc}]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}$/u);

/** One of the four risk levels. */
export const risk = z.enum(RISK_LEVELS);

/** Who acts. */
export const actor = z.strictObject({
  kind: identifier,
  id: identifier,
  keyId: identifier.optional(),
  role: identifier.optional(),
});

/** What the classifier said, in short; its reasons are a payload. */
export const classification = z.strictObject({
  ruleSet: identifier,
  /** Sorted, at most 32; `more` counts those left out. */
  signals: z.array(identifier).max(32),
  more: count.optional(),
  /** In the order of `EFFECTS`. */
  effects: z.array(z.enum(EFFECTS)),
  reversible: z.enum(['yes', 'no', 'unknown']),
  confidencePercent: z.int().min(0).max(100),
});

/** What the policy asks of those who decide about a request. */
export const needs = z.strictObject({
  /** How many different approvers, with different keys where they sign, must approve; one where it is absent. */
  quorum: count.optional(),
  /** Who may decide: whoever has one of these roles or names. */
  roles: z.array(identifier).max(32).optional(),
  approvers: z.array(identifier).max(32).optional(),
  /** The decisions that must say why. */
  reason: z.enum(REASON_NEEDS).optional(),
  /** The roles that the request goes to when its time is up, and how long it waits for them, in microseconds. */
  escalateTo: z.array(identifier).max(32).optional(),
  escalateUs: count.optional(),
});

/** Calls so far by final risk level. */
export const totals = z.strictObject({ safe: count, moderate: count, destructive: count, critical: count });

/** The members that every entry has beside those of its kind. */
export const commonMembers = {
  v: z.literal(1),
  log: identifier,
  index: count,
  prev: digest,
  writer: identifier,
  writerSeq: count,
  id: uuid,
  time,
  totals,
  payload: z.record(identifier, digest),
} as const;

/** The members that say which call an entry is about. */
export const callReference = { call: identifier, run: identifier } as const;

/** The members that describe a call. */
export const callMembers = {
  ...callReference,
  session: identifier.optional(),
  step: identifier.optional(),
  plan: identifier.optional(),
  actor: actor.optional(),
  tool: identifier,
  server: identifier.optional(),
  toolDigest: digest,
} as const;

function isIdentifier(text: string): boolean {
  // Printable ASCII, which almost every identifier is, needs no further look.
  if (/^[ -~]{1,256}$/.test(text)) return true;
  if (text === '' || !text.isWellFormed() || /\p{Cc}/u.test(text)) return false;
  return Buffer.byteLength(text) <= MAX_IDENTIFIER_BYTES;
}

function isTime(text: string): boolean {
  try {
    parseTime(text);
    return true;
  } catch {
    return false;
  }
}
