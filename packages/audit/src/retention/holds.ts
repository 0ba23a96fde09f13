/**
 * Holds: what must not be purged while somebody says so (log format, section 7). Pure.
 */

/** The members of a `hold-placed` entry that say what is held; one that says nothing holds everything. */
export interface HoldScope {
  readonly session?: string | undefined;
  /** First index held. */
  readonly from?: number | undefined;
  /** The index behind the last one held. */
  readonly to?: number | undefined;
}

/** The holds of a log, as its entries place and release them. */
export class Holds {
  readonly #scopes = new Map<string, HoldScope>();

  place(id: string, scope: HoldScope): void {
    this.#scopes.set(id, scope);
  }

  release(id: string): void {
    this.#scopes.delete(id);
  }

  /** Whether a hold that was not released covers an entry. */
  covers(entry: { readonly index: number; readonly session?: string | undefined }): boolean {
    for (const { session, from = 0, to = Number.POSITIVE_INFINITY } of this.#scopes.values()) {
      const isInRange = entry.index >= from && entry.index < to;
      if (isInRange && (session === undefined || session === entry.session)) return true;
    }
    return false;
  }
}
