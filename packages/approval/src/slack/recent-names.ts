/**
 * What came not long ago: Slack sends an envelope again whose acknowledgement it did not get, and people click twice.
 */

/** The most names that are kept. */
export const MAX_RECENT_NAMES = 10_000;

/** Owns the names of one channel. */
export class RecentNames {
  readonly #names = new Set<string>();

  /** True for a name that is new; the oldest one is forgotten where there are too many. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    const [oldest] = this.#names;
    if (this.#names.size > MAX_RECENT_NAMES && oldest !== undefined) this.#names.delete(oldest);
    return true;
  }
}
