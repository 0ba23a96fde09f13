/**
 * How often somebody may ask: a bucket of tokens for each address, of which a bounded number is remembered.
 */

import type { Environment } from '@countersign/core';

/** What a limit is made of. */
export interface RateLimitOptions {
  readonly ratePerSecond: number;
  /** How many may come at once. */
  readonly burst: number;
  readonly environment: Pick<Environment, 'monotonicUs'>;
}

/** The most addresses that are remembered; those that came longest ago are forgotten first. */
export const MAX_ADDRESSES = 10_000;

/** Counts requests by address. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, { readonly tokens: number; readonly atUs: number }>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Whether this address may ask now; it is counted then. */
  take(address: string): boolean {
    const { ratePerSecond, burst, environment } = this.#options;
    const nowUs = environment.monotonicUs();
    const before = this.#buckets.get(address) ?? { tokens: burst, atUs: nowUs };
    const tokens = Math.min(burst, before.tokens + ((nowUs - before.atUs) / 1_000_000) * ratePerSecond);
    const isAllowed = tokens >= 1;
    // Put anew at the end: the first ones are those that came longest ago.
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: isAllowed ? tokens - 1 : tokens, atUs: nowUs });
    const [oldest] = this.#buckets.size > MAX_ADDRESSES ? this.#buckets.keys() : [];
    if (oldest !== undefined) this.#buckets.delete(oldest);
    return isAllowed;
  }
}
