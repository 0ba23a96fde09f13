/**
 * Where a call that is begun again finds what was asked about it before.
 */

import type { ApprovalRecord, Approvals } from '@countersign/approval';
import { type AuditLog, requestsOfCall } from '@countersign/audit';

/** The newest request of a call, as its row stands now. */
export async function newestRequest(
  call: { readonly run: string; readonly callId: string },
  { log, approvals }: { readonly log: AuditLog; readonly approvals: Pick<Approvals, 'find'> },
): Promise<ApprovalRecord | undefined> {
  const newest = (await requestsOfCall(log.store, call)).at(-1);
  return newest === undefined ? undefined : approvals.find(newest);
}
