import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createId, createSystemEnvironment, currentContext, resolveContext, runInSession } from '../src/index.js';
import { createTestEnvironment } from '../src/testing.js';
import { createWallClock } from '../src/wall-clock.js';

describe('the wall clock', () => {
  const sources = { wall: 1_000_000, monotonic: 50 };
  const clock = () => createWallClock({ wallMs: () => Math.floor(sources.wall), monotonicMs: () => sources.monotonic });
  const pass = (ms: number): void => {
    sources.wall += ms;
    sources.monotonic += ms;
  };

  it('has a finer grain than the clock that it follows', () => {
    const nowUs = clock();
    const start = nowUs();
    pass(0.25);
    expect(nowUs() - start).toBe(250);
  });

  it('follows a step of the system clock, forward and back', () => {
    const nowUs = clock();
    const start = nowUs();
    sources.wall += 3_600_000;
    expect(Math.abs(nowUs() - start - 3_600_000_000)).toBeLessThan(1000);
    sources.wall -= 3_600_000;
    expect(Math.abs(nowUs() - start)).toBeLessThan(1000);
  });

  it('stays within 5 ms of a system clock that drifts', () => {
    const nowUs = clock();
    for (let i = 0; i < 1000; i += 1) {
      sources.wall += 1.01;
      sources.monotonic += 1;
      expect(Math.abs(nowUs() / 1000 - Math.floor(sources.wall))).toBeLessThanOrEqual(5.001);
    }
  });
});

describe('the system environment', () => {
  it('answers integer microseconds, random bytes of the length asked for, and a clock that only goes forward', () => {
    const environment = createSystemEnvironment();
    expect(Number.isSafeInteger(environment.nowUs())).toBe(true);
    const first = environment.monotonicUs();
    expect(environment.monotonicUs()).toBeGreaterThanOrEqual(first);
    expect(environment.randomBytes(16)).toHaveLength(16);
    expect(environment.randomBytes(16)).not.toEqual(environment.randomBytes(16));
  });

  it('fires a timer once, and not after it was cancelled', async () => {
    const environment = createSystemEnvironment();
    const fired: string[] = [];
    const cancel = environment.setTimer(() => fired.push('cancelled'), 1);
    cancel();
    await new Promise<void>((resolve) =>
      environment.setTimer(
        () => {
          fired.push('kept');
          resolve();
        },
        1,
        { keepAlive: true },
      ),
    );
    cancel();
    expect(fired).toEqual(['kept']);
  });

  it('does not fire a timer of more than 2^31 ms at once', async () => {
    let fired = false;
    const cancel = createSystemEnvironment().setTimer(
      () => {
        fired = true;
      },
      2 ** 31 + 1000,
    );
    await wait(20);
    cancel();
    expect(fired).toBe(false);
  });
});

describe('createId', () => {
  it('makes a UUIDv7 of the time and the random bytes', () => {
    const environment = createTestEnvironment({ startUs: 0x0123456789ab * 1000 });
    expect(createId(environment)).toMatch(/^01234567-89ab-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(createId(environment)).not.toBe(createId(environment));
  });
});

describe('the test environment', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    const bytes = (seed: number | string): string =>
      Buffer.from(createTestEnvironment({ seed }).randomBytes(40)).toString('hex');
    expect(bytes(1)).toBe(bytes(1));
    expect(new Set([bytes(1), bytes(2), bytes('1')]).size).toBe(3);
  });

  it('gives other bytes each time', () => {
    const environment = createTestEnvironment();
    expect(environment.randomBytes(16)).not.toEqual(environment.randomBytes(16));
  });

  it('stands still until it is moved', () => {
    const environment = createTestEnvironment({ startUs: 1000 });
    expect([environment.nowUs(), environment.monotonicUs()]).toEqual([1000, 0]);
    environment.advance(1.5);
    expect([environment.nowUs(), environment.monotonicUs()]).toEqual([2500, 1500]);
  });

  it('fires timers in the order in which they fall due, each at its own time', () => {
    const environment = createTestEnvironment({ startUs: 0 });
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, environment.nowUs()]);
    environment.setTimer(note('late'), 20);
    environment.setTimer(note('early'), 10);
    environment.setTimer(note('early too'), 10);
    environment.setTimer(() => environment.setTimer(note('nested'), 5), 10);
    const cancel = environment.setTimer(note('cancelled'), 10);
    environment.setTimer(note('not yet'), 31);
    cancel();
    environment.advance(30);
    expect(fired).toEqual([
      ['early', 10_000],
      ['early too', 10_000],
      ['nested', 15_000],
      ['late', 20_000],
    ]);
    expect([environment.nowUs(), environment.pendingTimers()]).toEqual([30_000, 1]);
  });

  it('steps the wall clock without touching the timers', () => {
    const environment = createTestEnvironment({ startUs: 5_000_000 });
    environment.setTimer(() => expect.unreachable(), 10);
    environment.stepWallClock(-1000);
    expect([environment.nowUs(), environment.monotonicUs()]).toEqual([4_000_000, 0]);
    expect(() => environment.advance(-1)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('the context', () => {
  it('holds for everything inside a callback, however asynchronous, and for nothing outside', async () => {
    const inside = await runInSession('s1', async () => {
      await wait(1);
      return runInSession({ step: '2' }, () => currentContext());
    });
    expect(inside).toEqual({ session: 's1', step: '2' });
    expect(currentContext()).toEqual({});
  });

  it('is the ground to which others are added, later ones winning', () => {
    const resolved = runInSession({ session: 'outer', run: 'r1' }, () =>
      resolveContext({ session: 'a', step: '1' }, undefined, { step: '2' }),
    );
    expect(resolved).toEqual({ session: 'a', run: 'r1', step: '2' });
  });

  it('keeps what an undefined member would override', () => {
    const careless = Object.assign({}, { session: undefined });
    expect(runInSession('outer', () => Reflect.apply(resolveContext, undefined, [careless]))).toEqual({
      session: 'outer',
    });
  });
});
