/**
 * How long an epoch lasts. Pure.
 */

import { ConfigError } from '@countersign/core';

/** When an epoch ends: whichever comes first. */
export interface EpochLimits {
  /** Milliseconds, from 1,000 to a year; a day when not given. */
  readonly maxAgeMs?: number;
  /** Entries, from 2 to 1,000,000,000; 100,000 when not given. The commit that reaches it is the epoch's last. */
  readonly maxEntries?: number;
}

/** An epoch lasts a day. */
export const DEFAULT_EPOCH_AGE_MS = 24 * 60 * 60 * 1000;

/** An epoch has 100,000 entries. */
export const DEFAULT_EPOCH_ENTRIES = 100_000;

/** The limits, every member given. @throws ConfigError OPTION_INVALID for one that is out of its bounds. */
export function checkEpochLimits(limits: EpochLimits = {}): Required<EpochLimits> {
  const { maxAgeMs = DEFAULT_EPOCH_AGE_MS, maxEntries = DEFAULT_EPOCH_ENTRIES } = limits;
  if (!Number.isFinite(maxAgeMs) || maxAgeMs < 1000 || maxAgeMs > 366 * DEFAULT_EPOCH_AGE_MS) {
    throw new ConfigError('OPTION_INVALID', 'epochs.maxAgeMs: expected milliseconds from 1,000 to 366 days');
  }
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 2 || maxEntries > 1_000_000_000) {
    throw new ConfigError('OPTION_INVALID', 'epochs.maxEntries: expected an integer from 2 to 1,000,000,000');
  }
  return { maxAgeMs, maxEntries };
}
