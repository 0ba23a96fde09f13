/** Turns at a lock: who usually waits leaves it to others for a while, who does not goes at once. */

import { describe, expect, it } from 'vitest';
import { MAX_LEAVE_US, TurnTaking } from '../src/turn-taking.js';

/** Turns that are had one after the other, after these waits in milliseconds. */
function afterWaits(...waitsMs: readonly number[]): TurnTaking {
  const turns = new TurnTaking();
  for (const waitMs of waitsMs) turns.note({ waitedUs: waitMs * 1000, nowUs: 0 });
  return turns;
}

describe('Taking turns', () => {
  it('leaves the lock to nobody while nobody is in the way', () => {
    expect(afterWaits().leaveMs(0)).toBe(0);
    expect(afterWaits(0, 0, 0).leaveMs(0)).toBe(0);
  });

  it('leaves it to others for twice the usual wait, counted from the end of the turn', () => {
    const turns = afterWaits(...Array.from({ length: 100 }, () => 10));
    expect([turns.leaveMs(0), turns.leaveMs(15_000), turns.leaveMs(20_000), turns.leaveMs(60_000)]).toEqual([
      20, 5, 0, 0,
    ]);
  });

  it('follows a single long wait by an eighth, and forgets it', () => {
    expect(afterWaits(40).leaveMs(0)).toBe(10);
    expect(afterWaits(40, ...Array.from({ length: 40 }, () => 0)).leaveMs(0)).toBe(0);
  });

  it('never leaves it for longer than the limit', () => {
    expect(afterWaits(100_000).leaveMs(0)).toBe(MAX_LEAVE_US / 1000);
  });

  it('lets eight that always want it have it in turn: the longest wait is a few rounds', () => {
    const waits = simulate({ count: 8, holdUs: 3000, rounds: 4000 });
    const sorted = waits.toSorted((a, b) => a - b);
    expect(sorted.at(Math.floor(sorted.length * 0.99))).toBeLessThan(4 * 8 * 3000);
    expect(sorted.at(-1)).toBeLessThan(8 * 8 * 3000);
  });
});

/** From wish to end of turn, in microseconds, of processes that look each millisecond or two whether the lock is free. */
function simulate({ count, holdUs, rounds }: { count: number; holdUs: number; rounds: number }): number[] {
  const waits: number[] = [];
  let freeUs = 0;
  // Random, and the same each time.
  let state = 20_261_204;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const all = Array.from({ length: count }, (_, i) => ({
    turns: new TurnTaking(),
    looksUs: i * 131,
    wishedUs: 0,
    triedUs: -1,
  }));
  while (waits.length < rounds) {
    const next = all.reduce((first, one) => (one.looksUs < first.looksUs ? one : first));
    const nowUs = next.looksUs;
    if (next.triedUs < 0) next.triedUs = nowUs;
    if (nowUs < freeUs) {
      next.looksUs = nowUs + 1000 + Math.floor(1000 * random());
      continue;
    }
    freeUs = nowUs + holdUs;
    waits.push(freeUs - next.wishedUs);
    next.turns.note({ waitedUs: nowUs - next.triedUs, nowUs: freeUs });
    next.wishedUs = freeUs;
    next.triedUs = -1;
    next.looksUs = freeUs + next.turns.leaveMs(freeUs) * 1000 + 1;
  }
  return waits;
}
