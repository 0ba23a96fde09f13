/**
 * Canonical JSON (RFC 8785, JCS), strict: what is not JSON is refused, never bent into shape. Pure, and runs no user code:
 * properties are read through their descriptors, `toJSON` has no meaning, and Proxies are refused unopened.
 */

import { types } from 'node:util';
import { CountersignError } from './errors.js';
import type { JsonValue } from './json.js';
import { MAX_JSON_DEPTH } from './limits.js';
import { isArrayPrototype, isObjectPrototype } from './realm.js';
import { hasLoneSurrogate, isPlainAscii } from './unicode.js';

/** The codes of `CanonicalJsonError`. */
export type CanonicalJsonErrorCode =
  | 'JSON_TYPE_UNSUPPORTED'
  | 'JSON_NUMBER_NOT_FINITE'
  | 'JSON_LONE_SURROGATE'
  | 'JSON_NOT_PLAIN'
  | 'JSON_ARRAY_SPARSE'
  | 'JSON_PROPERTY_UNSUPPORTED'
  | 'JSON_CYCLE'
  | 'JSON_TOO_DEEP';

/** A value outside strict JSON. The message names the fault and never the value. */
export class CanonicalJsonError extends CountersignError<CanonicalJsonErrorCode> {}

/**
 * The canonical text of a JSON value (RFC 8785): no white space, members sorted by UTF-16 code units, numbers as ECMAScript
 * prints them (`-0` is `0`). Non-enumerable properties of objects are not looked at.
 * @throws CanonicalJsonError with a pinned code for everything that strict JSON cannot carry, and for more than 256 levels.
 */
export function canonicalJson(value: JsonValue): string {
  return format(value, { open: [], skipsUndefined: false });
}

/**
 * The same of a record whose members may be undefined: those are left out.
 * @throws CanonicalJsonError as `canonicalJson` does.
 */
export function canonicalRecord(record: object): string {
  return format(record, { open: [], skipsUndefined: true });
}

/** The canonical text in UTF-8: the bytes that are hashed. @throws CanonicalJsonError as `canonicalJson` does. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return Buffer.from(canonicalJson(value), 'utf8');
}

interface Walk {
  /** The arrays and objects around a value. */
  readonly open: object[];
  readonly skipsUndefined: boolean;
}

/** Formats one value. The recursion is bounded by `MAX_JSON_DEPTH`. */
function format(value: unknown, walk: Walk): string {
  switch (typeof value) {
    case 'string':
      return formatString(value);
    case 'number':
      if (!Number.isFinite(value)) throw fault('JSON_NUMBER_NOT_FINITE', 'a number that is not finite');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : formatContainer(value, walk);
    default:
      throw fault('JSON_TYPE_UNSUPPORTED', `a value of type ${typeof value}`);
  }
}

function formatString(text: string): string {
  if (isPlainAscii(text)) return `"${text}"`;
  if (hasLoneSurrogate(text)) throw fault('JSON_LONE_SURROGATE', 'half of a surrogate pair');
  // ECMAScript escapes exactly what RFC 8785, 3.2.2.2 asks for.
  return JSON.stringify(text);
}

function formatContainer(value: object, walk: Walk): string {
  const { open } = walk;
  if (types.isProxy(value)) throw fault('JSON_NOT_PLAIN', 'a Proxy');
  if (open.length >= MAX_JSON_DEPTH) {
    if (new Set(open).size < open.length) throw fault('JSON_CYCLE', 'a value that contains itself');
    throw fault('JSON_TOO_DEEP', `more than ${MAX_JSON_DEPTH} levels`);
  }
  open.push(value);
  const text = Array.isArray(value) ? formatArray(value, walk) : formatObject(value, walk);
  open.pop();
  return text;
}

function formatArray(array: readonly unknown[], walk: Walk): string {
  if (!isArrayPrototype(Object.getPrototypeOf(array))) throw fault('JSON_NOT_PLAIN', 'an array of another class');
  let text = '[';
  for (let i = 0; i < array.length; i += 1) {
    const property = Object.getOwnPropertyDescriptor(array, i);
    if (property === undefined) throw fault('JSON_ARRAY_SPARSE', 'an array with holes');
    if (i > 0) text += ',';
    text += format(dataOf(property), walk);
  }
  if (Reflect.ownKeys(array).length !== array.length + 1) {
    throw fault('JSON_PROPERTY_UNSUPPORTED', 'an array with further properties');
  }
  return `${text}]`;
}

function formatObject(object: object, walk: Walk): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  // A Map stays a Map when its prototype is replaced, and would be written as an empty object.
  if ((prototype !== null && !isObjectPrototype(prototype)) || isBuiltIn(object)) {
    throw fault('JSON_NOT_PLAIN', 'an instance of a class');
  }
  // The default order of sort() is that of UTF-16 code units, as RFC 8785, 3.2.3 asks.
  const names = Object.keys(object).sort();
  if (Object.getOwnPropertySymbols(object).length > 0) {
    throw fault('JSON_PROPERTY_UNSUPPORTED', 'a property named by a symbol');
  }
  let text = '{';
  for (const name of names) {
    const data = dataOf(Object.getOwnPropertyDescriptor(object, name));
    if (data === undefined && walk.skipsUndefined) continue;
    if (text.length > 1) text += ',';
    text += `${formatString(name)}:${format(data, walk)}`;
  }
  return `${text}}`;
}

/** True for objects that hold what their properties do not show. */
function isBuiltIn(object: object): boolean {
  return (
    types.isMap(object) ||
    types.isSet(object) ||
    types.isDate(object) ||
    types.isRegExp(object) ||
    types.isBoxedPrimitive(object) ||
    types.isArrayBufferView(object) ||
    types.isAnyArrayBuffer(object) ||
    types.isNativeError(object) ||
    types.isPromise(object) ||
    types.isArgumentsObject(object)
  );
}

function dataOf(property: PropertyDescriptor | undefined): unknown {
  if (property === undefined || !Object.hasOwn(property, 'value')) {
    throw fault('JSON_PROPERTY_UNSUPPORTED', 'a property with a getter or setter');
  }
  return property.value;
}

function fault(code: CanonicalJsonErrorCode, found: string): CanonicalJsonError {
  return new CanonicalJsonError(code, `expected strict JSON, found ${found}`, {
    hint: 'Normalise the value first, or leave that part out.',
  });
}
