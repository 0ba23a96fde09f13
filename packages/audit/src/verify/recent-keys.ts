/**
 * The newest of many keys, so that a repetition is seen in constant memory. One that is further back is for the store's
 * unique indexes, which its own check compares with the table. Pure.
 */

/** How many keys are remembered at least; at most twice as many. */
export const RECENT_KEYS = 65_536;

/** A set that forgets its oldest members. */
export class RecentKeys {
  /** Two generations: a single set would be searched from its beginning for the oldest member, past all that were deleted. */
  #young = new Set<string>();
  #old = new Set<string>();

  /** False when the key is there already. */
  add(key: string): boolean {
    if (this.#young.has(key) || this.#old.has(key)) return false;
    this.#young.add(key);
    if (this.#young.size >= RECENT_KEYS) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}
