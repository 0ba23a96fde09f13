/** A call that is begun again: after the program was closed, under another policy, with other arguments; and requests that nobody waits for. */

import { createTestEnvironment } from '@countersign/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign, CountersignOptions } from '../src/open-countersign.js';
import { createTestHome, openTestLog, type TestHome } from './cli-support.js';

let home: TestHome;

beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

const open = (options: CountersignOptions = {}) => openTestLog(home, { channels: [], ...options });

/** Begins a call and waits until it is asked about; answers its request's id and how the call ends. */
async function begin(cs: Countersign, args: unknown = { command: 'rm -rf data' }) {
  const asked = new Promise<string>((resolve) => {
    cs.approvals.on('requested', ({ id }) => resolve(id));
  });
  const outcome = run(cs, args);
  return { id: await asked, outcome };
}

function run(cs: Countersign, args: unknown = { command: 'rm -rf data' }) {
  const call = { callId: 'call-1', tool: { name: 'run_shell' }, args, context: { run: 'run-1', session: 's-1' } };
  return cs.gate.run(call, (opened) => opened.args).catch((error: Error & { code?: string }) => error.code ?? error);
}

const kinds = async (cs: Countersign) => (await cs.log.entries()).map(({ entry }) => entry.kind);

describe('a call that is begun again', () => {
  test('goes on with its request when the program was closed and opened again, secrets included', async () => {
    const args = { command: 'rm -rf data', password: 'correct horse battery staple' };
    const first = await open();
    const { id, outcome } = await begin(first, args);
    await first.close();
    expect(await outcome).toBe('APPROVAL_UNAVAILABLE');
    const second = await open();
    expect(await kinds(second)).not.toContain('tool-refused');
    const again = await begin(second, args);
    expect(again.id).toBe(id);
    await second.approvals.decide(id, { decision: 'approved', approver: 'ada' });
    expect(await again.outcome).toEqual(args);
    expect(await run(second, args)).toBe('CALL_ALREADY_BEGUN');
    expect(await second.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
    await second.close();
  });

  test('goes on with what was decided meanwhile: an approval runs, a rejection refuses', async () => {
    for (const decision of ['approved', 'rejected'] as const) {
      const first = await open({ path: `${home.path}/${decision}.db` });
      const { id } = await begin(first);
      await first.close();
      const decider = await open({ path: `${home.path}/${decision}.db` });
      await decider.approvals.decide(id, { decision, approver: 'ada' });
      await decider.close();
      const second = await open({ path: `${home.path}/${decision}.db` });
      const expected = decision === 'approved' ? { command: 'rm -rf data' } : 'APPROVAL_REJECTED';
      expect(await run(second)).toEqual(expected);
      expect((await kinds(second)).filter((kind) => kind === 'approval-requested')).toHaveLength(1);
      await second.close();
    }
  });

  test('is refused, on record, with other arguments under the same id', async () => {
    const cs = await open();
    const { id } = await begin(cs);
    expect(await run(cs, { command: 'rm -rf other' })).toBe('APPROVAL_MISMATCH');
    const { calls } = await cs.log.query();
    expect(calls).toMatchObject([{ outcome: 'refused', decisionBy: 'gate:APPROVAL_MISMATCH' }]);
    expect(await cs.approvals.find(id)).toMatchObject({ state: 'pending' });
    await cs.close();
  });

  test('asks again where the policy has changed, and the request under the old one ends', async () => {
    const first = await open();
    const { id } = await begin(first);
    await first.close();
    const second = await open({ policy: { version: 1, timeoutMs: 60_000 } });
    const again = await begin(second);
    expect(again.id).not.toBe(id);
    expect(await second.approvals.find(id)).toMatchObject({ state: 'expired', cause: 'aborted' });
    await second.approvals.decide(again.id, { decision: 'approved', approver: 'ada' });
    expect(await again.outcome).toEqual({ command: 'rm -rf data' });
    await second.close();
  });

  test('twice at once waits for one request, and runs once', async () => {
    const cs = await open();
    const one = await begin(cs);
    const other = run(cs);
    await expect.poll(() => cs.log.entries({ kind: 'approval-requested' })).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cs.approvals.decide(one.id, { decision: 'approved', approver: 'ada' });
    const outcomes = await Promise.all([one.outcome, other]);
    expect(outcomes).toContain('CALL_ALREADY_BEGUN');
    expect(outcomes).toContainEqual({ command: 'rm -rf data' });
    await cs.close();
  });
});

describe('requests that ran out while nobody had the log open', () => {
  test('are on record as expired after the next opening', async () => {
    const environment = createTestEnvironment();
    const cs = await open({ environment });
    const { id } = await begin(cs);
    await cs.close();
    environment.advance(600_000);
    const next = await open({ environment });
    await expect.poll(async () => (await next.approvals.find(id))?.state).toBe('expired');
    expect(await next.log.entries({ kind: 'approval-expired' })).toMatchObject([
      { entry: { request: id, cause: 'timeout' } },
    ]);
    expect(await run(next)).toBe('APPROVAL_EXPIRED');
    await next.close();
  });
});
