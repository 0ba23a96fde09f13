/** An approval that is withdrawn after it reached the call, and before the intent of the call was on record. */

import { describe, expect, it } from 'vitest';
import { ADA, APPROVE, createWorld, DELETE } from './gate-world.js';
import { expectSound } from './support.js';

/** A world in which Ada withdraws her first approval at the last moment. */
async function createWithdrawingWorld(then: 'approved' | 'rejected') {
  let asked = 0;
  const world = await createWorld({
    decide: () => {
      asked += 1;
      return asked === 1 ? APPROVE : { decision: then, approver: { kind: 'person', id: 'bob' } };
    },
    over: {
      policySettled: async () => {
        const [request] = await world.store.approvals.requests({ states: ['approved'] });
        if (asked === 1 && request !== undefined) await world.approvals.withdraw(request.request.id, ADA);
      },
    },
  });
  const run = () => world.gate.run({ tool: DELETE, args: { path: '/work/a' }, callId: 'a' }, () => 'gone');
  return { ...world, run };
}

describe('an approval that is withdrawn at the last moment', () => {
  it('lets the call wait for the same request again, and run when somebody else approves', async () => {
    const world = await createWithdrawingWorld('approved');
    expect(await world.run()).toBe('gone');
    expect((await world.kinds()).slice(-6)).toEqual([
      'approval-requested',
      'approval-decided',
      'approval-withdrawn',
      'approval-decided',
      'tool-call',
      'tool-result',
    ]);
    expect((await world.calls())[0]).toMatchObject({ decisionBy: 'bob' });
    await expectSound(world.store, world.signer);
  });

  it('or be refused when somebody rejects', async () => {
    const world = await createWithdrawingWorld('rejected');
    await expect(world.run()).rejects.toMatchObject({ code: 'APPROVAL_REJECTED' });
    expect((await world.kinds()).slice(-3)).toEqual(['approval-withdrawn', 'approval-decided', 'tool-refused']);
  });
});
