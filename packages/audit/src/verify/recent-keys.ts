/**
 * The newest of many keys, so that a repetition is seen in constant memory. One that is further back is for the store's
 * unique indexes, which its own check compares with the table. Pure.
 */

/** How many keys are remembered. */
export const RECENT_KEYS = 65_536;

/** A set that forgets its oldest members. */
export class RecentKeys {
  readonly #keys = new Set<string>();

  /** False when the key is there already. */
  add(key: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    if (this.#keys.size > RECENT_KEYS) {
      // A set keeps the order of insertion, so its first member is the oldest.
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    return true;
  }
}
