/**
 * What a purge is asked for, checked: ages, who asks, and whether a policy on record may be overridden. Pure.
 */

import { type Actor, ConfigError, checkIdentifier } from '@countersign/core';
import type { WrittenArchive } from '../archive/archive-file.js';
import { DEFAULT_RETENTION, daysSchema } from './policy.js';
import type { PurgeAges } from './purge-scan.js';

/** What to purge. Without any age, the ages of the retention policy hold. */
export interface PurgeOptions {
  /** Whole or fractional days, 0 or more: what is older loses its text and its payloads. */
  readonly olderThanDays?: number;
  /** Payloads that are older go. */
  readonly payloadsOlderThanDays?: number;
  /** Entries that are older lose their text, and their payloads with it. */
  readonly entriesOlderThanDays?: number;
  /** Who asks; the system when not given. */
  readonly by?: Actor;
  /** For the record. */
  readonly reason?: string;
  /** Removes what a policy on record still keeps. Needs a reason, and a person as `by`. */
  readonly overrideRetention?: boolean;
  /** A file that must not be there yet: what goes is written to it, flushed, read back and verified, before anything goes. */
  readonly archive?: string;
  /** Ends the purge after the step under way; what was removed until then is stated. */
  readonly signal?: AbortSignal;
  /** How long others may work between two steps, in milliseconds; 0 when not given. */
  readonly paceMs?: number;
}

/** What a purge removed. */
export interface PurgeResult {
  readonly entries: number;
  readonly payloads: number;
  /** How many `entries-purged` entries say so. */
  readonly statements: number;
  /** Entries that are older than was asked and that a retention policy on record keeps; absent when there are none. */
  readonly retained?: number;
  /** The archive that was written; absent where none was asked for, or there was nothing to archive. */
  readonly archive?: WrittenArchive;
}

/** Checked options. */
export interface CheckedPurge {
  readonly ages: PurgeAges;
  readonly by: Actor;
  readonly reason: string | undefined;
  readonly override: boolean;
  /** The path of the archive. */
  readonly archive: string | undefined;
  /** Names in the statement what the purge went by. */
  policyName(what: 'entries' | 'payloads'): string;
}

/** @throws ConfigError `OPTION_INVALID` */
export function checkPurgeOptions(options: PurgeOptions): CheckedPurge {
  const { olderThanDays, by = SYSTEM, overrideRetention: override = false } = options;
  for (const name of ['olderThanDays', 'payloadsOlderThanDays', 'entriesOlderThanDays'] as const) {
    if (options[name] !== undefined && !daysSchema.safeParse(options[name]).success) {
      throw invalid(`${name}: expected a number of days, 0 or more`);
    }
  }
  const reason = options.reason?.toWellFormed();
  const { archive } = options;
  if (archive === '') throw invalid('archive: expected a path');
  const entryDays = options.entriesOlderThanDays ?? olderThanDays;
  // Payloads go with their entry at the latest, and alone only when that was asked for.
  const payloadDays = options.payloadsOlderThanDays ?? entryDays;
  if (override) checkOverride({ by, reason });
  if (payloadDays === undefined) {
    if (override) throw invalid('overrideRetention: say which ages hold instead of the policy');
    return { ages: RECORDED, by, reason, override, archive, policyName: () => 'retention' };
  }
  const asked = { payloadDays, entryDays: entryDays ?? Number.POSITIVE_INFINITY };
  return {
    ages: { asked, defaults: DEFAULT_RETENTION, override },
    by,
    reason,
    override,
    archive,
    policyName: (what) => `older-than-days:${what === 'entries' ? asked.entryDays : asked.payloadDays}`,
  };
}

/** By the policy on record, or the defaults. */
const RECORDED: PurgeAges = { asked: 'recorded', defaults: DEFAULT_RETENTION, override: false };

/** Who purges by itself. */
export const SYSTEM: Actor = Object.freeze({ kind: 'system', id: 'countersign' });

/**
 * An override is a person's act with a reason.
 * @throws ConfigError `OPTION_INVALID`
 */
export function checkOverride({
  by,
  reason,
}: {
  readonly by: Actor | undefined;
  readonly reason: string | undefined;
}): void {
  if (reason === undefined || reason.trim() === '') throw invalid('overrideRetention: needs a reason');
  if (by?.kind !== 'person') throw invalid('overrideRetention: needs a person as `by`');
  checkIdentifier('by.id', by.id);
}

function invalid(message: string): ConfigError {
  return new ConfigError('OPTION_INVALID', message);
}
