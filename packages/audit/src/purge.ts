/**
 * Retention: removes what is older than its age, after saying so in the log (log format, section 7).
 */

import type { Actor } from '@countersign/core';

/** What to purge. */
export interface PurgeOptions {
  /** Whole or fractional days, 0 or more: entries that are older lose their text and their payloads. */
  readonly olderThanDays: number;
  /** Who asks; the system when not given. */
  readonly by?: Actor;
  /** For the record. */
  readonly reason?: string;
}

/** What a purge removed. */
export interface PurgeResult {
  readonly entries: number;
  readonly payloads: number;
  /** How many `entries-purged` entries say so. */
  readonly statements: number;
}
