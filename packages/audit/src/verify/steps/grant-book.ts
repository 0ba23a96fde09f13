/**
 * Grants as the entries tell their story: each rests on an approval, and answers within its scope, time and count
 * (log format, section 8). Memory goes by the number of grants. Pure.
 */

import {
  type ApprovalRecord,
  explainGrantMismatch,
  GRANT_LIMITS,
  type GrantRecord,
  quorumOf,
  revokeGrant,
} from '@countersign/approval';
import { compareRisk, isJsonObject, type JsonValue, parseTime } from '@countersign/core';
import type { EntryOf } from '../../entry/kinds.js';
import { projectGrant, projectGrantRevoked, projectGrantUse } from '../../projection.js';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { type ApprovalBook, valuesOf } from './approval-book.js';
import { type CutPayload, cutPayloads } from './row-digest.js';

/** What a grant came to. */
export interface BookedGrant {
  readonly row: GrantRecord;
  readonly cuts: readonly CutPayload[];
}

/** The grants of a log. */
export class GrantBook {
  readonly #report: Report;
  readonly #approvals: ApprovalBook;
  readonly #grants = new Map<string, BookedGrant>();
  /** The decision just before, when it says that a grant follows. */
  #announced: EntryOf<'approval-decided'> | undefined;
  /** The use just before, which the next entry must be the call of. */
  #use: EntryOf<'grant-used'> | undefined;

  /** @param approvals The book of requests; it must have seen each entry before this one does. */
  constructor(report: Report, approvals: ApprovalBook) {
    this.#report = report;
    this.#approvals = approvals;
  }

  /** All grants, in the order of their entries. */
  grants(): ReadonlyMap<string, BookedGrant> {
    return this.#grants;
  }

  see(seen: SeenEntry): void {
    const { entry } = seen;
    const [announced, use] = [this.#announced, this.#use];
    this.#announced = isSeen(seen, 'approval-decided') && seen.entry.grant !== undefined ? seen.entry : undefined;
    this.#use = isSeen(seen, 'grant-used') ? seen.entry : undefined;
    if (announced !== undefined && !isGrantOf(entry, announced)) {
      this.#report('GRANT_NOT_GROUNDED', 'The decision names a grant that does not follow it.', announced.index);
    }
    if (use !== undefined && !isCallOf(entry, use)) {
      this.#report('GRANT_USE_UNPAIRED', 'The call that uses the grant does not follow.', use.index);
    }
    if (isSeen(seen, 'grant-issued')) this.#issue(seen, announced);
    if (isSeen(seen, 'grant-revoked')) this.#revoke(seen);
    if (isSeen(seen, 'tool-call') && seen.entry.grant !== undefined) this.#useFor(seen, seen.entry.grant, use);
  }

  /** At the end, nothing may be announced and not there. */
  finish(): void {
    const { index } = this.#announced ?? this.#use ?? {};
    if (index === undefined) return;
    const code = this.#use === undefined ? 'GRANT_NOT_GROUNDED' : 'GRANT_USE_UNPAIRED';
    this.#report(code, 'What this entry announces does not follow.', index);
  }

  #issue({ entry, payloads }: Seen<'grant-issued'>, announced: EntryOf<'approval-decided'> | undefined): void {
    if (this.#grants.has(entry.grant)) {
      this.#report('GRANT_NOT_GROUNDED', 'A grant of this id was issued before.', entry.index);
      return;
    }
    const request = this.#approvals.request(entry.request)?.row;
    const isGrounded = announced !== undefined && announced.decision === 'approved' && isGrantOf(entry, announced);
    if (
      !isGrounded ||
      request === undefined ||
      !isWithin(entry, request) ||
      !isSameActor(entry.issuedBy, announced.approver)
    ) {
      this.#report('GRANT_NOT_GROUNDED', 'The grant is not within the approval before it.', entry.index);
    }
    const row = projectGrant(entry, valuesOf(payloads));
    this.#grants.set(entry.grant, { row, cuts: cutPayloads(entry.payload, payloads, ['arguments']) });
  }

  #revoke(seen: Seen<'grant-revoked'>): void {
    const { entry } = seen;
    const booked = this.#find(entry.grant, seen);
    if (booked === undefined) return;
    if (revokeGrant(booked.row).ok) this.#grants.set(entry.grant, { ...booked, row: projectGrantRevoked(booked.row) });
    else this.#report('GRANT_DEAD', 'The grant was revoked before.', entry.index);
  }

  /** A call that rests on a grant takes one use of it. */
  #useFor(seen: Seen<'tool-call'>, id: string, use: EntryOf<'grant-used'> | undefined): void {
    const { entry } = seen;
    if (use === undefined || !isCallOf(entry, use)) {
      if (seen.unread === 0)
        this.#report('GRANT_USE_UNPAIRED', 'No use of the grant stands right before.', entry.index);
      return;
    }
    const booked = this.#find(id, seen);
    if (booked === undefined) return;
    const { row } = booked;
    if (use.use !== row.used + 1) {
      this.#report('GRANT_DEAD', `The use is counted as number ${use.use} after ${row.used}.`, use.index);
    }
    const mismatch = explainGrantMismatch(comparable(booked, seen), candidateOf(seen), parseTime(entry.time));
    if (mismatch === 'revoked' || mismatch === 'expired' || mismatch === 'used-up') {
      this.#report('GRANT_DEAD', `The grant no longer answers (${mismatch}).`, entry.index);
    } else if (mismatch !== undefined) {
      this.#report('GRANT_OUT_OF_SCOPE', `The call is outside the grant (${mismatch}).`, entry.index);
    }
    this.#grants.set(id, { ...booked, row: projectGrantUse(row) });
  }

  #find(id: string, { entry, unread }: SeenEntry): BookedGrant | undefined {
    const booked = this.#grants.get(id);
    if (booked === undefined && unread === 0) {
      this.#report('GRANT_NOT_FOUND', 'The grant is not on record before this entry.', entry.index);
    }
    return booked;
  }
}

function isGrantOf(entry: SeenEntry['entry'], decided: EntryOf<'approval-decided'>): boolean {
  return entry.kind === 'grant-issued' && entry.grant === decided.grant && entry.request === decided.request;
}

function isCallOf(entry: SeenEntry['entry'], use: EntryOf<'grant-used'>): boolean {
  if (entry.kind !== 'tool-call' || entry.index !== use.index + 1 || entry.decisionBy !== 'similar_match') return false;
  const isSameCall = entry.call === use.call && entry.run === use.run && entry.argsDigest === use.argsDigest;
  return isSameCall && entry.grant === use.grant;
}

/** Whether a grant is no wider than the request whose approval it rests on. */
function isWithin(entry: EntryOf<'grant-issued'>, { request }: ApprovalRecord): boolean {
  const isSameTool =
    entry.tool === request.tool && entry.server === request.server && entry.toolDigest === request.toolDigest;
  const isSameGround = entry.ruleSet === request.ruleSet && entry.policy === request.policy;
  const isNarrow =
    request.risk !== 'critical' &&
    quorumOf(request) === 1 &&
    compareRisk(entry.maxRisk, request.risk) <= 0 &&
    entry.signals.every((signal) => request.signals.includes(signal)) &&
    (entry.session === undefined || entry.session === request.session);
  const lifeUs = parseTime(entry.expiresAt) - parseTime(entry.time);
  const isBounded =
    entry.uses >= GRANT_LIMITS.uses.min &&
    entry.uses <= GRANT_LIMITS.uses.max &&
    lifeUs <= GRANT_LIMITS.expiresInMs.max * 1000;
  return isSameTool && isSameGround && isNarrow && isBounded;
}

function isSameActor(left: { kind: string; id: string }, right: { kind: string; id: string }): boolean {
  return left.kind === right.kind && left.id === right.id;
}

/** Patterns were matched with the exact arguments: they are matched again only where those can be opened. */
function comparable({ row, cuts }: BookedGrant, seen: Seen<'tool-call'>): GrantRecord {
  if (exactArgs(seen) !== undefined && cuts.length === 0) return row;
  return { ...row, grant: { ...row.grant, arguments: [] } };
}

/** The exact arguments of a call, where the log holds them: nothing was redacted, cut or erased. */
export function exactArgs({ payloads }: Seen<'tool-call'>): JsonValue | undefined {
  const [args, salt] = [payloads.get('args'), payloads.get('argsSalt')];
  if (args === undefined || args.truncated || salt === undefined) return undefined;
  return isJsonObject(salt.value) ? undefined : args.value;
}

function candidateOf(seen: Seen<'tool-call'>) {
  const { tool, server, toolDigest, session, risk, classification, policy } = seen.entry;
  return {
    tool,
    ...(server !== undefined && { server }),
    toolDigest,
    ...(session !== undefined && { session }),
    risk,
    signals: classification.signals,
    ruleSet: classification.ruleSet,
    policy,
    args: exactArgs(seen) ?? null,
  };
}
