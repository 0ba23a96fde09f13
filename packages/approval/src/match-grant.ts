/**
 * Does a grant answer a call? Pure, and it fails closed: what cannot be compared does not match.
 */

import { canonicalJson, compareRisk, type JsonValue, type RiskLevel } from '@countersign/core';
import type { ArgumentPattern, GrantRecord } from './grant.js';
import { isStrictlyUnder } from './path-under.js';
import { resolvePointer } from './pointer.js';
import type { GrantFilter } from './store.js';

/** A call that a grant might answer. */
export interface GrantCandidate {
  readonly tool: string;
  readonly server?: string;
  /** Base64 digest of the tool's definition. */
  readonly toolDigest: string;
  readonly session?: string;
  readonly risk: RiskLevel;
  /** Ids of the classifier's signals, in any order. */
  readonly signals: readonly string[];
  readonly ruleSet: string;
  /** Base64 digest of the policy and rules in force. */
  readonly policy: string;
  /** The exact arguments, not the shown ones. */
  readonly args: JsonValue;
}

/** What keeps a grant from answering a call: the first of these that applies. */
export type GrantMismatch =
  | 'revoked'
  | 'expired'
  | 'used-up'
  | 'critical'
  | 'risk'
  | 'tool'
  | 'server'
  | 'tool-changed'
  | 'session'
  | 'rule-set'
  | 'policy'
  | 'signal'
  | 'argument';

/** True when the grant answers the call at this time. */
export function matchesGrant(record: GrantRecord, candidate: GrantCandidate, nowUs: number): boolean {
  return explainGrantMismatch(record, candidate, nowUs) === undefined;
}

/** What keeps the grant from answering the call; undefined for a match. */
export function explainGrantMismatch(
  record: GrantRecord,
  candidate: GrantCandidate,
  nowUs: number,
): GrantMismatch | undefined {
  return explainDeadGrant(record, nowUs) ?? explainScope(record, candidate);
}

/** True for a live grant that is in scope of the filter: what a store lists for one call. */
export function mayAnswer(record: GrantRecord, { toolDigest, session, nowUs }: GrantFilter): boolean {
  const { grant } = record;
  const isInScope = grant.session === undefined || grant.session === session;
  return grant.toolDigest === toolDigest && isInScope && explainDeadGrant(record, nowUs) === undefined;
}

/** What keeps the grant from answering anything at this time; undefined while it lives. */
export function explainDeadGrant(
  record: GrantRecord,
  nowUs: number,
): Extract<GrantMismatch, 'revoked' | 'expired' | 'used-up'> | undefined {
  if (record.revoked) return 'revoked';
  if (nowUs >= record.grant.expiresAtUs) return 'expired';
  if (record.used >= record.grant.uses) return 'used-up';
  return undefined;
}

/** Orders grants: the one that ends first stands first; of equals the older id. */
export function byEnd(a: GrantRecord, b: GrantRecord): number {
  return a.grant.expiresAtUs - b.grant.expiresAtUs || (a.grant.id < b.grant.id ? -1 : 1);
}

function explainScope({ grant }: GrantRecord, candidate: GrantCandidate): GrantMismatch | undefined {
  if (candidate.risk === 'critical' || grant.maxRisk === 'critical') return 'critical';
  if (compareRisk(candidate.risk, grant.maxRisk) > 0) return 'risk';
  if (candidate.tool !== grant.tool) return 'tool';
  if (candidate.server !== grant.server) return 'server';
  if (candidate.toolDigest !== grant.toolDigest) return 'tool-changed';
  if (grant.session !== undefined && candidate.session !== grant.session) return 'session';
  if (candidate.ruleSet !== grant.ruleSet) return 'rule-set';
  if (candidate.policy !== grant.policy) return 'policy';
  // What a rule in shadow would say changes nothing, grants included.
  if (!candidate.signals.every((signal) => grant.signals.includes(signal) || signal.startsWith('shadow.')))
    return 'signal';
  if (!grant.arguments.every((pattern) => matchesPattern(pattern, candidate.args))) return 'argument';
  return undefined;
}

function matchesPattern(pattern: ArgumentPattern, args: JsonValue): boolean {
  const found = resolvePointer(args, pattern.pointer);
  if (found === undefined) return false;
  const { value } = pattern;
  switch (pattern.kind) {
    case 'equals':
      return canonicalJson(found) === canonicalJson(value);
    case 'prefix':
      return typeof found === 'string' && typeof value === 'string' && found.startsWith(value);
    case 'under':
      return typeof found === 'string' && typeof value === 'string' && isStrictlyUnder(found, value);
    case 'at-most':
      return typeof value === 'number' && sizeOf(found) <= value;
    default:
      return pattern.kind satisfies never;
  }
}

/** The number itself, or how many members there are; NaN, which is at most nothing, for every other value. */
function sizeOf(found: JsonValue): number {
  if (typeof found === 'number') return found;
  return typeof found === 'object' && found !== null ? Object.keys(found).length : Number.NaN;
}
