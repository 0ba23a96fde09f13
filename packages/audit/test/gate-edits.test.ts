/**
 * An approver's edits: what runs instead, under which digest, and which edits are refused.
 */

import { describe, expect, it } from 'vitest';
import { MAX_EDITS } from '../src/edit-desk.js';
import { ADA, APPROVE, createWorld, DELETE, ofKind } from './gate-world.js';

describe('edited arguments', () => {
  it('run instead, under a digest of their own that request, decision and call agree on', async () => {
    const world = await createWorld({
      decide: () => ({
        ...APPROVE,
        editedArgs: { path: '/work/b', when: { $t: 'date', v: '1970-01-01T00:00:00.005Z' } },
      }),
    });
    const ran = await world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, (open) => open.args);
    expect(ran).toEqual({ path: '/work/b', when: new Date(5) });
    const [request] = await ofKind(world, 'approval-requested');
    const [decision] = await ofKind(world, 'approval-decided');
    const [call] = await ofKind(world, 'tool-call');
    expect(decision?.argsDigest).toBe(request?.argsDigest);
    expect(decision?.editedDigest).toBe(call?.argsDigest);
    expect(call?.argsDigest).not.toBe(request?.argsDigest);
    expect(call?.values.args).toMatchObject({ path: '/work/b' });
    expect(decision?.values.editedArgs).toEqual(call?.values.args);
    expect(call).toMatchObject({ decision: 'approved', decisionBy: 'ada', request: request?.request });
  });

  it('get the secrets back that their markers stand for', async () => {
    const world = await createWorld({
      decide: (request) => ({ ...APPROVE, editedArgs: { ...Object(request.args), path: '/work/b' } }),
    });
    const args = { path: '/work/a', password: 'correct horse battery staple' };
    const ran = await world.gate.run({ tool: DELETE, args }, (open) => open.args);
    expect(ran).toEqual({ path: '/work/b', password: 'correct horse battery staple' });
    expect(JSON.stringify([await world.entries(), await world.allPayloads()])).not.toContain('correct horse');
  });

  it('are refused where they raise the risk, and the request still waits', async () => {
    const errors: unknown[] = [];
    const world = await createWorld({
      decide: () => undefined,
      policy: { defaults: { moderate: 'require-approval', safe: 'require-approval' } },
    });
    world.approvals.on('requested', async ({ id }) => {
      const edit = { ...APPROVE, editedArgs: { command: 'rm -rf / --no-preserve-root' } };
      errors.push(await world.approvals.decide(id, edit).catch((error: unknown) => error));
      await world.approvals.decide(id, { decision: 'rejected', approver: ADA });
    });
    const tool = { name: 'run_shell', description: 'Runs a command.' };
    await expect(world.gate.run({ tool, args: { command: 'mkdir build' } }, () => 'ran')).rejects.toMatchObject({
      code: 'APPROVAL_REJECTED',
    });
    expect(errors).toMatchObject([{ code: 'EDIT_RAISES_RISK' }]);
  });

  it.each([
    ['a marker that stands for nothing', { path: '[redacted:password:00000000]' }, 'MARKER_UNKNOWN'],
    ['a tagged form that means nothing', { path: { $t: 'nonsense' } }, 'TAGGED_FORM_INVALID'],
    ['arguments beyond the limits', { path: 'x'.repeat(10 * 1024 * 1024) }, /./],
  ])('are refused for %s, and the request still waits', async (_what, editedArgs, code) => {
    const errors: unknown[] = [];
    const world = await createWorld({ decide: () => undefined });
    world.approvals.on('requested', async ({ id }) => {
      errors.push(await world.approvals.decide(id, { ...APPROVE, editedArgs }).catch((error: unknown) => error));
      await world.approvals.decide(id, APPROVE);
    });
    const ran = await world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, (open) => open.args);
    expect(ran).toEqual({ path: '/work/a' });
    expect(errors).toMatchObject([{ code: code instanceof RegExp ? expect.stringMatching(code) : code }]);
  });

  it(`are remembered for the last ${MAX_EDITS} edits of a request, so that endless edits take no endless memory`, async () => {
    const world = await createWorld({ decide: () => undefined });
    world.approvals.on('requested', async ({ id }) => {
      const digests: string[] = [];
      for (let n = 0; n <= MAX_EDITS; n += 1) {
        const edit = await world.edits.assessEdit(id, { path: `/work/${n}` });
        digests.push(edit?.editedDigest ?? '');
      }
      expect(world.edits.take(id, digests[0])).toBeUndefined();
      await world.approvals.decide(id, { decision: 'rejected', approver: ADA });
    });
    await expect(world.gate.run({ tool: DELETE, args: {} }, () => 1)).rejects.toMatchObject({
      code: 'APPROVAL_REJECTED',
    });
  });

  it('cannot be given for a request that waits in no process', async () => {
    const world = await createWorld();
    expect(await world.edits.assessEdit('nowhere', {})).toBeUndefined();
  });
});
