/**
 * Retention policies: how long payloads and entries are kept (log format, section 7). Pure.
 *
 * A policy says both: what is older goes when a purge runs, and what is younger must not, from the moment that the policy is
 * on record. Where none is on record, the default ages are what the automatic purge goes by, and nothing is promised.
 */

import { ConfigError, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { z } from 'zod';

/** How long things are kept, in days; fractions are allowed. */
export interface RetentionPolicy {
  /** A name for people: one of the profiles, or `custom`. */
  readonly profile: string;
  readonly payloadDays: number;
  /** At least `payloadDays`: payloads go with their entry at the latest. */
  readonly entryDays: number;
}

/** The profiles by name. Six months, which Articles 19 and 26(6) of the EU AI Act ask of logs, have at most 184 days. */
export const RETENTION_PROFILES = Object.freeze({
  default: { profile: 'default', payloadDays: 30, entryDays: 30 },
  'eu-ai-act': { profile: 'eu-ai-act', payloadDays: 30, entryDays: 184 },
  minimal: { profile: 'minimal', payloadDays: 7, entryDays: 30 },
} as const satisfies Readonly<Record<string, RetentionPolicy>>);

/** The profile that holds where nothing is said. */
export const DEFAULT_RETENTION: RetentionPolicy = RETENTION_PROFILES.default;

/** The least that the profile `eu-ai-act` may be set to. */
export const EU_AI_ACT_MIN_ENTRY_DAYS = 180;

/** The names of the profiles that stand for ages; `custom` names its own. */
export const PROFILE_NAMES = ['default', 'eu-ai-act', 'minimal', 'custom'] as const;

/** What a person configures: a profile, and ages that differ from it. */
export interface RetentionInput {
  readonly profile?: (typeof PROFILE_NAMES)[number] | undefined;
  readonly payloadDays?: number | undefined;
  readonly entryDays?: number | undefined;
}

/** The longest age, in days: a hundred years. */
export const MAX_RETENTION_DAYS = 36_525;

const DAYS_RANGE = { error: `expected a number of days from 0 to ${MAX_RETENTION_DAYS}` };

/** An age in days. */
export const daysSchema = z.number(DAYS_RANGE).min(0, DAYS_RANGE).max(MAX_RETENTION_DAYS, DAYS_RANGE);

/**
 * The policy that an input comes to.
 * @throws ConfigError `OPTION_INVALID` when its ages contradict each other or its profile.
 */
export function createRetentionPolicy(input: RetentionInput = {}): RetentionPolicy {
  const { profile = input.payloadDays === undefined && input.entryDays === undefined ? 'default' : 'custom' } = input;
  const base = profile === 'custom' ? DEFAULT_RETENTION : RETENTION_PROFILES[profile];
  const entryDays = input.entryDays ?? Math.max(base.entryDays, profile === 'custom' ? (input.payloadDays ?? 0) : 0);
  const payloadDays = input.payloadDays ?? Math.min(base.payloadDays, entryDays);
  for (const [name, days] of [
    ['payloadDays', payloadDays],
    ['entryDays', entryDays],
  ] as const) {
    if (!daysSchema.safeParse(days).success) throw invalid(`${name}: ${DAYS_RANGE.error}`);
  }
  if (entryDays < payloadDays)
    throw invalid('entryDays: payloads cannot outlive their entries; expected payloadDays or more');
  if (profile === 'eu-ai-act' && entryDays < EU_AI_ACT_MIN_ENTRY_DAYS) {
    throw invalid(`entryDays: the profile eu-ai-act keeps entries for ${EU_AI_ACT_MIN_ENTRY_DAYS} days or more`);
  }
  return { profile, payloadDays, entryDays };
}

/** What a `config-changed` entry records of a policy. */
export function retentionStatement({ profile, payloadDays, entryDays }: RetentionPolicy): JsonObject {
  return { profile, payloadDays, entryDays };
}

/** The policy in the payload `config` of a `config-changed` entry; undefined where it says nothing of retention, or nothing sound. */
export function readRetentionStatement(config: JsonValue | undefined): RetentionPolicy | undefined {
  const statement = config !== undefined && isJsonObject(config) ? config.retention : undefined;
  const result = statementSchema.safeParse(statement);
  return result.success ? result.data : undefined;
}

/**
 * Whether an entry overrides the policies before it. An override is a person's act with a reason: one without either is none.
 */
export function isOverride(entry: {
  readonly override?: true | undefined;
  readonly by?: { readonly kind: string } | undefined;
  readonly payload: Readonly<Record<string, string>>;
}): boolean {
  return entry.override === true && entry.by?.kind === 'person' && Object.hasOwn(entry.payload, 'reason');
}

const statementSchema = z.object({ profile: z.string(), payloadDays: daysSchema, entryDays: daysSchema });

function invalid(message: string): ConfigError {
  return new ConfigError('OPTION_INVALID', `retention: ${message}`);
}
