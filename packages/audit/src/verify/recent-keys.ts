/**
 * The newest of many keys, so that a repetition is seen in constant memory. One that is further back is for the store's
 * unique indexes, which its own check compares with the table. Keys are words in tables of numbers: strings in sets take several
 * times their space, and most of the time goes into clearing them away.
 */

import { randomBytes } from 'node:crypto';

/** How many keys are remembered at least; at most twice as many. */
export const RECENT_KEYS = 65_536;

/** A set that forgets its oldest members. */
export class RecentKeys {
  readonly #width: number;
  readonly #capacity: number;
  /** Whoever writes a log chooses its ids, and must not know which of them fall together here. */
  readonly #seed = randomBytes(4).readInt32LE() | 1;
  /** Two generations: a single set would be searched from its beginning for the oldest member, past all that were deleted. */
  #young: Generation;
  #old: Generation;

  /**
   * @param width Words of a key.
   * @param capacity Keys that are remembered at least, a power of two.
   */
  constructor(width: number, capacity = RECENT_KEYS) {
    this.#width = width;
    this.#capacity = capacity;
    this.#young = new Generation(width, capacity);
    this.#old = new Generation(width, capacity);
  }

  /** Adds the key that begins at a word; false when it is there already. */
  add(words: Uint32Array, at: number): boolean {
    const code = this.#hash(words, at);
    if (this.#old.has(words, at, code) || !this.#young.add(words, at, code)) return false;
    if (this.#young.size >= this.#capacity) {
      [this.#old, this.#young] = [this.#young, this.#old];
      this.#young.clear();
    }
    return true;
  }

  #hash(words: Uint32Array, at: number): number {
    let code = this.#seed;
    for (let i = at; i < at + this.#width; i += 1) {
      code = Math.imul(code ^ (words[i] ?? 0), this.#seed);
      code ^= code >>> 15;
    }
    code = Math.imul(code, 0x2c1b3c6d);
    return code ^ (code >>> 13);
  }
}

/** Keys one behind the other, and a table of places that is searched from where the code of a key points to. */
class Generation {
  readonly #width: number;
  readonly #keys: Uint32Array;
  /** One more than the number of the key; 0 where there is none. Twice as many as keys, so that searches are short. */
  readonly #places: Int32Array;
  #size = 0;

  constructor(width: number, capacity: number) {
    this.#width = width;
    this.#keys = new Uint32Array(width * capacity);
    this.#places = new Int32Array(2 * capacity);
  }

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#places.fill(0);
    this.#size = 0;
  }

  has(words: Uint32Array, at: number, code: number): boolean {
    return this.#size > 0 && this.#places[this.#find(words, at, code)] !== 0;
  }

  /** False when the key is there already. */
  add(words: Uint32Array, at: number, code: number): boolean {
    const place = this.#find(words, at, code);
    if (this.#places[place] !== 0) return false;
    for (let i = 0; i < this.#width; i += 1) this.#keys[this.#size * this.#width + i] = words[at + i] ?? 0;
    this.#size += 1;
    this.#places[place] = this.#size;
    return true;
  }

  /** The place of the key, or the free one where it belongs. */
  #find(words: Uint32Array, at: number, code: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = code & mask;
    for (let number = places[place] ?? 0; number !== 0; number = places[place] ?? 0) {
      if (this.#isKey(number - 1, words, at)) return place;
      place = (place + 1) & mask;
    }
    return place;
  }

  #isKey(number: number, words: Uint32Array, at: number): boolean {
    const start = number * this.#width;
    for (let i = 0; i < this.#width; i += 1) {
      if (this.#keys[start + i] !== words[at + i]) return false;
    }
    return true;
  }
}
