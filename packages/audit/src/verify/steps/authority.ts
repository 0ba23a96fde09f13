/**
 * Was each run allowed (log format, section 8)? By the policy's own verdict, by a grant, or by a decision of an approver who
 * was entitled to it. The books of requests and grants check what they rest on, `call-checks` what a call says of itself. Pure.
 */

import type { EntryOf } from '../../entry/kinds.js';
import { isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { SeenRow } from '../range/seen-row.js';
import type { VerifiedState } from '../resume/verified-state.js';
import type { Policies } from './policies.js';

/** Follows the authority of calls. Memory goes by the number of approvers on record. */
export class Authority {
  readonly #report: Report;
  readonly #policies: Policies;
  /** Approvers on record, and whether each still may decide. */
  readonly #approvers = new Map<string, boolean>();
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
    if (isSeen(seen, 'approver-added')) this.#approvers.set(approverKey(seen.entry.approver), true);
    if (isSeen(seen, 'approver-revoked')) this.#approvers.set(approverKey(seen.entry.approver), false);
    if (isSeen(seen, 'approval-decided')) this.#checkApprover(seen.entry);
  }

  /** A call that ran here, by the verdict that it states. What else it says of itself was checked with its range. */
  seeRow(row: SeenRow): void {
    if (row.kind !== 'tool-call' || row.isObserved) return;
    this.#calls += 1;
    if (row.judgement !== undefined) this.#policies.judge(row.judgement, row);
  }

  #checkApprover({ approver, index }: EntryOf<'approval-decided'>): void {
    if (this.#approvers.size === 0) return;
    const mayDecide = this.#approvers.get(approverKey(approver));
    if (mayDecide === false) this.#report('APPROVER_NOT_ENTITLED', 'The approver was revoked before.', index);
    if (mayDecide === undefined) this.#report('APPROVER_NOT_ENROLLED', 'The approver is not on record.', index);
  }
}

function approverKey({ kind, id }: EntryOf<'approval-decided'>['approver']): string {
  return `${kind} ${id}`;
}
