/** The table of recent keys against two sets of strings. */

import { describe, expect, it } from 'vitest';
import { createSeeded } from '../../../test/tamper/seeded.js';
import { RECENT_KEYS, RecentKeys } from '../src/verify/recent-keys.js';

const SEED = 20_261_130;

/** The definition. */
class PlainKeys {
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(private readonly capacity: number) {}

  add(key: string): boolean {
    if (this.#young.has(key) || this.#old.has(key)) return false;
    this.#young.add(key);
    if (this.#young.size >= this.capacity) [this.#old, this.#young] = [this.#young, new Set()];
    return true;
  }
}

describe('Recent keys', () => {
  it.each([
    { width: 4, capacity: 16, distinct: 100 },
    { width: 8, capacity: 64, distinct: 90 },
    { width: 4, capacity: 1, distinct: 4 },
    { width: 8, capacity: 1024, distinct: 3000 },
  ])('answer as two sets do: $width words, $capacity keys', ({ width, capacity, distinct }) => {
    const pick = createSeeded(SEED);
    const keys = new RecentKeys(width, capacity);
    const plain = new PlainKeys(capacity);
    // Keys that share all words but one, wherever that is; the last words of the table are short of a key.
    const words = Uint32Array.from({ length: distinct * width + 3 }, (_, i) =>
      i % width === Math.floor(i / width) % width ? Math.floor(i / width) : 7,
    );
    for (let i = 0; i < 20_000; i += 1) {
      const at = pick(distinct) * width;
      expect(keys.add(words, at)).toBe(plain.add(words.subarray(at, at + width).join()));
    }
  });

  it('remember as many as they promise, and forget in the end', () => {
    const keys = new RecentKeys(4);
    const key = new Uint32Array(4);
    const add = (number: number): boolean => {
      key[3] = number;
      return keys.add(key, 0);
    };
    for (let number = 0; number <= RECENT_KEYS; number += 1) add(number);
    expect([add(1), add(RECENT_KEYS)]).toEqual([false, false]);
    for (let number = 0; number < 2 * RECENT_KEYS; number += 1) add(number + 1_000_000);
    expect(add(1)).toBe(true);
  });
});
