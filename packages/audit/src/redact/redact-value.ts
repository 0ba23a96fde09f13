/**
 * Walks a JSON value and replaces its secrets. Parts without any are answered as they are, not as copies.
 */

import { isJsonObject, type JsonArray, type JsonObject, type JsonValue, setMember } from '@countersign/core';
import { isMarker } from './marker.js';
import { descend, isEnd, type PathState } from './paths.js';
import { redactPacked, redactText, redactWords, ruleOfByteList, ruleOfPackedName } from './redact-text.js';
import { isBasicAuth, isPath } from './value-tests.js';
import { hide, hideFailed, type Walk } from './walk.js';

export type { Walk } from './walk.js';

/** Deeper values are hidden. The normaliser allows 64 levels, and its tags take a few more. */
export const MAX_REDACT_DEPTH = 256;

/** The value without its secrets. Never throws. @param paths Where the walk begins along the paths that are hidden. */
export function redactValue(value: JsonValue, walk: Walk, paths: PathState = []): JsonValue {
  return visit(value, { walk, paths, depth: 0, rule: undefined });
}

/** Where the walk is; `rule` is set below a member whose name says that its value is secret. */
interface Place {
  readonly walk: Walk;
  readonly paths: PathState;
  readonly depth: number;
  readonly rule: string | undefined;
}

/** The place of a member or an item. */
function below(place: Place, name: string, rule: string | undefined): Place {
  return { walk: place.walk, paths: descend(place.paths, name), depth: place.depth + 1, rule };
}

function visit(value: JsonValue, place: Place): JsonValue {
  const { walk, rule } = place;
  if (isEnd(place.paths)) return typeof value === 'string' && isMarker(value) ? value : hide('path', value, walk);
  if (typeof value === 'string') return rule === undefined ? redactText(value, walk) : hideNamed(value, place);
  if (typeof value === 'number') return visitNumber(value, place);
  if (typeof value !== 'object' || value === null) return value;
  if (place.depth >= MAX_REDACT_DEPTH) return hideFailed(value, walk);
  if (!isJsonObject(value)) return visitArray(value, place);
  return Object.hasOwn(value, '$t') ? visitTagged(value, place) : visitObject(value, place);
}

/** Numbers are read as texts are: a card number may be one. Under a secret name, those that are too long to count anything. */
function visitNumber(value: number, { walk, rule }: Place): JsonValue {
  if (rule !== undefined && rule !== 'pwd') {
    const counts = rule === 'token' || rule === 'cookie' ? 100_000 : 100;
    return Math.abs(value) < counts ? value : hide(rule, value, walk);
  }
  if (!Number.isSafeInteger(value) || value < SHORTEST_CARD) return value;
  const [found] = find(String(value), walk);
  return found === undefined ? value : hide(found, value, walk);
}

const SHORTEST_CARD = 1e12;

/** The rule of the first secret in a text; the failure of a rule is one. */
function find(text: string, walk: Walk): readonly string[] {
  try {
    return walk.find(text).map(({ rule }) => rule);
  } catch {
    return ['redactor-failed'];
  }
}

/** Tagged forms of the normaliser that are never secrets, and those that hold a text in another form. */
const PLAIN_TAGS: ReadonlySet<string> = new Set('undefined number date hole ref opaque capped'.split(' '));
const PACKED_TAGS: ReadonlySet<string> = new Set(['bytes', 'utf16']);

/** A tagged form is no level of a path: a path says what the program's own value looks like. */
function visitTagged(object: JsonObject, place: Place): JsonValue {
  const { walk, rule } = place;
  const tag = typeof object.$t === 'string' ? object.$t : '';
  if (PACKED_TAGS.has(tag)) return rule === undefined ? redactPacked(object, walk) : hide(rule, object, walk);
  if (tag === 'bigint' && rule !== undefined) return hide(rule, object, walk);
  const inner: Place = { ...place, depth: place.depth + 1, ...(PLAIN_TAGS.has(tag) && { rule: undefined }) };
  let changed = false;
  const members: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    const kept =
      name === '$t'
        ? value
        : name === 'v'
          ? visitContents(tag, value, inner)
          : visit(value, { ...inner, paths: [], rule: undefined });
    changed ||= kept !== value;
    setMember(members, name, kept);
  }
  return changed ? members : object;
}

function visitContents(tag: string, value: JsonValue, place: Place): JsonValue {
  if (tag !== 'map' || !Array.isArray(value)) return visit(value, place);
  const items = value.map((item: JsonValue) =>
    isEntry(item) ? visitEntry(item, place) : visit(item, below(place, '', place.rule)),
  );
  return items.every((item, i) => item === value[i]) ? value : items;
}

/** Several forms of lists hold a name and then its value: entries, and the words of a command. */
function visitArray(array: JsonArray, place: Place): JsonValue {
  const { walk, rule } = place;
  const bytes = rule === undefined ? ruleOfByteList(array, walk) : undefined;
  if (bytes !== undefined) return hide(bytes, array, walk);
  if (rule === undefined && place.paths.length === 0 && array.length > 1 && array.every(isString)) {
    return visitWords(array.filter(isString), place);
  }
  const isEntries = array.length > 0 && array.every(isEntry);
  const items = array.map((item, i) => {
    const own = below(place, String(i), rule ?? ruleOfFlag(array[i - 1], item, walk));
    return isEntries && isEntry(item) ? visitEntry(item, own) : visit(item, own);
  });
  return items.every((item, i) => item === array[i]) ? array : items;
}

function visitWords(words: readonly string[], place: Place): JsonValue {
  const shown = redactWords(words, place.walk);
  const items = words.map((word, i) => {
    const rule = ruleOfFlag(words[i - 1], word, place.walk);
    return rule === undefined ? (shown[i] ?? '') : hideNamed(word, { ...place, rule });
  });
  return items.every((item, i) => item === words[i]) ? words : items;
}

function isString(value: JsonValue): value is string {
  return typeof value === 'string';
}

/** A pair whose first item is a string, as `Object.entries` and a Map's entries have them. */
function isEntry(value: JsonValue): value is readonly [string, JsonValue] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function visitEntry(entry: readonly [string, JsonValue], place: Place): JsonValue {
  const [name, value] = entry;
  const shown = redactText(name, place.walk);
  const kept = visit(value, below(place, name, place.rule ?? ruleOfMember(name, value, place.walk)));
  return shown === name && kept === value ? entry : [shown, kept];
}

/** `["--token", "..."]`: the item after a flag. */
function ruleOfFlag(before: JsonValue | undefined, item: JsonValue, walk: Walk): string | undefined {
  if (typeof before !== 'string' || typeof item !== 'string' || item.startsWith('-')) return undefined;
  return /^--?[A-Za-z][\w-]{1,60}$/.test(before) ? walk.ruleOfName(before) : undefined;
}

function visitObject(object: JsonObject, place: Place): JsonValue {
  const { walk, rule } = place;
  const labelRule = ruleOfLabel(object, walk);
  const isSchema = rule !== undefined && typeof object.type === 'string' && SCHEMA_TYPES.has(object.type);
  let changed = false;
  const members: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    const inherited = isSchema && SCHEMA_WORDS.has(name) ? undefined : rule;
    const labelled = VALUE_NAMES.has(name.toLowerCase()) ? labelRule : undefined;
    const own = inherited ?? labelled ?? ruleOfMember(name, value, walk);
    const shown = uniqueName(redactName(name, walk), name, members);
    const kept = visit(value, below(place, name, own));
    changed ||= shown !== name || kept !== value;
    setMember(members, shown, kept);
  }
  return changed ? members : object;
}

function redactName(name: string, walk: Walk): string {
  if (!name.startsWith('$tk:')) return redactText(name, walk);
  try {
    const rule = ruleOfPackedName(name.slice(4), walk);
    return rule === undefined ? name : hide(rule, name, walk);
  } catch {
    return hideFailed(name, walk);
  }
}

/** `auth` is said of many things; base64 of a user and a password is one only. */
function ruleOfMember(name: string, value: JsonValue, walk: Walk): string | undefined {
  const isAuth = (name === 'auth' || name === '_auth') && typeof value === 'string' && isBasicAuth(value);
  return isAuth ? 'basic-auth' : walk.ruleOfName(name);
}

/** `{ name: 'Authorization', value: '...' }`: a header, an environment variable, a form field. */
function ruleOfLabel(object: JsonObject, walk: Walk): string | undefined {
  const members = new Map(
    Object.entries(object)
      .slice(0, MAX_LABEL_MEMBERS)
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (![...VALUE_NAMES].some((name) => members.has(name))) return undefined;
  if (members.get('sensitive') === true || members.get('type') === 'SecureString') return 'sensitive';
  for (const label of LABEL_NAMES) {
    const name = members.get(label);
    if (typeof name === 'string') return walk.ruleOfName(name);
  }
  return undefined;
}

const MAX_LABEL_MEMBERS = 16;
const LABEL_NAMES = ['name', 'key', 'header', 'field', 'variable', 'label'] as const;
const VALUE_NAMES: ReadonlySet<string> = new Set(['value', 'val', 'content', 'defaultvalue']);

/** A JSON Schema describes a secret without holding it. */
const SCHEMA_TYPES: ReadonlySet<string> = new Set('string number integer boolean object array null'.split(' '));
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
  const isHarmless = HARMLESS_VALUES.has(text) || (rule === 'pwd' && isPath(text));
  return isHarmless || isMarker(text) ? redactText(text, walk) : hide(rule, text, walk);
}

const HARMLESS_VALUES: ReadonlySet<string> = new Set(['', 'include', 'omit', 'same-origin', 'required', 'optional']);
