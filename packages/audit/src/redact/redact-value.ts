/**
 * Walks a JSON value and replaces its secrets. Parts without any are answered as they are, not as copies.
 */

import {
  canonicalJson,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  setMember,
} from '@countersign/core';
import type { SecretFinder } from './find-secrets.js';
import { FAILED_MARKER, isMarker } from './marker.js';
import type { SecretNames } from './secret-name.js';

/** What a walk works with, and whom it tells. */
export interface Walk {
  readonly find: SecretFinder;
  readonly ruleOfName: SecretNames;
  readonly mark: (rule: string, secret: string) => string;
  /** Told of each marker that is set, and what it stands for. */
  readonly onSecret: (marker: string, secret: JsonValue) => void;
  /** Told of each text that is searched, member names included. */
  readonly onText: (text: string) => void;
}

/** Deeper values are hidden. The normaliser allows 64 levels, and its tags take a few more. */
export const MAX_REDACT_DEPTH = 256;

/** What stands beyond this many UTF-16 code units of one string is not searched but hidden. */
export const MAX_SEARCHED_LENGTH = 2 * 1024 * 1024;

/** The value without its secrets. Never throws. */
export function redactValue(value: JsonValue, walk: Walk): JsonValue {
  return visit(value, { walk, depth: 0, rule: undefined });
}

/** Where the walk is; `rule` is set below a member whose name says that its value is secret. */
interface Place {
  readonly walk: Walk;
  readonly depth: number;
  readonly rule: string | undefined;
}

function visit(value: JsonValue, place: Place): JsonValue {
  if (typeof value === 'string')
    return place.rule === undefined ? redactText(value, place.walk) : hideNamed(value, place);
  if (typeof value !== 'object' || value === null) return value;
  if (place.depth >= MAX_REDACT_DEPTH) return hideFailed(value, place.walk);
  if (!isJsonObject(value)) return visitArray(value, place);
  if (isTagged(value, PLAIN_TAGS)) return visitObject(value, { ...place, rule: undefined });
  return isTagged(value, PACKED_TAGS) ? redactPacked(value, place) : visitObject(value, place);
}

/** Tagged forms of the normaliser that are never secrets, and those that hold a text in another form. */
const PLAIN_TAGS: ReadonlySet<string> = new Set('undefined number bigint date hole ref opaque capped'.split(' '));
const PACKED_TAGS: ReadonlySet<string> = new Set(['bytes', 'utf16']);

function isTagged(object: JsonObject, tags: ReadonlySet<string>): boolean {
  return Object.hasOwn(object, '$t') && typeof object.$t === 'string' && tags.has(object.$t);
}

/** Bytes, and texts that UTF-8 cannot carry: hidden whole where a secret is found in what they stand for. */
function redactPacked(object: JsonObject, { walk, rule }: Place): JsonValue {
  if (rule !== undefined) return hide(rule, object, walk);
  const packed = typeof object.v === 'string' ? object.v : '';
  if (packed.length > MAX_SEARCHED_LENGTH) return hide('unsearched', object, walk);
  try {
    const [first] = walk.find(unpack(packed, object.$t === 'bytes'));
    return first === undefined ? object : hide(first.rule, object, walk);
  } catch {
    return hideFailed(object, walk);
  }
}

function unpack(packed: string, isBase64: boolean): string {
  if (isBase64) return Buffer.from(packed, 'base64').toString('latin1');
  const bytes = Buffer.from(packed, 'hex');
  return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : '';
}

/** Four forms of lists hold a name and then its value: entries, and the arguments of a command. */
function visitArray(array: JsonArray, { walk, depth, rule }: Place): JsonValue {
  const isEntries = array.length > 0 && array.every(isEntry);
  const items = array.map((item, i) => {
    if (isEntries && isEntry(item)) return visitEntry(item, { walk, depth: depth + 1, rule });
    return visit(item, { walk, depth: depth + 1, rule: rule ?? ruleOfFlag(array[i - 1], item, walk) });
  });
  return items.every((item, i) => item === array[i]) ? array : items;
}

/** A pair whose first item is a string, as `Object.entries` and a Map's entries have them. */
function isEntry(value: JsonValue): value is readonly [string, JsonValue] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function visitEntry(entry: readonly [string, JsonValue], place: Place): JsonValue {
  const [name, value] = entry;
  const shown = redactText(name, place.walk);
  const kept = visit(value, { ...place, depth: place.depth + 1, rule: place.rule ?? place.walk.ruleOfName(name) });
  return shown === name && kept === value ? entry : [shown, kept];
}

/** `["--token", "..."]`: the item after a flag. */
function ruleOfFlag(before: JsonValue | undefined, item: JsonValue, walk: Walk): string | undefined {
  if (typeof before !== 'string' || typeof item !== 'string' || item.startsWith('-')) return undefined;
  return /^--?[A-Za-z][\w-]{1,60}$/.test(before) ? walk.ruleOfName(before) : undefined;
}

function visitObject(object: JsonObject, { walk, depth, rule }: Place): JsonValue {
  const labelRule = ruleOfLabel(object, walk);
  const isSchema = rule !== undefined && typeof object.type === 'string' && SCHEMA_TYPES.has(object.type);
  let changed = false;
  const members: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    const inherited = isSchema && SCHEMA_WORDS.has(name) ? undefined : rule;
    const own = inherited ?? (name === 'value' ? labelRule : undefined) ?? walk.ruleOfName(name);
    const shown = uniqueName(redactText(name, walk), name, members);
    // The tag of a normalised value is never a secret.
    const kept = name === '$t' ? value : visit(value, { walk, depth: depth + 1, rule: own });
    changed ||= shown !== name || kept !== value;
    setMember(members, shown, kept);
  }
  return changed ? members : object;
}

/** `{ name: 'Authorization', value: '...' }`: a header, an environment variable, a form field. */
function ruleOfLabel(object: JsonObject, walk: Walk): string | undefined {
  if (!Object.hasOwn(object, 'value')) return undefined;
  for (const label of ['name', 'key', 'header']) {
    const name = Object.hasOwn(object, label) ? object[label] : undefined;
    if (typeof name === 'string') return walk.ruleOfName(name);
  }
  return undefined;
}

/** A JSON Schema describes a secret without holding it. */
const SCHEMA_TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
]);
const SCHEMA_WORDS: ReadonlySet<string> = new Set(['type', 'title', 'description', 'format', '$schema']);

/** Two names may get one marker; neither member may be lost. */
function uniqueName(shown: string, name: string, members: Readonly<Record<string, JsonValue>>): string {
  if (shown === name) return name;
  let unique = shown;
  for (let n = 2; Object.hasOwn(members, unique); n += 1) unique = `${shown}~${n}`;
  return unique;
}

/** A value under a name that says that it is secret. */
function hideNamed(text: string, { walk, rule = 'named' }: Place): string {
  const isHarmless = HARMLESS_VALUES.has(text) || (rule === 'pwd' && /^(?:\/|[A-Za-z]:\\)/.test(text));
  return isHarmless || isMarker(text) ? redactText(text, walk) : hide(rule, text, walk);
}

const HARMLESS_VALUES: ReadonlySet<string> = new Set(['', 'include', 'omit', 'same-origin', 'required', 'optional']);

function hide(rule: string, secret: JsonValue, walk: Walk): string {
  const marker = walk.mark(rule, typeof secret === 'string' ? secret : canonicalJson(secret));
  walk.onSecret(marker, secret);
  return marker;
}

function hideFailed(value: JsonValue, walk: Walk): string {
  walk.onSecret(FAILED_MARKER, value);
  return FAILED_MARKER;
}

function redactText(text: string, walk: Walk): string {
  walk.onText(text);
  try {
    return text.length > MAX_SEARCHED_LENGTH ? redactLong(text, walk) : replaceSecrets(text, text.length, walk);
  } catch {
    // A rule that fails may have failed on the secret: nothing of the field is shown, and nothing of the error either.
    return hideFailed(text, walk);
  }
}

/** The text with the secrets that begin before `end` replaced, up to `end` or the end of the last of them. */
function replaceSecrets(text: string, end: number, walk: Walk): string {
  let shown = '';
  let at = 0;
  for (const span of walk.find(text)) {
    if (span.start >= end) break;
    shown += text.slice(at, span.start) + hide(span.rule, text.slice(span.start, span.end), walk);
    at = span.end;
  }
  return shown + text.slice(at, Math.max(at, end));
}

/** A secret that begins near the end of the part that is searched may go on beyond it, so that end is hidden too. */
function redactLong(text: string, walk: Walk): string {
  const head = text.slice(0, MAX_SEARCHED_LENGTH);
  const end = MAX_SEARCHED_LENGTH - SEARCH_MARGIN;
  const last = walk.find(head).findLast((span) => span.start < end);
  const cut = codePointBoundary(text, Math.max(end, last?.end ?? 0));
  return replaceSecrets(head, cut, walk) + hide('unsearched', text.slice(cut), walk);
}

const SEARCH_MARGIN = 8192;

function codePointBoundary(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at;
}
