/**
 * Rows of the approvals hold values of payloads. When a payload goes, its value leaves the row too, which then says what its
 * entries come to without that payload (see `projection.ts`), so that `verify` still agrees. Pure.
 */

import type { ApprovalRecord, Decision, GrantRecord } from '@countersign/approval';
import { UNREADABLE_PATTERNS } from '../projection.js';

/** A payload whose value stands in a row. */
export interface RowValue {
  /** The kind of the entry that carries the payload. */
  readonly kind: string;
  readonly name: string;
  /** The time of the entry; without it, of every such entry. Of several decisions, a row holds the texts of one. */
  readonly timeUs?: number;
}

/** The row of a request without the values of these payloads. */
export function clearRequest(record: ApprovalRecord, values: readonly RowValue[]): ApprovalRecord {
  return values.reduce(clearRequestValue, record);
}

/** The row of a grant without its patterns: one that nothing matches stands for them. */
export function clearGrant(record: GrantRecord): GrantRecord {
  return { ...record, grant: { ...record.grant, arguments: UNREADABLE_PATTERNS } };
}

function clearRequestValue(record: ApprovalRecord, { kind, name, timeUs }: RowValue): ApprovalRecord {
  const { request, decision } = record;
  if (kind === 'approval-requested') {
    if (name === 'args') return { ...record, request: { ...request, args: null } };
    return name === 'reasons' ? { ...record, request: { ...request, reasons: [] } } : record;
  }
  if (kind !== 'approval-decided' || decision === undefined) return record;
  if (timeUs !== undefined && timeUs !== decision.decidedAtUs) return record;
  return { ...record, decision: clearDecision(decision, name) };
}

function clearDecision(decision: Decision, name: string): Decision {
  const { reason, messageForModel, respondWith, editedArgs, ...rest } = decision;
  return {
    ...rest,
    ...(reason !== undefined && name !== 'reason' && { reason }),
    ...(messageForModel !== undefined && name !== 'message' && { messageForModel }),
    ...(respondWith !== undefined && name !== 'response' && { respondWith }),
    ...(editedArgs !== undefined && name !== 'editedArgs' && { editedArgs }),
  };
}
