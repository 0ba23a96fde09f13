/**
 * Puts decisions on record that were refused. The request goes on waiting, or was over; that somebody tried is worth knowing.
 */

import type { RefusedDecision } from '@countersign/approval';
import type { AuditLog } from '@countersign/audit';

/** Appends the entry of one refused decision. */
export async function recordRefused(log: AuditLog, refused: RefusedDecision): Promise<void> {
  const { request, input, code } = refused;
  const { kind, id } = input.approver;
  await log.append({
    kind: 'authorization',
    name: 'approval-decision',
    allowed: false,
    actor: { kind, id },
    ...(request.session !== undefined && { session: request.session }),
    payloads: {
      details: {
        request: request.id,
        decision: input.decision,
        code,
        ...(input.channel !== undefined && { channel: input.channel }),
      },
    },
  });
}
