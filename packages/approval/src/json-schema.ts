/**
 * Strict JSON inside zod schemas: values that RFC 8785 can carry, copied so that nobody changes them afterwards. Pure.
 */

import { CountersignError, canonicalJson, type JsonValue, parseJson } from '@countersign/core';
import { z } from 'zod';

/** Any strict JSON value; answers a private copy. Accessors, proxies and instances of classes are refused. */
export const jsonSchema = z.unknown().transform((value, context): JsonValue => {
  try {
    if (isJsonShaped(value, 0)) return parseJson(canonicalJson(value));
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
  }
  context.addIssue({ code: 'custom', message: 'expected strict JSON' });
  return z.NEVER;
});

/** The longest text of one row, in bytes of UTF-8: the arguments of a call (at most 10 MiB) stand in it twice when they were edited. */
export const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** The JSON of a plain record: members that are undefined are left out. */
export function toJson(record: object): JsonValue {
  return parseJson(JSON.stringify(record), { maxBytes: MAX_ROW_BYTES });
}

const MAX_DEPTH = 256;

/** Narrows for the type checker; `canonicalJson` is the judge. */
function isJsonShaped(value: unknown, depth: number): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return true;
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false;
  return Object.values(value).every((member) => isJsonShaped(member, depth + 1));
}
