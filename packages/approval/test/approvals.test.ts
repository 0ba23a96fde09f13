import type { ApprovalEvent, Channel, DecisionJournal } from '@countersign/approval';
import { createScriptedChannel, transition } from '@countersign/approval';
import { describe, expect, it } from 'vitest';
import { ADA, APPROVE, createWorld, listen, REJECT, TIMEOUT_MS, turns } from './support.js';

describe('asking', () => {
  it('waits until somebody decides, and then leaves no timer behind', async () => {
    const { approvals, draft, environment } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    const [request] = await approvals.pending();
    expect(request).toMatchObject({ id: draft().id, log: 'example.test/log', requestedAtUs: environment.nowUs() });
    const decision = await approvals.decide(draft().id, REJECT);
    expect(decision).toEqual({
      requestId: draft().id,
      decision: 'rejected',
      approver: ADA,
      attestation: 'server',
      reason: 'Too broad.',
      decidedAtUs: environment.nowUs(),
    });
    expect(await asked).toMatchObject({ state: 'rejected', version: 2, decision });
    expect(await approvals.pending()).toEqual([]);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('gives several waiting calls each its own decision', async () => {
    const { approvals, draft } = createWorld();
    const first = approvals.ask(draft({ id: 'r-1' }));
    const second = approvals.ask(draft({ id: 'r-2' }));
    await turns();
    await approvals.decide('r-2', APPROVE);
    await approvals.decide('r-1', REJECT);
    expect((await first).state).toBe('rejected');
    expect((await second).state).toBe('approved');
  });

  it('ends in a rejection by time when nobody decides', async () => {
    const { approvals, draft, environment } = createWorld();
    const events = listen(approvals);
    const asked = approvals.ask(draft());
    await turns();
    environment.advance(TIMEOUT_MS - 1);
    await turns();
    expect(events).toEqual(['requested']);
    environment.advance(1);
    expect(await asked).toMatchObject({ state: 'expired', cause: 'timeout' });
    await turns();
    expect(events).toEqual(['requested', 'expired timeout']);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('goes on waiting when the wall clock was set back', async () => {
    const { approvals, draft, environment, store } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    environment.stepWallClock(-60_000);
    environment.advance(TIMEOUT_MS);
    await turns();
    expect((await store.request(draft().id))?.state).toBe('pending');
    environment.advance(60_000);
    expect((await asked).cause).toBe('timeout');
  });

  it('waits a little longer where the clock of the journal is behind', async () => {
    const { draft, environment, journal, process, store } = createWorld();
    let refusals = 0;
    const late: DecisionJournal = {
      record: (event) => {
        if (event.kind !== 'expired' || refusals === 2) return journal.record(event);
        refusals += 1;
        environment.stepWallClock(-1);
        return journal.record(event);
      },
    };
    const approvals = process({ journal: late });
    const asked = approvals.ask(draft());
    await turns();
    environment.advance(TIMEOUT_MS);
    await turns();
    expect((await store.request(draft().id))?.state).toBe('pending');
    for (let poll = 0; poll < 4; poll += 1) {
      environment.advance(250);
      await turns();
    }
    expect((await asked).cause).toBe('timeout');
    expect(refusals).toBe(2);
  });

  it('ends when the caller gives up, before or while it waits', async () => {
    const { approvals, draft } = createWorld();
    const controller = new AbortController();
    const asked = approvals.ask(draft({ id: 'r-1' }), { signal: controller.signal });
    await turns();
    controller.abort();
    expect(await asked).toMatchObject({ state: 'expired', cause: 'aborted' });
    const shown: string[] = [];
    const other = createWorld({ channels: [createScriptedChannel((request) => void shown.push(request.id))] });
    const late = other.approvals.ask(other.draft({ id: 'r-2' }), { signal: controller.signal });
    expect(await late).toMatchObject({ state: 'expired', cause: 'aborted' });
    expect(shown).toEqual([]);
  });

  it('fails, and does not settle, when the request or its end cannot be recorded', async () => {
    const { draft, environment, journal, process } = createWorld();
    const failing = (kind: ApprovalEvent['kind']): DecisionJournal => ({
      record: (event) => (event.kind === kind ? Promise.reject(new Error('disk full')) : journal.record(event)),
    });
    await expect(process({ journal: failing('requested') }).ask(draft())).rejects.toThrow('disk full');
    const asked = process({ journal: failing('expired') }).ask(draft());
    const failed = expect(asked).rejects.toThrow('disk full');
    await turns();
    environment.advance(TIMEOUT_MS);
    await failed;
    expect(environment.pendingTimers()).toBe(0);
  });

  it('fails with APPROVALS_CLOSED when the service is closed, and leaves the request to others', async () => {
    const { approvals, draft, environment, process } = createWorld();
    const asked = approvals.ask(draft());
    const failed = expect(asked).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    await turns();
    await approvals.close();
    await failed;
    expect(environment.pendingTimers()).toBe(0);
    await expect(approvals.ask(draft({ id: 'r-2' }))).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    await expect(approvals.decide(draft().id, APPROVE)).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    expect((await process().decide(draft().id, APPROVE)).decision).toBe('approved');
  });
});

describe('the end of a request', () => {
  it.each([
    ['the decision', true],
    ['the abort', false],
  ])(
    'is told once when a decision, the time limit, an abort and a reading fall together, %s first',
    async (_, first) => {
      const { approvals, draft, environment, process, store } = createWorld();
      const told = listen(approvals);
      const controller = new AbortController();
      const asked = approvals.ask(draft(), { signal: controller.signal });
      await turns();
      environment.advance(TIMEOUT_MS - 1);
      const decide = () => [approvals.decide(draft().id, APPROVE), process().decide(draft().id, REJECT)];
      const early = first ? decide() : [];
      controller.abort();
      const answers = Promise.allSettled([...early, ...(first ? [] : decide())]);
      environment.advance(1);
      await turns();
      environment.advance(250);
      await turns();
      const settled = await asked;
      const won = (await answers).filter((answer) => answer.status === 'fulfilled').length;
      expect(settled).toEqual(await store.request(draft().id));
      expect(won).toBe(settled.state === 'expired' ? 0 : 1);
      expect(told.length).toBe(2);
      expect(environment.pendingTimers()).toBe(0);
    },
  );
});

describe('several processes on one store', () => {
  it('reach a waiting call within one reading of the store, and tell its process once', async () => {
    const { approvals, draft, environment, process } = createWorld();
    const events = listen(approvals);
    const asked = approvals.ask(draft());
    await turns();
    await process().decide(draft().id, APPROVE);
    environment.advance(250);
    expect((await asked).state).toBe('approved');
    await turns();
    expect(events).toEqual(['requested', 'decided approved']);
    expect(environment.pendingTimers()).toBe(0);
  });

  it('tell of a decision once, though the store is read before the journal has answered', async () => {
    const { draft, environment, journal, process } = createWorld();
    let answer: () => void = () => undefined;
    const slow: DecisionJournal = {
      record: async (event) => {
        const result = await journal.record(event);
        if (event.kind === 'decided') {
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        }
        return result;
      },
    };
    const approvals = process({ journal: slow });
    const events = listen(approvals);
    const asked = approvals.ask(draft());
    await turns();
    const decided = approvals.decide(draft().id, APPROVE);
    await turns();
    environment.advance(250);
    await turns();
    expect(events).toEqual(['requested']);
    answer();
    await decided;
    expect((await asked).state).toBe('approved');
    expect(events).toEqual(['requested', 'decided approved']);
  });

  it('reach it when the row was changed in the store alone', async () => {
    const { approvals, draft, environment, store } = createWorld();
    const asked = approvals.ask(draft());
    await turns();
    const pending = await store.request(draft().id);
    const decision = {
      ...REJECT,
      requestId: draft().id,
      attestation: 'server',
      decidedAtUs: environment.nowUs(),
    } as const;
    const result = transition(pending, { kind: 'decided', decision }, environment.nowUs());
    if (!result.ok) throw new Error(result.code);
    await store.apply({ requests: [{ expectVersion: 1, record: result.record }] });
    environment.advance(250);
    expect(await asked).toEqual(result.record);
  });

  it('keep reading after a reading that failed, and report the failure once', async () => {
    const { draft, environment, process, store } = createWorld();
    let failures = 2;
    const approvals = process({
      store: { ...store, request: (id) => (failures-- > 0 ? Promise.reject(new Error('locked')) : store.request(id)) },
    });
    const sources: string[] = [];
    approvals.on('channel-failed', (failure) => sources.push(failure.source));
    const asked = approvals.ask(draft());
    await turns();
    await process().decide(draft().id, APPROVE);
    for (let poll = 0; poll < 3; poll += 1) {
      environment.advance(250);
      await turns();
    }
    expect((await asked).state).toBe('approved');
    expect(sources).toEqual(['store']);
  });

  it('read at most 64 rows at a time, by turns, however many calls wait', async () => {
    const { draft, environment, process, store } = createWorld();
    const read: string[] = [];
    const counting = (id: string) => {
      read.push(id);
      return store.request(id);
    };
    const approvals = process({ store: { ...store, request: counting } });
    const asked = Array.from({ length: 100 }, (_, at) => approvals.ask(draft({ id: `r-${at}` })));
    await turns();
    await process().decide('r-99', APPROVE);
    for (const expected of [64, 128]) {
      environment.advance(250);
      for (let turn = 0; turn < 20; turn += 1) await turns();
      expect(read.length).toBe(expected);
    }
    expect((await asked[99])?.state).toBe('approved');
    await Promise.all([approvals.close(), ...asked.slice(0, 99).map((one) => one.catch(() => undefined))]);
  });

  it('fail a call whose row has vanished', async () => {
    const { draft, environment, process, store } = createWorld();
    const approvals = process({ store: { ...store, request: async () => undefined } });
    const failed = expect(approvals.ask(draft())).rejects.toMatchObject({ code: 'REQUEST_NOT_FOUND' });
    await turns();
    environment.advance(250);
    await failed;
  });
});

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
    expect(lines).toEqual([expect.stringContaining(`countersign approve ${draft().id}`)]);
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
