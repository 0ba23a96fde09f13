/**
 * Every way in which a call is not run: the tool is not called, the caller gets a CallRefusedError, and the log says why.
 */

import { createScriptedChannel } from '@countersign/approval';
import {
  ApprovalExpiredError,
  ApprovalMismatchError,
  ApprovalRejectedError,
  CallAnsweredError,
  type CallRecorder,
  CallRefusedError,
} from '@countersign/audit';
import { describe, expect, it } from 'vitest';
import {
  ADA,
  APPROVE,
  createWorld,
  DELETE,
  ofKind,
  READ,
  refusalOf,
  rejectionOf,
  turns,
  type World,
} from './gate-world.js';

describe('a policy', () => {
  it('that denies refuses, by rule', async () => {
    const rule = {
      id: 'no-reads',
      match: { tool: 'read_*' },
      verdict: 'deny',
      reason: 'Reading is for people.',
    } as const;
    const world = await createWorld({ policy: { rules: [rule] } });
    const error = await refusalOf(world, { tool: READ, args: { path: '/work/a' }, callId: 'c1' });
    expect(error).toMatchObject({ code: 'POLICY_DENIED', callId: 'c1', tool: 'read_file' });
    expect(error).toMatchObject({
      reasons: expect.arrayContaining([expect.any(String)]),
      message: expect.stringContaining('Reading is for people.'),
    });
    const { entry, payloads } = await world.last();
    expect(entry).toMatchObject({
      kind: 'tool-refused',
      code: 'POLICY_DENIED',
      outcome: 'refused',
      decision: 'rejected',
      decisionBy: 'policy:no-reads',
    });
    expect(payloads).toMatchObject({ args: { path: '/work/a' } });
  });

  it('cannot let a call touch the guard, even where a rule allows everything', async () => {
    const rule = { id: 'all', match: {}, verdict: 'allow', reason: 'A test.' } as const;
    const { createClassifier } = await import('@countersign/classification');
    const classifier = createClassifier({ guardPaths: ['/home/u/.countersign'] });
    const world = await createWorld({ policy: { rules: [rule] }, over: { classifier } });
    const tool = { name: 'run_shell', description: 'Runs a command.' };
    const error = await refusalOf(world, { tool, args: { command: 'rm /home/u/.countersign/agent-audit.db' } });
    expect(error).toMatchObject({ code: 'POLICY_DENIED' });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([{ decisionBy: 'policy:floor:guard', risk: 'critical' }]);
  });

  it('that allows by a rule is recorded as auto, by its rule', async () => {
    const rule = { id: 'cleanup', match: { tool: 'delete_*' }, verdict: 'allow', reason: 'A test.' } as const;
    const world = await createWorld({ policy: { rules: [rule] } });
    expect(await world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, () => 'ran')).toBe('ran');
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ decision: 'auto', decisionBy: 'cleanup' }]);
    expect(await ofKind(world, 'approval-requested')).toEqual([]);
  });

  it('that denies is the reason even where the arguments could not be bound', async () => {
    const world = await createWorld({ policy: { defaults: { safe: 'deny', moderate: 'deny' } } });
    expect(await refusalOf(world, { tool: READ, args: { fn: () => 1 } })).toMatchObject({ code: 'POLICY_DENIED' });
  });
});

describe('an approver', () => {
  it('who rejects is named, with the reason for people and the message for the model', async () => {
    const world = await createWorld({
      decide: () => ({
        decision: 'rejected',
        approver: ADA,
        reason: 'Too broad.',
        messageForModel: 'Delete one file at a time.',
      }),
    });
    const error = await refusalOf(world, { tool: DELETE, args: { path: '/work' } });
    expect(error).toBeInstanceOf(ApprovalRejectedError);
    expect(error).toMatchObject({
      code: 'APPROVAL_REJECTED',
      message: expect.stringContaining('Too broad.'),
      messageForModel: 'Delete one file at a time.',
    });
    const [refused] = await ofKind(world, 'tool-refused');
    expect(refused).toMatchObject({ decision: 'rejected', decisionBy: 'ada', outcome: 'refused' });
    expect(refused?.request).toEqual(expect.any(String));
  });

  it("who answers in the tool's place is named, and the answer is on record as what the caller got", async () => {
    const respondWith = { deleted: 0, note: 'It was empty.' };
    const world = await createWorld({ decide: () => ({ decision: 'rejected', approver: ADA, respondWith }) });
    const error = await refusalOf(world, { tool: DELETE, args: { path: '/work' } });
    expect(error).toBeInstanceOf(CallAnsweredError);
    expect(error).toMatchObject({ code: 'APPROVAL_ANSWERED', answer: respondWith });
    expect(error instanceof CallAnsweredError && Object.isFrozen(error.answer)).toBe(false);
    const [refused] = await ofKind(world, 'tool-refused');
    expect(refused).toMatchObject({ code: 'APPROVAL_ANSWERED', decision: 'rejected', values: { result: respondWith } });
    expect(await ofKind(world, 'approval-decided')).toMatchObject([{ values: { response: respondWith } }]);
  });

  it('who does not answer in time lets the call expire', async () => {
    const world = await createWorld({ decide: () => undefined, policy: { timeoutMs: 60_000 } });
    const running = refusalOf(world, { tool: DELETE, args: { path: '/work/a' } });
    await turns();
    world.environment.advance(60_000);
    const error = await running;
    expect(error).toBeInstanceOf(ApprovalExpiredError);
    expect(error).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(await world.kinds()).toEqual(['log-opened', 'approval-requested', 'approval-expired', 'tool-refused']);
    expect(await ofKind(world, 'tool-refused')).toMatchObject([{ decisionBy: 'timeout', decision: 'rejected' }]);
  });

  it('is asked by every channel, and one that fails keeps nobody from deciding', async () => {
    const broken = createScriptedChannel(() => {
      throw new Error('no terminal');
    }, 'broken');
    const world = await createWorld({ channels: [broken, createScriptedChannel(() => APPROVE)] });
    expect(await world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, () => 'ran')).toBe('ran');
    expect(world.failures).toMatchObject([{ message: 'no terminal' }]);
  });

  it('cannot be the agent that asks', async () => {
    const agent = { kind: 'agent', id: 'builder' } as const;
    const world = await createWorld({
      decide: () => ({ decision: 'approved', approver: agent }),
      policy: { timeoutMs: 1000 },
    });
    const running = refusalOf(world, { tool: DELETE, args: {}, context: { actor: agent } });
    await turns();
    world.environment.advance(1000);
    expect(await running).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(world.failures).toMatchObject([{ code: 'SELF_APPROVAL' }]);
  });

  it('decides each of several parallel calls by its own id', async () => {
    const world = await createWorld({
      decide: ({ callId }) => (callId === 'b' ? { decision: 'rejected', approver: ADA } : APPROVE),
    });
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((callId) =>
        world.gate.run({ tool: DELETE, args: { path: '/work/same' }, callId }, () => callId),
      ),
    );
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: { code: 'APPROVAL_REJECTED', callId: 'b' } },
      { status: 'fulfilled', value: 'c' },
    ]);
    const calls = await ofKind(world, 'tool-call');
    expect(new Set(calls.map(({ request }) => request)).size).toBe(2);
  });

  it('cannot be reached after the approvals were closed', async () => {
    const world = await createWorld({ decide: () => undefined });
    const waiting = refusalOf(world, { tool: DELETE, args: {} });
    await turns();
    await world.approvals.close();
    expect(await waiting).toMatchObject({ code: 'APPROVAL_UNAVAILABLE', cause: { code: 'APPROVALS_CLOSED' } });
    expect(await refusalOf(world, { tool: DELETE, args: {} })).toMatchObject({ code: 'APPROVAL_UNAVAILABLE' });
    expect(await world.gate.run({ tool: READ, args: {} }, () => 'still runs')).toBe('still runs');
  });
});

describe('an abort', () => {
  it('before the call refuses it', async () => {
    const world = await createWorld();
    const context = { signal: AbortSignal.abort(new Error('stopped')) };
    expect(await refusalOf(world, { tool: READ, args: {}, context })).toMatchObject({ code: 'CALL_ABORTED' });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([{ outcome: 'aborted', decisionBy: 'aborted' }]);
  });

  it('while the call waits for approval ends the wait, and nobody can approve it any more', async () => {
    const controller = new AbortController();
    const world = await createWorld({ decide: () => undefined });
    const running = refusalOf(world, { tool: DELETE, args: {}, context: { signal: controller.signal } });
    await turns();
    const [request] = await world.approvals.pending();
    controller.abort();
    expect(await running).toMatchObject({ code: 'APPROVAL_ABORTED' });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([{ outcome: 'aborted' }]);
    await expect(world.approvals.decide(request?.id ?? '', APPROVE)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
  });

  it('between the approval and the intent refuses the call, and the approval stays unused', async () => {
    const controller = new AbortController();
    const world = await createWorld();
    world.approvals.on('decided', () => controller.abort());
    const error = await refusalOf(world, { tool: DELETE, args: {}, context: { signal: controller.signal } });
    expect(error).toMatchObject({ code: 'CALL_ABORTED' });
    expect(await world.store.approvals.requests({ states: ['approved'] })).toHaveLength(1);
  });

  it.each([
    ['the reason of the signal', (signal: AbortSignal): unknown => signal.reason, 'aborted'],
    ['an AbortError', (): unknown => Object.assign(new Error('stop'), { name: 'AbortError' }), 'aborted'],
    ['an AbortError of the platform', (): unknown => new DOMException('stop', 'AbortError'), 'aborted'],
    ['another error', (): unknown => new Error('disk full'), 'tool_error'],
  ])('during the run is recorded by what the tool throws: %s', async (_what, thrownBy, outcome) => {
    const world = await createWorld();
    const controller = new AbortController();
    const error = await rejectionOf(
      world.gate.run({ tool: READ, args: {}, context: { signal: controller.signal } }, (open) => {
        expect(open.signal).toBe(controller.signal);
        controller.abort();
        throw thrownBy(controller.signal);
      }),
    );
    expect(error).not.toBeInstanceOf(CallRefusedError);
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ outcome, success: false }]);
  });

  it('that the tool ignores leaves the call successful', async () => {
    const world = await createWorld();
    const controller = new AbortController();
    await world.gate.run({ tool: READ, args: {}, context: { signal: controller.signal } }, () => controller.abort());
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('an approval that no longer holds when the intent is written', () => {
  /** Does something to the world between the decision and the intent. */
  async function meddled(meddle: (world: World, input: Parameters<CallRecorder['begin']>[0]) => Promise<typeof input>) {
    let world: World | undefined;
    const made = await createWorld({
      recorderOver: (log) => ({
        refuse: (input) => log.refuse(input),
        observe: (input) => log.observe(input),
        finish: (input) => log.finish(input),
        begin: async (input) => log.begin(world === undefined ? input : await meddle(world, input)),
      }),
    });
    world = made;
    return made;
  }

  it('because its time is over is refused as expired, and the log says so', async () => {
    const world = await meddled(async ({ environment }, input) => {
      environment.advance(600_000);
      return input;
    });
    const error = await refusalOf(world, { tool: DELETE, args: {} });
    expect(error).toBeInstanceOf(ApprovalExpiredError);
    expect(error).toMatchObject({ code: 'APPROVAL_EXPIRED', cause: { code: 'APPROVAL_EXPIRED' } });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([
      { code: 'APPROVAL_EXPIRED', decision: 'rejected', decisionBy: 'timeout', outcome: 'refused' },
    ]);
  });

  it('because it was withdrawn is refused', async () => {
    const world = await meddled(async ({ log }, input) => {
      await log.journal.record({ kind: 'expired', requestId: input.requestId ?? '', cause: 'aborted' });
      return input;
    });
    expect(await refusalOf(world, { tool: DELETE, args: {} })).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(await ofKind(world, 'tool-call')).toEqual([]);
  });

  it('because the arguments are others is refused as a mismatch', async () => {
    const world = await meddled(async (_world, input) => ({ ...input, argsDigest: `${'B'.repeat(42)}A=` }));
    const error = await refusalOf(world, { tool: DELETE, args: {} });
    expect(error).toBeInstanceOf(ApprovalMismatchError);
    expect(error).toMatchObject({ code: 'APPROVAL_MISMATCH' });
    expect(await ofKind(world, 'tool-refused')).toMatchObject([
      { code: 'APPROVAL_MISMATCH', decisionBy: 'gate:APPROVAL_MISMATCH' },
    ]);
  });

  it('because the grant was revoked goes to a person, and nothing uses that grant', async () => {
    let granted = false;
    const world = await meddled(async ({ approvals }, input) => {
      if (input.grantId !== undefined) await approvals.revoke(input.grantId, { by: ADA });
      granted ||= input.grantId !== undefined;
      return input;
    });
    const asked: string[] = [];
    world.approvals.on('requested', ({ id }) => {
      asked.push(id);
      return world.approvals.decide(
        id,
        asked.length === 1 ? { ...APPROVE, remember: { session: 'any' } } : { decision: 'rejected', approver: ADA },
      );
    });
    const silent = await refusalOrResult(world);
    expect(silent).toBe('ran');
    expect(await refusalOf(world, { tool: DELETE, args: { path: '/work/b' } })).toMatchObject({
      code: 'APPROVAL_REJECTED',
    });
    expect(granted).toBe(true);
    expect(asked).toHaveLength(2);
    expect(await ofKind(world, 'grant-used')).toEqual([]);
  });

  it('cannot be used by a second call', async () => {
    let first: string | undefined;
    const world = await meddled(async (_world, input) => {
      if (first === undefined) first = input.requestId;
      return first === undefined ? input : { ...input, requestId: first };
    });
    expect(await world.gate.run({ tool: DELETE, args: {} }, () => 'ran')).toBe('ran');
    expect(await refusalOf(world, { tool: DELETE, args: {} })).toMatchObject({ code: 'APPROVAL_MISMATCH' });
  });
});

async function refusalOrResult(world: World): Promise<unknown> {
  return world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, () => 'ran');
}
