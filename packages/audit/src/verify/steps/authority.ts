/**
 * Was each run allowed (log format, section 8)? By the policy's own verdict, by a grant, or by a decision of an approver who
 * was entitled to it. The books of requests and grants check what they rest on; here is what a call says of itself. Pure.
 */

import { callDigest, decodeBase64 } from '@countersign/core';
import type { EntryOf } from '../../entry/kinds.js';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { exactArgs } from './grant-book.js';
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

  see(seen: SeenEntry): void {
    this.#policies.see(seen);
    if (isSeen(seen, 'approver-added')) this.#approvers.set(approverKey(seen.entry.approver), true);
    if (isSeen(seen, 'approver-revoked')) this.#approvers.set(approverKey(seen.entry.approver), false);
    if (isSeen(seen, 'approval-decided')) this.#checkApprover(seen.entry);
    if (isSeen(seen, 'tool-call')) this.#checkRun(seen);
  }

  #checkApprover({ approver, index }: EntryOf<'approval-decided'>): void {
    if (this.#approvers.size === 0) return;
    const mayDecide = this.#approvers.get(approverKey(approver));
    if (mayDecide === false) this.#report('APPROVER_NOT_ENTITLED', 'The approver was revoked before.', index);
    if (mayDecide === undefined) this.#report('APPROVER_NOT_ENROLLED', 'The approver is not on record.', index);
  }

  #checkRun(seen: Seen<'tool-call'>): void {
    const { entry } = seen;
    // Nobody here could have stopped a call that a provider ran itself.
    if (entry.outcome === 'observed_only') return;
    this.#calls += 1;
    const fault = faultOf(entry);
    if (fault !== undefined) this.#report('RUN_NOT_ALLOWED', fault, entry.index);
    this.#policies.judge(seen);
    this.#checkArguments(seen);
  }

  /** The digest can be opened where nothing was redacted, cut or erased. */
  #checkArguments(seen: Seen<'tool-call'>): void {
    const { log, call, tool, toolDigest, policy, argsDigest, index } = seen.entry;
    const args = exactArgs(seen);
    const salt = readSalt(seen);
    if (args === undefined || salt === undefined || argsDigest === undefined) return;
    if (callDigest({ salt, log, callId: call, tool, toolDigest, args, policy }) === argsDigest) return;
    this.#report('ARGS_DIGEST_MISMATCH', 'The digest of the recorded arguments is another.', index);
  }
}

/** What in a call's own words does not let it run; undefined when they do. */
function faultOf(entry: EntryOf<'tool-call'>): string | undefined {
  const { decision, decisionBy, verdict, rule, request, grant } = entry;
  if (verdict === undefined || verdict === 'deny') return 'The verdict does not let the call run.';
  switch (decision) {
    case 'not_required':
    case 'auto': {
      if (decision === 'auto' && decisionBy === 'similar_match') return answeredByGrant(entry);
      if (request !== undefined || grant !== undefined)
        return 'The call names an approval that its decision does not need.';
      if (verdict !== 'allow') return 'Nobody decided, and the verdict does not allow the call.';
      const isDefault = rule.startsWith('default:');
      if (decisionBy !== rule || isDefault !== (decision === 'not_required'))
        return 'The decision does not name the rule.';
      return undefined;
    }
    case 'approved':
      if (request === undefined || grant !== undefined) return 'An approved call must name its request, and no grant.';
      return entry.argsDigest === undefined ? 'An approved call must be bound to its arguments.' : undefined;
    case 'rejected':
      return 'The call was rejected.';
    default:
      return decision satisfies never;
  }
}

function answeredByGrant({ request, grant, argsDigest }: EntryOf<'tool-call'>): string | undefined {
  if (grant === undefined || request !== undefined) return 'A call that a grant answered must name it, and no request.';
  return argsDigest === undefined ? 'A call that a grant answered must be bound to its arguments.' : undefined;
}

function readSalt({ payloads }: Seen<'tool-call'>): Uint8Array | undefined {
  const value = payloads.get('argsSalt')?.value;
  if (typeof value !== 'string') return undefined;
  try {
    const salt = decodeBase64(value);
    return salt.length === 16 ? salt : undefined;
  } catch {
    // A salt of another form opens nothing; its commitment was checked with the payloads.
    return undefined;
  }
}

function approverKey({ kind, id }: EntryOf<'approval-decided'>['approver']): string {
  return `${kind} ${id}`;
}
