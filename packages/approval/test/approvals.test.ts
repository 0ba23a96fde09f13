import type { ApprovalEvent, DecisionJournal } from '@countersign/approval';
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

  it('read only the rows of those that ended, however many calls wait', async () => {
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
    environment.advance(250);
    await turns();
    expect(read).toEqual(['r-99']);
    expect((await asked[99])?.state).toBe('approved');
    await Promise.all([approvals.close(), ...asked.slice(0, 99).map((one) => one.catch(() => undefined))]);
  });

  it('fail a call whose row has vanished', async () => {
    const { draft, environment, process, store } = createWorld();
    const approvals = process({
      store: { ...store, request: async () => undefined, settled: async (ids) => ids },
    });
    const failed = expect(approvals.ask(draft())).rejects.toMatchObject({ code: 'REQUEST_NOT_FOUND' });
    await turns();
    environment.advance(250);
    await failed;
  });
});
