/**
 * The judge of a deployment, as the gate asks it: under the bounds of the policy in force, its opinions on record.
 */

import type { AuditLog, Judge, JudgeLimits, JudgePort, RecordedOpinion } from '@countersign/audit';

/** The port of a judge; nothing where there is none. */
export function judgePortOf(
  given: Judge | { readonly name: string; readonly ask: Judge } | undefined,
  { log, limits }: { readonly log: Pick<AuditLog, 'append'>; readonly limits: () => JudgeLimits },
): { readonly judge?: JudgePort } {
  if (given === undefined) return {};
  const { name, ask } = typeof given === 'function' ? { name: 'judge', ask: given } : given;
  return {
    judge: {
      name,
      ask,
      get limits() {
        return limits();
      },
      record: (opinion) => recordOpinion(opinion, log),
    },
  };
}

async function recordOpinion(opinion: RecordedOpinion, log: Pick<AuditLog, 'append'>): Promise<void> {
  const { session: _session, reason, ...members } = opinion;
  await log.append({ kind: 'judge-opinion', ...members, payloads: { reason } });
}
