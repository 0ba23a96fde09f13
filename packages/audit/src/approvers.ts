/**
 * Who may decide, by the entries that say so: `approver-added` puts somebody on record, with the bounds of what they may decide about;
 * the same once more replaces the bounds; `approver-revoked` ends it (log format, sections 4 and 8). Pure.
 *
 * Where nobody is on record, everybody but the requester may decide.
 */

import { type Actor, compareRisk, matchesGlob, parseTime, type RiskLevel } from '@countersign/core';
import type { EntryOf } from './entry/kinds.js';

/** An approver on record. */
export interface EnrolledApprover {
  readonly approver: Actor;
  /** The verifier key that their decisions must be signed by; without it a decision is attested by the server alone. */
  readonly key?: string;
  /** The highest risk that they may decide about; any when not given. */
  readonly maxRisk?: RiskLevel;
  /** Globs over the tools that they may decide about; any when not given. */
  readonly tools?: readonly string[];
  /** Globs over sessions, likewise; calls without a session are then not theirs. */
  readonly sessions?: readonly string[];
  /** From this moment on they may not decide any more, as where somebody stands in for another; microseconds since 1970. */
  readonly expiresAtUs?: number;
  readonly revoked: boolean;
}

/** The approvers on record, the revoked ones included, by `approverKey`. */
export type Approvers = Map<string, EnrolledApprover>;

/** What a decision is about. */
export interface Decided {
  readonly risk: RiskLevel;
  readonly tool: string;
  readonly session?: string | undefined;
}

/** Under which name an approver is on record. */
export function approverKey({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`;
}

/** Takes note of an entry. */
export function noteApprover(
  approvers: Approvers,
  entry: EntryOf<'approver-added'> | EntryOf<'approver-revoked'>,
): void {
  const { kind, id, role } = entry.approver;
  const key = approverKey(entry.approver);
  if (entry.kind === 'approver-revoked') {
    approvers.set(key, { ...(approvers.get(key) ?? { approver: { kind, id } }), revoked: true });
    return;
  }
  const { key: verifierKey, maxRisk, tools, sessions, expiresAt } = entry;
  approvers.set(key, {
    approver: { kind, id, ...(role !== undefined && { role }) },
    ...(verifierKey !== undefined && { key: verifierKey }),
    ...(maxRisk !== undefined && { maxRisk }),
    ...(tools !== undefined && { tools }),
    ...(sessions !== undefined && { sessions }),
    ...(expiresAt !== undefined && { expiresAtUs: parseTime(expiresAt) }),
    revoked: false,
  });
}

/** Why somebody who is on record may not decide, as the end of a sentence about them; undefined where they may. */
export function explainNotEntitled(approver: EnrolledApprover, about: Decided, nowUs: number): string | undefined {
  const { maxRisk, tools, sessions, expiresAtUs, revoked } = approver;
  const { session } = about;
  if (revoked) return 'was revoked before';
  if (expiresAtUs !== undefined && nowUs >= expiresAtUs) return 'was on record for a time that is over';
  if (maxRisk !== undefined && compareRisk(about.risk, maxRisk) > 0) return `may decide up to ${maxRisk} risk`;
  if (tools !== undefined && !tools.some((glob) => matchesGlob(glob, about.tool)))
    return 'may decide about other tools';
  if (sessions !== undefined && !sessions.some((glob) => session !== undefined && matchesGlob(glob, session))) {
    return 'may decide about other sessions';
  }
  return undefined;
}
