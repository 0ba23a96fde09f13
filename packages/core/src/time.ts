/**
 * Points in time as text of fixed width, `2026-11-21T06:11:00.123456Z` (RFC 3339, UTC, microseconds). Pure.
 * Texts sort as the times do.
 */

import { CountersignError } from './errors.js';

/** The codes of `TimeError`. */
export type TimeErrorCode = 'TIME_INVALID';

/** A time outside the range, or a text that is not in the one accepted form. */
export class TimeError extends CountersignError<TimeErrorCode> {}

/**
 * The text of a time.
 * @param us Integer microseconds since 1970-01-01T00:00:00Z, from 0 to 2^53 - 1 (the year 2255).
 * @throws TimeError TIME_INVALID when `us` is not such an integer.
 */
export function formatTime(us: number): string {
  if (!Number.isSafeInteger(us) || us < 0) {
    throw new TimeError('TIME_INVALID', 'expected a time in integer microseconds from 0 to 2^53 - 1');
  }
  const fraction = String(us % US_PER_SECOND).padStart(6, '0');
  const toSecond = new Date(Math.floor(us / US_PER_SECOND) * 1000).toISOString().slice(0, 19);
  return `${toSecond}.${fraction}Z`;
}

/**
 * The microseconds since 1970-01-01T00:00:00Z that `formatTime` would turn into exactly this text.
 * @throws TimeError TIME_INVALID for any other text.
 */
export function parseTime(text: string): number {
  const ms = TIME_FORM.test(text) ? Date.parse(`${text.slice(0, 19)}Z`) : Number.NaN;
  const us = ms * 1000 + Number(text.slice(20, 26));
  // Date.parse lets 30 February roll over into March, and hour 24 into the next day: the day of the month tells.
  if (!Number.isSafeInteger(us) || us < 0 || new Date(ms).getUTCDate() !== Number(text.slice(8, 10))) {
    throw new TimeError(
      'TIME_INVALID',
      `expected a time like 2026-11-21T06:11:00.123456Z, found ${text.length} characters`,
    );
  }
  return us;
}

const US_PER_SECOND = 1_000_000;

const TIME_FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
