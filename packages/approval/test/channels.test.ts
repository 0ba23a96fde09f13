import { type Channel, createScriptedChannel } from '@countersign/approval';
import { describe, expect, it } from 'vitest';
import { APPROVE, createWorld, listen, REJECT, turns } from './support.js';

describe('channels and listeners', () => {
  it('show a request on every channel, and stop when it is settled', async () => {
    const seen: string[] = [];
    const silent: Channel = {
      name: 'silent',
      show: async (request, _decide, signal) => {
        seen.push(`silent ${request.id}`);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        seen.push('silent stopped');
      },
    };
    const answering = createScriptedChannel(() => REJECT, 'answering');
    const { approvals, draft } = createWorld({ channels: [silent, answering] });
    const settled = await approvals.ask(draft());
    expect(settled.decision).toMatchObject({ channel: 'answering', decision: 'rejected' });
    await turns();
    expect(seen).toEqual([`silent ${draft().id}`, 'silent stopped']);
  });

  it('never harm a call by failing, and say how to answer when no channel could show it', async () => {
    const lines: string[] = [];
    const broken: Channel = {
      name: 'broken',
      show: () => {
        throw new Error('no screen');
      },
    };
    const { approvals, draft } = createWorld({ channels: [broken], warn: (line) => lines.push(line) });
    const failures: unknown[] = [];
    approvals.on('channel-failed', ({ source, requestId }) => failures.push([source, requestId]));
    approvals.on('requested', () => {
      throw new Error('a listener');
    });
    approvals.on('requested', () => Promise.reject(new Error('a late listener')));
    const asked = approvals.ask(draft());
    await turns();
    expect(failures).toEqual([
      ['broken', draft().id],
      ['listener:requested', undefined],
      ['listener:requested', undefined],
    ]);
    expect(lines).toEqual([expect.stringContaining(`approvals.decide('${draft().id}'`)]);
    await approvals.decide(draft().id, APPROVE);
    expect((await asked).state).toBe('approved');
  });

  it('say how to answer where there is no channel, and nothing where one has shown it', async () => {
    const lines: string[] = [];
    const warn = (line: string) => lines.push(line);
    const alone = createWorld({ warn });
    const asked = alone.approvals.ask(alone.draft());
    await turns();
    expect(lines.length).toBe(1);
    await alone.approvals.decide(alone.draft().id, APPROVE);
    await asked;
    const shown = createWorld({ warn, channels: [createScriptedChannel(() => undefined)] });
    const waiting = shown.approvals.ask(shown.draft());
    await turns();
    expect(lines.length).toBe(1);
    await shown.approvals.decide(shown.draft().id, APPROVE);
    await waiting;
  });

  it('survive a listener of failures that fails, and warn', async () => {
    const lines: string[] = [];
    const { approvals, draft } = createWorld({
      channels: [{ name: 'broken', show: () => Promise.reject(new Error('no screen')) }],
      warn: (line) => lines.push(line),
    });
    approvals.on('channel-failed', () => {
      throw new Error('again');
    });
    const asked = approvals.ask(draft());
    await turns();
    expect(lines.length).toBe(2);
    await approvals.decide(draft().id, APPROVE);
    await asked;
  });

  it('are closed with the service, whatever one of them does', async () => {
    const closed: string[] = [];
    const channel = (name: string, close: () => void): Channel => ({ name, show: async () => undefined, close });
    const { approvals } = createWorld({
      channels: [
        channel('broken', () => {
          throw new Error('stuck');
        }),
        channel('fine', () => closed.push('fine')),
      ],
    });
    await approvals.close();
    await approvals.close();
    expect(closed).toEqual(['fine']);
  });

  it('are waited for 5 seconds and no longer when the service is closed', async () => {
    const closed: string[] = [];
    const { approvals, environment } = createWorld({
      channels: [
        { name: 'stuck', show: async () => undefined, close: () => new Promise(() => undefined) },
        { name: 'fine', show: async () => undefined, close: () => void closed.push('fine') },
      ],
    });
    let isOver = false;
    const over = approvals.close().then(() => {
      isOver = true;
    });
    await turns();
    expect([closed, isOver]).toEqual([['fine'], false]);
    environment.advance(4_999);
    await turns();
    expect(isOver).toBe(false);
    environment.advance(1);
    await over;
    expect(environment.pendingTimers()).toBe(0);
  });

  it('cannot change what others are shown, nor what the call is told', async () => {
    const frozen: boolean[] = [];
    const { approvals, draft } = createWorld();
    approvals.on('requested', (request) => {
      frozen.push(Object.isFrozen(request), Object.isFrozen(request.args), Object.isFrozen(request.requester));
    });
    approvals.on('decided', (decision) => frozen.push(Object.isFrozen(decision), Object.isFrozen(decision.approver)));
    const mine = draft();
    const asked = approvals.ask(mine);
    await turns();
    await approvals.decide(mine.id, APPROVE);
    expect(Object.isFrozen(await asked)).toBe(true);
    expect(frozen).toEqual([true, true, true, true, true]);
    expect([Object.isFrozen(mine), Object.isFrozen(mine.requester)]).toEqual([false, false]);
  });

  it('may decide from within the event that tells of the request', async () => {
    const { approvals, draft } = createWorld({ channels: [createScriptedChannel(() => REJECT, 'slower')] });
    const told = listen(approvals);
    const codes: unknown[] = [];
    approvals.on('requested', (request) => approvals.decide(request.id, APPROVE));
    approvals.on('decided', (_, request) =>
      approvals.decide(request.id, REJECT).catch((error: Error) => codes.push(Reflect.get(error, 'code'))),
    );
    expect((await approvals.ask(draft())).state).toBe('approved');
    await turns();
    expect(told).toEqual(['requested', 'decided approved']);
    expect(codes).toEqual(['ALREADY_DECIDED']);
  });

  it('can be removed', async () => {
    const { approvals, draft } = createWorld();
    const seen: string[] = [];
    const listener = () => seen.push('requested');
    approvals.on('requested', listener).off('requested', listener);
    const asked = approvals.ask(draft());
    await turns();
    await approvals.decide(draft().id, APPROVE);
    await asked;
    expect(seen).toEqual([]);
  });
});
