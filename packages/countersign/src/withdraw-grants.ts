/**
 * Withdraws grants whose ground is gone: the definition of their tool, or the policy and rules that they were given under.
 */

import { type Approvals, DecisionInvalidError, type Grant } from '@countersign/approval';

/** The part of the approvals that withdraws. */
export type GrantKeeper = Pick<Approvals, 'grants' | 'revoke'>;

/** Revokes each live grant that `isGroundless` picks, on record as the system's doing. @throws What the journal throws. */
export async function withdrawGrants(
  approvals: GrantKeeper,
  reason: string,
  isGroundless: (grant: Grant) => boolean,
): Promise<void> {
  for (const grant of (await approvals.grants()).filter(isGroundless)) {
    try {
      await approvals.revoke(grant.id, { by: { kind: 'system', id: 'countersign' }, reason });
    } catch (error) {
      // Another process has seen the same and was faster.
      if (!(error instanceof DecisionInvalidError) || error.code !== 'GRANT_REVOKED') throw error;
    }
  }
}
