/**
 * Delegations: an approver on record lets somebody else decide in their place, within bounds and for a time
 * (`approver-delegated`, ended by `delegation-revoked`). What the other may decide is what both allow: never more than the delegator
 * may at that moment, so that a revocation of the delegator ends it too. It cannot be handed on. Pure.
 */

import { type ApprovalNeeds, explainNotAsked } from '@countersign/approval';
import { type Actor, parseTime, type RiskLevel } from '@countersign/core';
import { parseVerifierKey } from '@countersign/tlog';
import { type Approvers, approverKey, type Decided, explainNotEntitled, noteApprover } from './approvers.js';
import { dsseBytes } from './decision-statement.js';
import { verifyEd25519 } from './ed25519.js';
import type { Entry, EntryOf } from './entry/kinds.js';
import { sha256 } from './keys/private-key.js';
import { toActor } from './projection.js';

/** A delegation on record. */
export interface Delegation {
  readonly id: string;
  /** The delegator. */
  readonly by: Actor;
  /** Who decides in their place. */
  readonly to: Actor;
  /** The verifier key that their decisions must be signed by, where no key of theirs is on record. */
  readonly key?: string;
  readonly maxRisk?: RiskLevel;
  readonly tools?: readonly string[];
  readonly sessions?: readonly string[];
  readonly expiresAtUs: number;
  /** False where a key of the delegator was on record and has not signed it. */
  readonly isSigned: boolean;
  readonly revoked: boolean;
}

/** Who may decide, by the entries that say so. */
export interface Roster {
  readonly approvers: Approvers;
  /** By their ids, the revoked ones included. */
  readonly delegations: Map<string, Delegation>;
}

/** What a decision is about, for whom it may matter. */
export interface Asked extends Decided {
  readonly needs?: ApprovalNeeds | undefined;
  readonly requester?: { readonly id: string } | undefined;
}

/** The type of the statement that a delegator signs. */
export const DELEGATION_TYPE = 'application/vnd.countersign.delegation.v1+json';

/** The members of a delegation that are signed. */
export type StatedDelegation = Pick<
  EntryOf<'approver-delegated'>,
  'log' | 'delegation' | 'by' | 'approver' | 'key' | 'maxRisk' | 'tools' | 'sessions' | 'expiresAt'
>;

/** The bytes that a delegator signs. */
export function delegationStatement(stated: StatedDelegation): Uint8Array {
  const { log, delegation, by, approver, key, maxRisk, tools, sessions, expiresAt } = stated;
  return dsseBytes(DELEGATION_TYPE, {
    v: 1,
    log,
    delegation,
    by: { kind: by.kind, id: by.id },
    approver: { kind: approver.kind, id: approver.id },
    expiresAt,
    ...(key !== undefined && { key }),
    ...(maxRisk !== undefined && { maxRisk }),
    ...(tools !== undefined && { tools }),
    ...(sessions !== undefined && { sessions }),
  });
}

/** Takes note of an entry about approvers; false for any other. */
export function noteRoster(roster: Roster, entry: Entry): boolean {
  switch (entry.kind) {
    case 'approver-added':
    case 'approver-revoked':
      noteApprover(roster.approvers, entry);
      return true;
    case 'approver-delegated':
    case 'delegation-revoked':
      noteDelegation(roster, entry);
      return true;
    default:
      return false;
  }
}

function noteDelegation(
  { approvers, delegations }: Roster,
  entry: EntryOf<'approver-delegated'> | EntryOf<'delegation-revoked'>,
): void {
  const known = delegations.get(entry.delegation);
  if (entry.kind === 'delegation-revoked') {
    if (known !== undefined) delegations.set(known.id, { ...known, revoked: true });
    return;
  }
  // An id that is there already would change what was delegated.
  if (known !== undefined) return;
  const { delegation, by, approver, key, maxRisk, tools, sessions, expiresAt } = entry;
  const signer = approvers.get(approverKey(by))?.key;
  delegations.set(delegation, {
    id: delegation,
    by: toActor(by),
    to: toActor(approver),
    ...(key !== undefined && { key }),
    ...(maxRisk !== undefined && { maxRisk }),
    ...(tools !== undefined && { tools }),
    ...(sessions !== undefined && { sessions }),
    expiresAtUs: parseTime(expiresAt),
    isSigned: signer === undefined || isSignedBy(entry, signer),
    revoked: false,
  });
}

/** Why somebody may not decide in the place of another, as the end of a sentence about them; undefined where they may. */
export function explainDelegation(
  delegation: Delegation,
  { approvers }: Roster,
  { about, nowUs }: { readonly about: Asked; readonly nowUs: number },
): string | undefined {
  const { by, to, expiresAtUs, isSigned, revoked } = delegation;
  const delegator = approvers.get(approverKey(by));
  if (revoked) return 'decides by a delegation that was revoked before';
  if (nowUs >= expiresAtUs) return 'decides by a delegation whose time is over';
  if (!isSigned) return 'decides by a delegation that the key of its delegator has not signed';
  if (approvers.get(approverKey(to))?.revoked === true) return 'was revoked before';
  if (delegator === undefined) return 'decides for somebody who is not on record';
  if (about.requester?.id === by.id) return 'decides for the one who asks';
  const why = explainNotEntitled(delegator, about, nowUs);
  if (why !== undefined) return `decides for somebody who ${why}`;
  return explainNotEntitled({ ...delegation, approver: to }, about, nowUs);
}

/** The first delegation by which somebody may decide this, and is asked. */
export function findDelegation(
  roster: Roster,
  { id, kind }: Actor,
  { about, nowUs }: { readonly about: Asked; readonly nowUs: number },
): Delegation | undefined {
  return [...roster.delegations.values()].find((delegation) => {
    const { to, by } = delegation;
    if (to.id !== id || to.kind !== kind) return false;
    const delegator = roster.approvers.get(approverKey(by))?.approver;
    const isAsked = delegator !== undefined && explainNotAsked(about.needs, { ...delegator, id }) === undefined;
    const isNamed = delegator !== undefined && explainNotAsked(about.needs, delegator) === undefined;
    return (isAsked || isNamed) && explainDelegation(delegation, roster, { about, nowUs }) === undefined;
  });
}

function isSignedBy(entry: EntryOf<'approver-delegated'>, key: string): boolean {
  if (entry.signature === undefined) return false;
  try {
    const { publicKey } = parseVerifierKey(key, sha256);
    return verifyEd25519(publicKey, delegationStatement(entry), Buffer.from(entry.signature, 'base64'));
  } catch {
    return false;
  }
}
