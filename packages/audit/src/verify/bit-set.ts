/**
 * A growing set of small integers at one bit each: an eighth of a mebibyte for a million. Pure.
 */

/** Integers from 0 on. */
export class BitSet {
  #bytes = new Uint8Array(1024);

  add(index: number): void {
    const at = Math.floor(index / 8);
    if (at >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(at + 1, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[at] = (this.#bytes[at] ?? 0) | (1 << (index % 8));
  }

  has(index: number): boolean {
    return ((this.#bytes[Math.floor(index / 8)] ?? 0) & (1 << (index % 8))) !== 0;
  }
}
