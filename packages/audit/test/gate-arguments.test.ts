/**
 * Approved arguments are the arguments that run: nothing that happens to the caller's objects, or to what approvers and
 * listeners are shown, reaches the tool or the record.
 */

import { createScriptedChannel } from '@countersign/approval';
import { callDigest, normalise } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { APPROVE, createWorld, DELETE, ofKind, READ } from './gate-world.js';

describe('the arguments that run', () => {
  it('are those that were approved, whatever the caller does to its object meanwhile', async () => {
    const args = { path: '/work/a', options: { force: false }, list: [1] };
    const world = await createWorld({
      decide: () => {
        args.path = '/etc/passwd';
        args.options.force = true;
        args.list.push(2);
        return APPROVE;
      },
    });
    const ran = await world.gate.run({ tool: DELETE, args }, (open) => open.args);
    expect(ran).toEqual({ path: '/work/a', options: { force: false }, list: [1] });
    const [call] = await ofKind(world, 'tool-call');
    expect(call?.values.args).toEqual({ path: '/work/a', options: { force: false }, list: [1] });
  });

  it('are not changed by what a channel or a listener does to the request, and neither is the record', async () => {
    const channel = createScriptedChannel((request) => {
      Reflect.set(Object(request.args), 'path', '/etc/passwd');
      Reflect.set(Object(Reflect.get(Object(request.args), 'options')), 'force', true);
      return APPROVE;
    });
    const world = await createWorld({ channels: [channel] });
    world.approvals.on('requested', (request) => void Reflect.set(Object(request.args), 'path', '/listener'));
    world.approvals.on('decided', (_decision, request) => void Reflect.set(Object(request.args), 'path', '/listener'));
    const args = { path: '/work/a', options: { force: false } };
    const ran = await world.gate.run({ tool: DELETE, args }, (open) => open.args);
    expect(ran).toEqual(args);
    const [request] = await ofKind(world, 'approval-requested');
    const [call] = await ofKind(world, 'tool-call');
    expect([request?.values.args, call?.values.args]).toEqual([args, args]);
  });

  it('are shown to every channel as they are, whatever the channel before it did', async () => {
    const shown: unknown[] = [];
    const vandal = createScriptedChannel((request) => {
      Reflect.set(Object(request.args), 'path', '/work/harmless');
      return undefined;
    }, 'vandal');
    const honest = createScriptedChannel((request) => {
      shown.push(request.args);
      return APPROVE;
    }, 'honest');
    const world = await createWorld({ channels: [vandal, honest] });
    await world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, () => 1);
    expect(shown).toEqual([{ path: '/work/a' }]);
  });

  it('are read once: no getter, toJSON or Proxy of the caller ever runs', async () => {
    const world = await createWorld();
    let asked = 0;
    const args = {
      path: '/work/a',
      get sneaky() {
        asked += 1;
        return asked;
      },
    };
    await expect(world.gate.run({ tool: READ, args }, () => 1)).rejects.toMatchObject({
      code: 'ARGUMENTS_NOT_BINDABLE',
    });
    const proxy = new Proxy(
      {},
      {
        get: () => (asked += 1),
        ownKeys: () => {
          asked += 1;
          return [];
        },
        getPrototypeOf: () => {
          asked += 1;
          return null;
        },
      },
    );
    await expect(world.gate.run({ tool: READ, args: { proxy } }, () => 1)).rejects.toMatchObject({
      code: 'ARGUMENTS_NOT_BINDABLE',
    });
    await expect(world.withAudit((value: object) => value, { name: 'read_file' })(proxy)).rejects.toMatchObject({
      code: 'ARGUMENTS_NOT_BINDABLE',
    });
    const withToJson = { path: '/work/a', toJSON: () => ({ path: '/work/b' }) };
    await expect(world.gate.run({ tool: READ, args: withToJson }, () => 1)).rejects.toMatchObject({
      code: 'ARGUMENTS_NOT_BINDABLE',
    });
    expect(asked).toBe(0);
  });

  it('are an ordinary copy with its own Dates, Maps, Sets, bytes, BigInts, shared references and cycles', async () => {
    const world = await createWorld();
    const shared = { n: 1 };
    const cycle: Record<string, unknown> = { shared };
    cycle.self = cycle;
    const args = {
      when: new Date(5),
      map: new Map<unknown, unknown>([['k', shared]]),
      set: new Set([1, 'two']),
      bytes: Buffer.from('abc'),
      view: new Float64Array([1.5]),
      big: 12n,
      nothing: undefined,
      zero: -0,
      re: /a/giu,
      shared,
      cycle,
      __proto__: null,
      $t: 'date',
    };
    const ran: unknown = await world.gate.run({ tool: READ, args }, (open) => open.args);
    expect(ran).toEqual({ ...args });
    expect(ran).not.toBe(args);
    const copy = new Map(Object.entries(Object(ran)));
    expect(Object.isFrozen(ran) || Object.isFrozen(copy.get('cycle'))).toBe(false);
    expect(copy.get('map')).not.toBe(args.map);
    expect(copy.get('bytes')).toBeInstanceOf(Buffer);
    expect(new Map(Object.entries(Object(copy.get('cycle')))).get('self')).toBe(copy.get('cycle'));
    expect(Reflect.get(Object(copy.get('cycle')), 'shared')).toBe(copy.get('shared'));
    expect(Reflect.get(Object(copy.get('cycle')), 'shared')).not.toBe(shared);
  });

  it('belong to the tool: what it does to them changes neither the caller nor the record', async () => {
    const world = await createWorld();
    const args = { list: [1, 2], nested: { a: 1 } };
    await world.gate.run({ tool: READ, args }, (open) => {
      Reflect.set(Object(open.args), 'list', 'gone');
      Reflect.set(Object(Reflect.get(Object(open.args), 'nested')), 'a', 2);
    });
    expect(args).toEqual({ list: [1, 2], nested: { a: 1 } });
    const [call] = await ofKind(world, 'tool-call');
    expect(call?.values.args).toEqual({ list: [1, 2], nested: { a: 1 } });
  });

  it('are bound by a digest that an auditor opens with the recorded salt', async () => {
    const world = await createWorld();
    const args = { path: '/work/a', when: new Date(5) };
    await world.gate.run({ tool: READ, args, callId: 'c1' }, () => 1);
    const [call] = await ofKind(world, 'tool-call');
    if (call === undefined) throw new Error('no call');
    expect(call.values.args).toEqual(normalise(args).json);
    const digest = callDigest({
      salt: Buffer.from(String(call.values.argsSalt), 'base64'),
      log: call.log,
      callId: 'c1',
      tool: call.tool,
      toolDigest: call.toolDigest,
      args: normalise(args).json,
      policy: call.policy,
    });
    expect(call.argsDigest).toBe(digest);
  });

  it('keep their secret, which stands nowhere on record, and neither does the salt of their digest', async () => {
    const seen: unknown[] = [];
    const world = await createWorld({
      decide: (request) => {
        seen.push(request);
        return APPROVE;
      },
    });
    const args = { path: '/work/a', password: 'correct horse battery staple' };
    const ran = await world.gate.run({ tool: DELETE, args }, (open) => ({ echoed: open.args }));
    expect(ran).toEqual({ echoed: args });
    const record = JSON.stringify([await world.entries(), await world.allPayloads(), seen]);
    expect(record).not.toContain('correct horse');
    expect(record).toMatch(/\[redacted:[a-z-]+:[0-9a-f]{8}\]/);
    const [call] = await ofKind(world, 'tool-call');
    expect(call?.values.argsSalt).toBeUndefined();
    expect(seen).toMatchObject([{ redacted: true }]);
  });

  it('are hidden whole where the redactor fails, and still run', async () => {
    const broken = await createWorld();
    const world = await createWorld({
      over: {
        redactor: {
          ...broken.redactor,
          redact: () => {
            throw new Error('failed at hunter2');
          },
        },
      },
    });
    const ran = await world.gate.run({ tool: READ, args: { password: 'hunter2' } }, (open) => open.args);
    expect(ran).toEqual({ password: 'hunter2' });
    expect(JSON.stringify([await world.entries(), await world.allPayloads()])).not.toContain('hunter2');
    const [call] = await ofKind(world, 'tool-call');
    expect(call?.values.args).toBe('[redacted:redactor-failed:00000000]');
    expect(call?.values.argsSalt).toBeUndefined();
  });

  it('keep the definition of the tool that was judged, whatever becomes of the object', async () => {
    const tool = { name: 'delete_file', description: 'Deletes a file.', annotations: { destructiveHint: true } };
    const world = await createWorld({
      decide: () => {
        tool.name = 'read_file';
        tool.annotations.destructiveHint = false;
        return APPROVE;
      },
    });
    await world.gate.run({ tool, args: { path: '/work/a' } }, () => 1);
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ tool: 'delete_file' }]);
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ tool: 'delete_file' }]);
  });

  it('keep the actor who called, whatever becomes of the object', async () => {
    const actor = { kind: 'agent' as const, id: 'builder' };
    const world = await createWorld({
      decide: () => {
        actor.id = 'somebody-else';
        return APPROVE;
      },
    });
    await world.gate.run({ tool: DELETE, args: { path: '/work/a' }, context: { actor } }, () => 1);
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ actor: { kind: 'agent', id: 'builder' } }]);
  });
});
