/**
 * One shell for each normalised value that has an identity: the object itself, still empty, and how to fill it. Pure.
 */

import { decodeBase64 } from '../base64.js';
import type { JsonArray, JsonObject, JsonValue } from '../json.js';
import { setMember } from '../json.js';
import { MAX_VALUE_NODES } from '../limits.js';
import { decodeUtf16, MAX_BIGINT_DIGITS, REST_NAME, TAG, unescapeName } from '../tagged.js';
import { reviveBytes } from './bytes.js';
import { ReviveError } from './error.js';

/** A value under construction. */
export interface Shell {
  readonly value: unknown;
  /** The JSON of the members, for which shells are made too. */
  readonly children: readonly JsonValue[];
  /** Puts the members in place, once every shell exists. */
  fill(resolve: (node: JsonValue) => unknown): void;
}

/** The shell of a JSON array. */
export function reviveArray(list: JsonArray): Shell {
  const value: unknown[] = [];
  return {
    value,
    children: list,
    fill: (resolve) => {
      let holes = 0;
      for (const node of list) {
        const run = holesOf(node);
        if (run === 0) value.push(resolve(node));
        holes += run;
        if (holes > MAX_VALUE_NODES) throw invalid('more holes than a value may have');
        value.length += run;
      }
    },
  };
}

/** The shell of a JSON object that is no tagged form. */
export function reviveObject(object: JsonObject): Shell {
  const value: Record<string, unknown> = {};
  return {
    value,
    children: Object.values(object),
    fill: (resolve) => {
      for (const [member, node] of Object.entries(object)) {
        const name = unescapeName(member);
        if (name === undefined)
          throw member === REST_NAME ? lossy('capped') : invalid('a member name that begins with $t');
        setMember(value, name, resolve(node));
      }
    },
  };
}

/** The shell of a tagged form; undefined for one that stands for a primitive, a hole or a reference. */
export function reviveTagged(node: JsonObject): Shell | undefined {
  const tag = node[TAG];
  switch (tag) {
    case 'date':
      return leaf(reviveDate(node));
    case 'regexp':
      return leaf(reviveRegExp(node));
    case 'boxed':
      return leaf(reviveBoxed(node));
    case 'bytes':
      return leaf(reviveBytesForm(node));
    case 'map':
      return reviveMap(node);
    case 'set':
      return reviveSet(node);
    case 'undefined':
    case 'number':
    case 'bigint':
    case 'utf16':
    case 'hole':
      return undefined;
    case 'ref':
      checkMembers(node, ['v']);
      return undefined;
    case 'instance':
    case 'error':
    case 'opaque':
    case 'capped':
      throw lossy(tag);
    default:
      throw invalid('an unknown tag');
  }
}

/** The primitive that a tagged form stands for. */
export function revivePrimitive(node: JsonObject): unknown {
  const tag = node[TAG];
  checkMembers(node, tag === 'undefined' ? [] : ['v']);
  const { v } = node;
  if (tag === 'undefined') return undefined;
  if (tag === 'number') {
    const found = NUMBERS.find(({ text }) => text === v);
    if (found !== undefined) return found.value;
  } else if (typeof v === 'string') {
    if (tag === 'bigint' && v.length <= MAX_BIGINT_DIGITS + 1 && DECIMAL.test(v)) return BigInt(v);
    const text = tag === 'utf16' ? decodeUtf16(v) : undefined;
    if (text !== undefined) return text;
  }
  throw invalid(tag === 'hole' ? 'a hole outside an array' : `a form ${String(tag)} with another value`);
}

/** The error for JSON that `normalise` does not make. */
export function invalid(found: string, cause?: unknown): ReviveError {
  return new ReviveError('TAGGED_FORM_INVALID', `expected normalised JSON, found ${found}`, { cause });
}

const NUMBERS = [
  { text: 'NaN', value: Number.NaN },
  { text: 'Infinity', value: Number.POSITIVE_INFINITY },
  { text: '-Infinity', value: Number.NEGATIVE_INFINITY },
  { text: '-0', value: -0 },
] as const;

const DECIMAL = /^(?:0|-?[1-9]\d*)$/;

function lossy(tag: string): ReviveError {
  return new ReviveError('REVIVE_LOSSY', `expected a value that was normalised without loss, found a form ${tag}`, {
    hint: 'Check `bindable` before reviving.',
  });
}

function leaf(value: unknown): Shell {
  return { value, children: [], fill: () => undefined };
}

function checkMembers(node: JsonObject, names: readonly string[]): void {
  const complete = names.every((name) => Object.hasOwn(node, name));
  if (!complete || Object.keys(node).length !== names.length + 1) throw invalid('a tagged form with other members');
}

/** How many holes a member of an array stands for; 0 for a value. */
function holesOf(node: JsonValue): number {
  if (typeof node !== 'object' || node === null || !(TAG in node) || node[TAG] !== 'hole') return 0;
  checkMembers(node, ['v']);
  const { v } = node;
  if (typeof v !== 'number' || !Number.isSafeInteger(v) || v < 1) throw invalid('a hole of another size');
  return v;
}

function reviveDate(node: JsonObject): Date {
  checkMembers(node, ['v']);
  const { v } = node;
  if (v === null) return new Date(Number.NaN);
  const date = new Date(typeof v === 'string' ? v : Number.NaN);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== v) throw invalid('a date in another form');
  return date;
}

function reviveRegExp(node: JsonObject): RegExp {
  checkMembers(node, ['v', 'flags', 'lastIndex']);
  const { v, flags, lastIndex } = node;
  const source = typeof v === 'object' && v !== null && TAG in v ? revivePrimitive(v) : v;
  if (typeof source !== 'string' || typeof flags !== 'string') throw invalid('a regexp in another form');
  if (typeof lastIndex !== 'number' || !Number.isSafeInteger(lastIndex) || lastIndex < 0)
    throw invalid('a regexp in another form');
  const value = compile(source, flags);
  if (value.source !== source || value.flags !== flags) throw invalid('a regexp in another form');
  value.lastIndex = lastIndex;
  return value;
}

function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw invalid('a regexp that does not compile', cause);
  }
}

function reviveBoxed(node: JsonObject): object {
  checkMembers(node, ['v']);
  const { v } = node;
  const primitive = typeof v === 'object' && v !== null && TAG in v ? revivePrimitive(v) : v;
  if (primitive === null || primitive === undefined || typeof primitive === 'object')
    throw invalid('a boxed value in another form');
  return Object(primitive);
}

function reviveBytesForm(node: JsonObject): unknown {
  checkMembers(node, ['type', 'v']);
  const { type, v } = node;
  if (typeof type !== 'string' || typeof v !== 'string') throw invalid('bytes in another form');
  const value = reviveBytes(type, decode(v));
  if (value === undefined) throw invalid('bytes of an unknown type or a length that does not fit it');
  return value;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return decodeBase64(base64);
  } catch (cause) {
    throw invalid('bytes that are not canonical base64', cause);
  }
}

function reviveMap(node: JsonObject): Shell {
  const pairs = listOf(node).map(pairOf);
  const value = new Map<unknown, unknown>();
  return {
    value,
    children: pairs.flat(),
    fill: (resolve) => {
      for (const [key, member] of pairs) value.set(resolve(key), resolve(member));
      if (value.size !== pairs.length) throw invalid('a map with one key twice');
    },
  };
}

function reviveSet(node: JsonObject): Shell {
  const list = listOf(node);
  const value = new Set<unknown>();
  return {
    value,
    children: list,
    fill: (resolve) => {
      for (const member of list) value.add(resolve(member));
      if (value.size !== list.length) throw invalid('a set with one element twice');
    },
  };
}

function listOf(node: JsonObject): JsonArray {
  checkMembers(node, ['v']);
  const { v } = node;
  if (typeof v !== 'object' || v === null || !isList(v)) throw invalid('a collection in another form');
  return v;
}

function pairOf(node: JsonValue): readonly [JsonValue, JsonValue] {
  if (typeof node !== 'object' || node === null || !isList(node) || node.length !== 2) throw capped(node);
  const [key, value] = node;
  if (key === undefined || value === undefined) throw invalid('a map in another form');
  return [key, value];
}

function capped(node: JsonValue): ReviveError {
  const isCapped = typeof node === 'object' && node !== null && TAG in node && node[TAG] === 'capped';
  return isCapped ? lossy('capped') : invalid('a map in another form');
}

function isList(node: JsonArray | JsonObject): node is JsonArray {
  return Array.isArray(node);
}
