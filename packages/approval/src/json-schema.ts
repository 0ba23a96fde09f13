/**
 * Strict JSON inside zod schemas: values that RFC 8785 can carry, copied so that nobody changes them afterwards. Pure.
 */

import { types } from 'node:util';
import {
  CountersignError,
  canonicalJson,
  type JsonValue,
  MAX_JSON_DEPTH,
  MAX_JSON_TEXT_BYTES,
  parseJson,
} from '@countersign/core';
import { z } from 'zod';

/** Any strict JSON value; answers a private copy. Accessors, proxies and instances of classes are refused. */
export const jsonSchema = z.unknown().transform((value, context): JsonValue => {
  try {
    if (isJsonShaped(value)) return parseJson(canonicalJson(value));
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

/** Narrows for the type checker; `canonicalJson` is the judge of values whose text is short enough for it. */
function isJsonShaped(value: unknown): value is JsonValue {
  return leastSize(value, { sizes: new Map(), depth: 0 }) <= MAX_JSON_TEXT_BYTES;
}

interface Walk {
  /** Of the containers that were walked: one that stands in many places is walked once, and counted in each. */
  readonly sizes: Map<object, number>;
  depth: number;
}

/** A lower bound of the length of a value's JSON text; infinite for what is no JSON. Runs no code of the value. */
function leastSize(value: unknown, walk: Walk): number {
  if (typeof value === 'string') return value.length;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return 1;
  if (typeof value !== 'object' || types.isProxy(value) || walk.depth > MAX_JSON_DEPTH) return Number.POSITIVE_INFINITY;
  const known = walk.sizes.get(value);
  if (known !== undefined) return known;
  walk.depth += 1;
  let size = 1;
  for (const property of Object.values(Object.getOwnPropertyDescriptors(value))) {
    if (property.enumerable === true) size += leastSize(property.value, walk);
  }
  walk.depth -= 1;
  walk.sizes.set(value, size);
  return size;
}
