/**
 * Was each run allowed (log format, section 8)? By the policy's own verdict, by a grant, or by a decision of an approver who
 * was entitled to it. The books of requests and grants check what they rest on, `call-checks` what a call says of itself. Pure.
 */

import { parseTime } from '@countersign/core';
import { approverKey, type Decided, type EnrolledApprover, explainNotEntitled } from '../../approvers.js';
import { isDecisionSigned, isSignedInTime } from '../../decision-statement.js';
import { type Delegation, explainDelegation, noteRoster, type Roster } from '../../delegations.js';
import type { EntryOf } from '../../entry/kinds.js';
import { isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { SeenRow } from '../range/seen-row.js';
import type { VerifiedState } from '../resume/verified-state.js';
import type { Policies } from './policies.js';

/** Follows the authority of calls. Memory goes by the number of approvers on record, and of requests that are open. */
export class Authority {
  readonly #report: Report;
  readonly #policies: Policies;
  readonly #roster: Roster = { approvers: new Map(), delegations: new Map() };
  /** What open requests are about. */
  readonly #asked = new Map<string, EntryOf<'approval-requested'>>();
  #calls = 0;

  constructor(report: Report, policies: Policies) {
    this.#report = report;
    this.#policies = policies;
  }

  /** Number of calls that ran and were looked at. */
  get calls(): number {
    return this.#calls;
  }

  /** What a later verification goes on from. */
  save(): Pick<VerifiedState, 'ran' | 'told'> {
    return { ran: this.#calls, told: this.#policies.told() };
  }

  restore({ ran, told }: Pick<VerifiedState, 'ran' | 'told'>): void {
    this.#calls = ran;
    this.#policies.tellAgain(told);
  }

  see(seen: SeenEntry): void {
    this.#policies.see(seen);
    noteRoster(this.#roster, seen.entry);
    if (isSeen(seen, 'approval-requested')) this.#asked.set(seen.entry.request, seen.entry);
    if (isSeen(seen, 'approval-requested')) this.#policies.checkNeeds(seen.entry, seen.unread);
    if (isSeen(seen, 'approval-decided')) this.#checkApprover(seen.entry);
    if (isSeen(seen, 'approval-escalated')) this.#escalate(seen.entry);
    const over = endedRequest(seen);
    if (over !== undefined) this.#asked.delete(over);
  }

  /** A call that ran here, by the verdict that it states. What else it says of itself was checked with its range. */
  seeRow(row: SeenRow): void {
    if (row.kind !== 'tool-call' || row.isObserved) return;
    this.#calls += 1;
    if (row.judgement !== undefined) this.#policies.judge(row.judgement, row);
  }

  #checkApprover(entry: EntryOf<'approval-decided'>): void {
    const { approver, request, index } = entry;
    const asked = this.#asked.get(request);
    const { approvers, delegations } = this.#roster;
    const known = approvers.get(approverKey(approver));
    const delegation = entry.delegation === undefined ? undefined : delegations.get(entry.delegation);
    this.#checkSignature(entry, asked, known?.key ?? delegation?.key);
    if (entry.delegation !== undefined || entry.onBehalfOf !== undefined) {
      this.#checkDelegation(entry, delegation, asked);
      return;
    }
    if (approvers.size === 0) return;
    if (known === undefined) {
      this.#report('APPROVER_NOT_ENROLLED', 'The approver is not on record.', index);
      return;
    }
    // The entry of a request that cannot be read says nothing of its bounds.
    const why = explainNotEntitled(
      asked === undefined ? withoutBounds(known) : known,
      asked ?? NOTHING,
      parseTime(entry.time),
    );
    if (why !== undefined) this.#report('APPROVER_NOT_ENTITLED', `The approver ${why}.`, index);
    this.#checkRole(entry, known);
  }

  /** A decision in the place of another. */
  #checkDelegation(
    entry: EntryOf<'approval-decided'>,
    delegation: Delegation | undefined,
    asked: EntryOf<'approval-requested'> | undefined,
  ): void {
    const { approver, onBehalfOf, time, index } = entry;
    const isNamed =
      delegation !== undefined &&
      onBehalfOf !== undefined &&
      approverKey(delegation.to) === approverKey(approver) &&
      approverKey(delegation.by) === approverKey(onBehalfOf);
    if (!isNamed) {
      this.#report('APPROVER_NOT_ENTITLED', 'No delegation on record lets the approver decide for the other.', index);
      return;
    }
    const { risk, tool, session } = asked ?? NOTHING;
    const about = { risk, tool, session, requester: asked?.actor };
    const why = explainDelegation(delegation, this.#roster, { about, nowUs: parseTime(time) });
    if (asked !== undefined && why !== undefined) this.#report('APPROVER_NOT_ENTITLED', `The approver ${why}.`, index);
    this.#checkRole(entry, this.#roster.approvers.get(approverKey(onBehalfOf)));
  }

  #checkRole({ approver, index }: EntryOf<'approval-decided'>, known: EnrolledApprover | undefined): void {
    if (approver.role === known?.approver.role) return;
    this.#report('APPROVER_NOT_ENTITLED', 'The decision states another role than is on record.', index);
  }

  /** From then on the request ends at another time, which is what approvers sign. */
  #escalate({ request, expiresAt }: EntryOf<'approval-escalated'>): void {
    const asked = this.#asked.get(request);
    if (asked !== undefined) this.#asked.set(request, { ...asked, expiresAt });
  }

  /** Whoever has a key on record decides by signing with it. */
  #checkSignature(
    entry: EntryOf<'approval-decided'>,
    asked: EntryOf<'approval-requested'> | undefined,
    key: string | undefined,
  ): void {
    const { attestation, signature, signedAt, index, time } = entry;
    if (attestation === 'server') {
      if (key !== undefined)
        this.#report('APPROVER_SIGNATURE_INVALID', 'The approver has a key, and has not signed.', index);
      return;
    }
    if (attestation !== 'ed25519' || asked === undefined || key === undefined) {
      this.#report('APPROVER_SIGNATURE_NOT_CHECKED', `The attestation is ${attestation}.`, index);
      return;
    }
    const isSigned =
      signature !== undefined &&
      signedAt !== undefined &&
      entry.key === key &&
      isSignedInTime(parseTime(signedAt), parseTime(time)) &&
      isDecisionSigned(asked, { ...entry, signature, signedAt }, key);
    if (!isSigned) this.#report('APPROVER_SIGNATURE_INVALID', 'The signature is not by the key on record.', index);
  }
}

/** The request that an entry ends: nobody decides about it any more. */
function endedRequest(seen: SeenEntry): string | undefined {
  if (isSeen(seen, 'approval-expired') || isSeen(seen, 'tool-call')) return seen.entry.request;
  return isSeen(seen, 'approval-decided') && seen.entry.decision === 'rejected' ? seen.entry.request : undefined;
}

const NOTHING: Decided = { risk: 'safe', tool: '' };

function withoutBounds({ approver, revoked, expiresAtUs }: EnrolledApprover): EnrolledApprover {
  return { approver, revoked, ...(expiresAtUs !== undefined && { expiresAtUs }) };
}
