/**
 * A growing set of small integers at one bit each: an eighth of a mebibyte for a million. Pure.
 */

/** Integers from 0 on. */
export class BitSet {
  #bytes = new Uint8Array(1024);

  /** The set that `toBase64` wrote. */
  static fromBase64(text: string): BitSet {
    const set = new BitSet();
    const bytes = Buffer.from(text, 'base64');
    set.#bytes = new Uint8Array(Math.max(1024, bytes.length));
    set.#bytes.set(bytes);
    return set;
  }

  /** The bits as bytes in base64, without the empty end. */
  toBase64(): string {
    const end = this.#bytes.findLastIndex((byte) => byte !== 0) + 1;
    return Buffer.from(this.#bytes.subarray(0, end)).toString('base64');
  }

  /** The runs of members below `size`, ascending, none longer than `longest`. */
  *runs(size: number, longest: number): Generator<{ readonly from: number; readonly to: number }, void, undefined> {
    for (let from = 0; from < size; from += 1) {
      if (!this.has(from)) continue;
      let to = from + 1;
      while (to < size && to - from < longest && this.has(to)) to += 1;
      yield { from, to };
      from = to - 1;
    }
  }

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
