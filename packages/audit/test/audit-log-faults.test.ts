import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTime } from '@countersign/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { MarkError, type MarkFile, openMark } from '../src/mark.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { openAuditLog } from '../src/open-audit-log.js';
import type { LogStore } from '../src/store.js';
import { createFaultyStore, type Fault } from '../src/testing/faulty-store.js';
import { sampleCall } from '../src/testing/sample-call.js';
import { createTestLog } from '../src/testing/test-log.js';
import { expectSound, kindsOf, readAll } from './support.js';

const event = (name: string) => ({ kind: 'system-event', name }) as const;
const allowed = { decision: 'not_required', decisionBy: 'default:safe' } as const;

const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function markPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-mark-'));
  folders.push(folder);
  return join(folder, 'mark');
}

/** A store whose contents can be swapped for another's, as a file can be. */
function swappable(first: LogStore): { readonly store: LogStore; swap(next: LogStore): void } {
  let current = first;
  const store = new Proxy(first, {
    get: (_target, name) => {
      const value = Reflect.get(current, name);
      return typeof value === 'function' ? value.bind(current) : value;
    },
  });
  return {
    store,
    swap: (next) => {
      current = next;
    },
  };
}

describe('a store that fails', () => {
  it('rejects what it failed to store, and the log goes on without a gap', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, signer } = await createTestLog({ store });
    store.fail('before-commit');
    const failed = await Promise.allSettled([log.append(event('a')), log.append(event('b'))]);
    expect(failed).toMatchObject([{ reason: { code: 'STORE_IO' } }, { reason: { code: 'STORE_IO' } }]);
    await log.append(event('c'));
    expect((await readAll(inner)).map(({ kind, writerSeq }) => [kind, writerSeq])).toEqual([
      ['log-opened', 0],
      ['system-event', 1],
    ]);
    await expectSound(inner, signer);
  });

  it('goes on from what it stored although it said that it failed', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, signer } = await createTestLog({ store });
    store.fail('after-commit');
    await expect(log.append(event('a'))).rejects.toMatchObject({ code: 'STORE_IO' });
    const { index } = await log.append(event('b'));
    expect(index).toBe(2);
    expect((await readAll(inner)).map(({ writerSeq }) => writerSeq)).toEqual([0, 1, 2]);
    await expectSound(inner, signer);
  });

  it('settles what is uncertain only when it can look again', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, signer } = await createTestLog({ store });
    store.fail('after-commit', 'before-commit', 'before-commit');
    for (const name of ['a', 'b', 'c']) {
      await expect(log.append(event(name))).rejects.toMatchObject({ code: 'STORE_IO' });
    }
    await log.append(event('d'));
    expect(await kindsOf(inner)).toEqual(['log-opened', 'system-event', 'system-event']);
    await expectSound(inner, signer);
  });

  it('goes on rightly when another writer came between an uncertain commit and the next', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, signer, reopen } = await createTestLog({ store });
    const other = await reopen({ store: inner });
    for (const fault of ['before-commit', 'after-commit'] as const) {
      store.fail(fault);
      await expect(log.append(event('mine'))).rejects.toMatchObject({ code: 'STORE_IO' });
      await other.append(event('theirs'));
      await log.append(event('mine again'));
    }
    await expectSound(inner, signer);
  });

  it('does not let a call begin twice after an uncertain begin', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log } = await createTestLog({ store });
    store.fail('after-commit');
    const input = { ...sampleCall(log.origin), ...allowed };
    await expect(log.begin(input)).rejects.toMatchObject({ code: 'STORE_IO' });
    await expect(log.begin(input)).rejects.toMatchObject({ code: 'CALL_ALREADY_BEGUN' });
  });

  it('refuses to build on a head that it did not write', async () => {
    const inner = createMemoryLogStore();
    const { log, signer } = await createTestLog({ store: inner });
    await log.append(event('a'));
    const forged = async (change: (head: Awaited<ReturnType<LogStore['head']>>) => object) => {
      const store: LogStore = createFaultyStore(inner);
      const exclusive: LogStore['exclusive'] = (request, build) =>
        inner.exclusive(request, (state) => build({ ...state, head: { ...state.head, ...change(state.head) } }));
      const { environment } = await createTestLog({ seed: 2 });
      const opened = await openAuditLog({ store: { ...store, exclusive }, signer, environment, create: false });
      return opened.append(event('b'));
    };
    const text = (leaf = '') => leaf.replace('system-event', 'model-call');
    await expect(forged(({ last }) => ({ last: { ...last, leaf: text(last?.leaf) } }))).rejects.toMatchObject({
      code: 'ENTRY_CORRUPT',
    });
    await expect(
      forged(({ checkpoint }) => ({ checkpoint: checkpoint.replace('\n2\n', '\n3\n') })),
    ).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(
      forged(({ edge }) => ({ edge: edge.map((byte, i) => (i === 12 ? byte ^ 1 : byte)) })),
    ).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(forged(({ size }) => ({ size: size + 1 }))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect((await inner.head()).size).toBe(2);
  });
});

describe('a log that is cut back or replaced', () => {
  it('is noticed by a process that has it open, which then refuses every append', async () => {
    const first = createMemoryLogStore();
    const { store, swap } = swappable(first);
    const { log, signer, environment } = await createTestLog({ store });
    const older = createMemoryLogStore();
    const copy = await openAuditLog({ store: older, signer, environment, create: true });
    await log.append(event('a'));
    await log.append(event('b'));
    swap(older);
    await expect(log.append(event('c'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK', found: 1, known: 3 });
    for (const name of ['a', 'b', 'c', 'd']) await copy.append(event(name));
    await expect(log.append(event('d'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK' });
    swap(first);
    await expect(log.append(event('e'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK' });
    expect((await older.head()).size).toBe(5);
    expect((await first.head()).size).toBe(3);
  });

  it('is noticed when it was replaced between opening and the first append', async () => {
    const { store: first, signer, environment } = await createTestLog();
    const { store, swap } = swappable(first);
    const log = await openAuditLog({ store, signer, environment, create: false });
    const other = createMemoryLogStore();
    await openAuditLog({ store: other, signer, environment, create: true });
    swap(other);
    await expect(log.append(event('a'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK', found: 1, known: 1 });
  });

  it('is noticed by its leaf hash when the replacement is longer', async () => {
    const first = createMemoryLogStore();
    const { store, swap } = swappable(first);
    const { log, signer, environment } = await createTestLog({ store });
    await log.append(event('a'));
    const longer = createMemoryLogStore();
    const copy = await openAuditLog({ store: longer, signer, environment, create: true });
    for (const name of ['a', 'b', 'c']) await copy.append(event(name));
    swap(longer);
    await expect(log.append(event('d'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK', found: 4, known: 2 });
  });

  it('is refused on opening when it is behind its mark, or empty', async () => {
    const mark = openMark({ path: await markPath() });
    const { log, signer, environment, reopen } = await createTestLog({ mark });
    await log.append(event('a'));
    await log.append(event('b'));
    await log.close();
    const older = createMemoryLogStore();
    await expect(reopen({ store: older, create: true })).rejects.toMatchObject({
      code: 'LOG_ROLLED_BACK',
      found: 0,
      known: 3,
    });
    await openAuditLog({ store: older, signer, environment, create: true });
    const opening = reopen({ store: older });
    await expect(opening).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK', found: 1, known: 3 });
    await expect(opening).rejects.toThrow(/1 entries.*seen 3/);
    await expect(opening).rejects.toHaveProperty('hint', expect.stringMatching(/Restore|new incarnation/));
    const again = await reopen();
    expect((await again.append(event('c'))).index).toBe(3);
  });

  it('is refused on opening when it has another tree at the size of its mark', async () => {
    for (const extra of [0, 1, 2]) {
      const mark = openMark({ path: await markPath() });
      const { log, signer, environment, reopen } = await createTestLog({ mark });
      await log.append(event('a'));
      const fork = createMemoryLogStore();
      const forked = await openAuditLog({ store: fork, signer, environment, create: true });
      for (let i = 0; i <= extra; i += 1) await forked.append(event('b'));
      await expect(reopen({ store: fork })).rejects.toMatchObject({
        code: 'LOG_ROLLED_BACK',
        found: 2 + extra,
        known: 2,
      });
    }
  });

  it('is noticed when the mark knows another log of the same size', async () => {
    const mark = openMark({ path: await markPath() });
    const { log, signer, environment } = await createTestLog({ mark });
    const fork = createMemoryLogStore();
    const forked = await openAuditLog({ store: fork, signer, environment, create: true });
    await forked.append(event('b'));
    await mark.advance(await forked.checkpoint(), 2, { flush: false });
    await expect(log.append(event('a'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK' });
    await expect(log.append(event('c'))).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK' });
  });
});

describe('the mark', () => {
  /** A mark in memory that notes what it was told, and can be told to fail. */
  function noteMark() {
    const advances: { readonly size: number; readonly flush: boolean }[] = [];
    let failure: MarkError | undefined;
    const mark: MarkFile = {
      path: 'memory',
      read: async () => undefined,
      advance: async (_note, size, { flush }) => {
        if (failure !== undefined) throw failure;
        advances.push({ size, flush });
      },
    };
    return {
      mark,
      advances,
      fail: (next: MarkError | undefined) => {
        failure = next;
      },
    };
  }

  it('is advanced before the acknowledgement, and flushed for critical calls', async () => {
    const { mark, advances } = noteMark();
    const { log } = await createTestLog({ mark });
    await log.append(event('a'));
    expect(advances).toEqual([
      { size: 1, flush: true },
      { size: 2, flush: false },
    ]);
    const { classification } = sampleCall(log.origin);
    const critical = { ...sampleCall(log.origin), classification: { ...classification, level: 'critical' as const } };
    const { index: begun } = await log.begin({ ...critical, ...allowed });
    await log.finish({
      callId: 'call-1',
      run: 'run-1',
      tool: 'read_file',
      begun,
      outcome: 'ok',
      durationUs: 1,
      flush: true,
    });
    expect(advances.slice(2)).toEqual([
      { size: 3, flush: true },
      { size: 4, flush: true },
    ]);
  });

  it('acknowledges nothing that it could not mark, and goes on when it can', async () => {
    const { mark, fail } = noteMark();
    const { log, store, signer } = await createTestLog({ mark });
    fail(new MarkError('MARK_IO', 'no disk'));
    await expect(log.append(event('a'))).rejects.toMatchObject({ code: 'MARK_IO' });
    fail(undefined);
    expect((await log.append(event('b'))).index).toBe(2);
    await expectSound(store, signer);
  });
});

/** The last microsecond that is a safe integer: in the year 2255. */
const LATEST_US = Number.MAX_SAFE_INTEGER;

describe('the clock of the log', () => {
  it('stands still while the wall clock lies behind by little', async () => {
    const { log, store, environment } = await createTestLog();
    const { timeUs } = await log.append(event('a'));
    environment.stepWallClock(-1500);
    expect((await log.append(event('b'))).timeUs).toBe(timeUs);
    environment.advance(1600);
    expect((await log.append(event('c'))).timeUs).toBe(timeUs + 100_000);
    expect(await kindsOf(store)).toEqual(['log-opened', 'system-event', 'system-event', 'system-event']);
  });

  it('puts a step back on record, and goes on from the new time', async () => {
    const { log, store, environment, signer } = await createTestLog();
    const { timeUs } = await log.append(event('a'));
    environment.stepWallClock(-10_000);
    const both = await Promise.all([log.append(event('b')), log.append(event('c'))]);
    expect(both.map((receipt) => receipt.timeUs)).toEqual([timeUs - 10_000_000, timeUs - 10_000_000]);
    const entries = await readAll(store);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'log-opened',
      'system-event',
      'clock-stepped',
      'system-event',
      'system-event',
    ]);
    expect(entries[2]).toMatchObject({ stepUs: -10_000_000 });
    expect(parseTime(entries[2]?.time ?? '')).toBe(timeUs - 10_000_000);
    await expectSound(store, signer);
  });

  it('puts a step forward on record once, and not the passing of time', async () => {
    const { log, store, environment } = await createTestLog();
    environment.advance(3_600_000);
    await log.append(event('a'));
    environment.stepWallClock(60_000);
    await log.append(event('b'));
    await log.append(event('c'));
    const entries = await readAll(store);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'log-opened',
      'system-event',
      'clock-stepped',
      'system-event',
      'system-event',
    ]);
    expect(entries[2]).toMatchObject({ stepUs: 60_000_000 });
  });

  it('goes on from wherever the wall clock is set to, and back again', async () => {
    const { log, store, environment, signer, reopen } = await createTestLog();
    const start = environment.nowUs();
    const goTo = (us: number) => environment.stepWallClock((us - environment.nowUs()) / 1000);
    let made = 0;
    const stops = [0, start, 1, LATEST_US, start + 3_600_000_000, LATEST_US - 5_000_000, start];
    for (const us of stops) {
      goTo(us);
      expect((await log.append(event('there'))).timeUs).toBe(us);
      // Another process finds the clock there as it opens the log, and a call of both entries works.
      const other = await reopen();
      const call = sampleCall(log.origin, { callId: `call-${made}` });
      made += 1;
      const { index: begun } = await other.begin({ ...call, ...allowed });
      const { callId, run, tool } = call;
      const outcome = { outcome: 'ok', durationUs: 1, session: 'session-1' } as const;
      await other.finish({ callId, run, tool: tool.name, begun, ...outcome });
    }
    const steps = (await readAll(store)).flatMap((entry) => (entry.kind === 'clock-stepped' ? [entry.stepUs] : []));
    expect(steps).toEqual([...stops].map((us, i) => us - (stops[i - 1] ?? start)).filter((us) => us !== 0));
    await expectSound(store, signer);
    const { findings } = await log.verify();
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('refuses alone what bears a time that cannot be written, and goes on when the clock is set right', async () => {
    const { log, store, environment, signer } = await createTestLog();
    const start = environment.nowUs();
    const goTo = (us: number) => environment.stepWallClock((us - environment.nowUs()) / 1000);
    for (const us of [-1, -62_135_596_800_000_000]) {
      goTo(us);
      await expect(log.append(event('nowhere'))).rejects.toThrow();
    }
    goTo(start);
    expect((await log.append(event('back'))).index).toBe(1);
    await expectSound(store, signer);
  });

  it('puts a step on record again when the commit that said so failed', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, environment, signer } = await createTestLog({ store });
    environment.stepWallClock(60_000);
    store.fail('before-commit');
    await expect(log.append(event('a'))).rejects.toMatchObject({ code: 'STORE_IO' });
    await log.append(event('b'));
    expect(await kindsOf(inner)).toEqual(['log-opened', 'clock-stepped', 'system-event']);
    await expectSound(inner, signer);
  });

  it('writes no step for an operation that is refused', async () => {
    const { log, store, environment } = await createTestLog();
    const input = { ...sampleCall(log.origin), ...allowed };
    await log.begin(input);
    environment.stepWallClock(60_000);
    await expect(log.begin(input)).rejects.toMatchObject({ code: 'CALL_ALREADY_BEGUN' });
    expect((await store.head()).size).toBe(2);
  });
});

describe('any history', () => {
  const seed = 20_261_121;
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        writer: fc.nat(1),
        count: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('call' as const), writer: fc.nat(1), id: fc.nat(3) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fail' as const),
        writer: fc.nat(1),
        fault: fc.constantFrom<Fault>('before-commit', 'after-commit'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('clock' as const), ms: fc.integer({ min: -8000, max: 8000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  );

  it(`leaves a sound log that holds all that was acknowledged (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const inner = createMemoryLogStore();
        const stores = [createFaultyStore(inner), createFaultyStore(inner)] as const;
        const { log, signer, environment, reopen } = await createTestLog({ store: stores[0] });
        const logs = [log, await reopen({ store: stores[1] })] as const;
        const writerOf = (i: number) => (i === 0 ? logs[0] : logs[1]);
        const acknowledged = new Set<string>();
        let running: Promise<unknown>[] = [];
        const expectAcknowledged = (work: Promise<{ readonly id: string }>) => {
          running.push(work.then(({ id }) => acknowledged.add(id)).catch(() => undefined));
        };
        for (const one of steps) {
          if (one.do === 'append') {
            for (let i = 0; i < one.count; i += 1) expectAcknowledged(writerOf(one.writer).append(event(`e${i}`)));
          } else if (one.do === 'call') {
            const call = sampleCall(log.origin, { callId: `call-${one.id}` });
            expectAcknowledged(writerOf(one.writer).begin({ ...call, ...allowed }));
          } else if (one.do === 'fail') stores[one.writer === 0 ? 0 : 1].fail(one.fault);
          else if (one.do === 'clock') environment.stepWallClock(one.ms);
          else {
            await Promise.all(running);
            running = [];
          }
        }
        await Promise.all(running);
        await expectSound(inner, signer);
        const ids = new Set((await readAll(inner)).map(({ id }) => id));
        expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
      }),
      { seed, numRuns: 60 },
    );
  });
});
