/**
 * The options of reading a log, checked: a typing mistake in what to verify against must not pass for a log that verifies. Pure.
 */

import { ConfigError } from '@countersign/core';
import { z } from 'zod';
import { ENTRY_KINDS, type EntryKind } from './entry/kinds.js';
import { MAX_PAGE } from './query/filter.js';

/** Which entries to read, every member given. */
export interface CheckedEntryFilter {
  readonly from: number;
  readonly limit: number;
  readonly kind?: EntryKind | undefined;
}

/** @throws ConfigError OPTION_INVALID naming every member that is wrong, and never its value. */
export function checkEntryFilter(filter: unknown): CheckedEntryFilter {
  return check('entries', entryFilterSchema, filter);
}

/** @throws ConfigError OPTION_INVALID likewise. */
export function checkVerifyOptions(options: unknown): void {
  check('verify', verifySchema, options);
}

/** The most workers of one verification. */
export const MAX_JOBS = 64;

const JOBS_EXPECTED = `expected a whole number from 1 to ${MAX_JOBS}`;

const entryFilterSchema = z.strictObject({
  from: z.int('expected an index from 0 on').min(0, 'expected an index from 0 on').default(0),
  limit: z
    .int(`expected a whole number from 1 to ${MAX_PAGE}`)
    .min(1, `expected a whole number from 1 to ${MAX_PAGE}`)
    .max(MAX_PAGE, `expected a whole number from 1 to ${MAX_PAGE}`)
    .default(100),
  kind: z.enum(ENTRY_KINDS, 'expected a kind of entry').optional(),
});

const verifySchema = z.strictObject({
  key: z.string('expected a verifier key as text').optional(),
  against: z.array(z.string('expected a signed note as text'), 'expected a list of signed notes').optional(),
  maxAnchorAgeMs: z.number('expected milliseconds, 0 or more').min(0, 'expected milliseconds, 0 or more').optional(),
  strict: z.boolean('expected true or false').optional(),
  anchors: z
    .array(z.looseObject({ kind: z.string(), name: z.string() }, 'expected an anchor'), 'expected a list of anchors')
    .optional(),
  witnessPolicy: z
    .union([z.string(), z.looseObject({ witnesses: z.array(z.unknown()) })], 'expected a witness policy')
    .optional(),
  timestampCa: z.string('expected certificates as PEM').optional(),
  parent: z.looseObject({ log: z.string(), size: z.number() }, 'expected what is left of the old log').optional(),
  jobs: z.int(JOBS_EXPECTED).min(1, JOBS_EXPECTED).max(MAX_JOBS, JOBS_EXPECTED).optional(),
  since: z.looseObject({ path: z.string() }, 'expected an opened state file').optional(),
  onProgress: z.unknown().optional(),
});

function check<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'options' : issue.path.join('.');
    return `${where}: ${issue.code === 'unrecognized_keys' ? `unknown ${issue.keys.join(', ')}` : issue.message}`;
  });
  throw new ConfigError('OPTION_INVALID', `${what}: ${places.join('; ')}`, {
    hint: 'Correct the members named.',
  });
}
