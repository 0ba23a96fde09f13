/**
 * What an approver signs: never the bare request, but what was shown and what was answered (log format, section 4). DSSE, version 1.
 * Pure.
 */

import { canonicalJson, type JsonObject } from '@countersign/core';
import { parseVerifierKey } from '@countersign/tlog';
import { verifyEd25519 } from './ed25519.js';
import type { EntryOf } from './entry/kinds.js';
import { sha256 } from './keys/private-key.js';

/** The type of the statement. */
export const DECISION_TYPE = 'application/vnd.countersign.decision.v1+json';

/** How far apart the time of a signature and that of the entry of its decision may lie, in microseconds: five minutes. */
export const MAX_SIGNATURE_AGE_US = 300_000_000;

/** Whether a decision was signed about when it was recorded. */
export function isSignedInTime(signedAtUs: number, recordedAtUs: number): boolean {
  return Math.abs(recordedAtUs - signedAtUs) <= MAX_SIGNATURE_AGE_US;
}

/** What a statement takes from the entry of the request. */
export type StatedRequest = Pick<
  EntryOf<'approval-requested'>,
  'log' | 'request' | 'argsDigest' | 'risk' | 'expiresAt' | 'payload'
>;

/** What it takes from the decision. */
export interface StatedDecision {
  readonly decision: 'approved' | 'rejected';
  readonly approver: { readonly kind: string; readonly id: string };
  readonly editedDigest?: string | undefined;
  /** When the approver signed, as text. */
  readonly signedAt: string;
}

/**
 * The bytes to sign: the pre-authentication encoding of the canonical JSON of the statement. A request is decided once, so its id keeps
 * a signature from being used again.
 * @param key The verifier key of the approver.
 */
export function decisionStatement(asked: StatedRequest, decided: StatedDecision, key: string): Uint8Array {
  const { log, request, argsDigest, risk, expiresAt, payload } = asked;
  const { decision, approver, editedDigest, signedAt } = decided;
  const body = canonicalJson({
    v: 1,
    log,
    request,
    argsDigest,
    // The commitment of the arguments that were shown: it can be checked after they are erased.
    shown: payload.args ?? '',
    risk,
    expiresAt,
    decision,
    approver: { kind: approver.kind, id: approver.id },
    key,
    signedAt,
    ...(editedDigest !== undefined && { editedDigest }),
  });
  return preAuthenticated(DECISION_TYPE, body);
}

/** The bytes to sign over a statement of a type: DSSE, version 1. */
export function dsseBytes(type: string, statement: JsonObject): Uint8Array {
  return preAuthenticated(type, canonicalJson(statement));
}

function preAuthenticated(type: string, body: string): Uint8Array {
  return Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(body)} ${body}`, 'utf8');
}

/** Whether a decision is signed by this verifier key. Answers false for a key that is none. */
export function isDecisionSigned(
  asked: StatedRequest,
  decided: StatedDecision & { readonly signature: string },
  key: string,
): boolean {
  try {
    const { publicKey } = parseVerifierKey(key, sha256);
    return verifyEd25519(publicKey, decisionStatement(asked, decided, key), Buffer.from(decided.signature, 'base64'));
  } catch {
    return false;
  }
}
