/**
 * The JSON of values without members: primitives, dates, regular expressions, boxed primitives, bytes. Pure.
 *
 * Built-in methods are taken from their prototypes when this module is loaded, so that what a value or a later patch puts in
 * their place is never called.
 */

import { types } from 'node:util';
import type { JsonObject, JsonValue } from '../json.js';
import { isBuiltInPrototype } from '../realm.js';
import { BYTES_TYPES, type BytesType, encodeUtf16, MAX_BIGINT_DIGITS, tagged } from '../tagged.js';
import { hasLoneSurrogate } from '../unicode.js';

/** The JSON of a string. */
export function fromString(text: string): JsonValue {
  return hasLoneSurrogate(text) ? tagged('utf16', { v: encodeUtf16(text) }) : text;
}

/** The JSON of a number. */
export function fromNumber(value: number): JsonValue {
  if (Object.is(value, -0)) return tagged('number', { v: '-0' });
  return Number.isFinite(value) ? value : tagged('number', { v: String(value) });
}

/** The JSON of a BigInt; undefined when it has more digits than are carried. */
export function fromBigInt(value: bigint): JsonObject | undefined {
  return value < BIGINT_END && value > -BIGINT_END ? tagged('bigint', { v: String(value) }) : undefined;
}

/** The JSON of a Date. */
export function fromDate(date: object): JsonObject {
  const time: unknown = Reflect.apply(dateGetTime, date, []);
  return tagged('date', { v: Number.isNaN(time) ? null : String(Reflect.apply(dateToIso, date, [])) });
}

/** The JSON of a RegExp; undefined when its `lastIndex` was set to something other than an index. */
export function fromRegExp(value: object): JsonObject | undefined {
  const lastIndex: unknown = Object.getOwnPropertyDescriptor(value, 'lastIndex')?.value;
  if (!isIndex(lastIndex)) return undefined;
  const flags = REGEXP_FLAGS.filter(({ getter }) => Reflect.apply(getter, value, []) === true).map(({ flag }) => flag);
  return tagged('regexp', {
    v: fromString(String(Reflect.apply(regExpSource, value, []))),
    flags: flags.join(''),
    lastIndex,
  });
}

/** The primitive inside a boxed one. */
export function unbox(value: object): unknown {
  if (types.isNumberObject(value)) return Reflect.apply(numberValueOf, value, []);
  if (types.isStringObject(value)) return Reflect.apply(stringValueOf, value, []);
  if (types.isBooleanObject(value)) return Reflect.apply(booleanValueOf, value, []);
  if (types.isBigIntObject(value)) return Reflect.apply(bigIntValueOf, value, []);
  return Reflect.apply(symbolValueOf, value, []);
}

/** What a buffer or a view holds. */
export interface BytesContents {
  readonly type: BytesType;
  /** A window on the memory itself, not a copy. */
  readonly bytes: Uint8Array;
  /** False for a subclass, a prototype set by hand, and a buffer that can be resized. */
  readonly exact: boolean;
}

/** The contents of an ArrayBuffer, a SharedArrayBuffer, a DataView, a Buffer or a typed array; undefined for a type that has no form. */
export function bytesOf(value: object): BytesContents | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (types.isTypedArray(value)) {
    const name = String(Reflect.apply(TYPED_ARRAY.tag, value, []));
    const isBuffer = name === 'Uint8Array' && prototype === Buffer.prototype;
    return contents(
      isBuffer ? 'Buffer' : name,
      window(value, TYPED_ARRAY),
      isBuffer || isBuiltInPrototype(prototype, name),
    );
  }
  if (types.isDataView(value))
    return contents('DataView', window(value, DATA_VIEW), isBuiltInPrototype(prototype, 'DataView'));
  const shared = types.isSharedArrayBuffer(value);
  const getters = shared ? SHARED_BUFFER : BUFFER;
  const length = Number(Reflect.apply(getters.byteLength, value, []));
  const name = shared ? 'SharedArrayBuffer' : 'ArrayBuffer';
  const resizable = Reflect.apply(getters.resizable, value, []) === true;
  return contents(name, bytesWithin(value, 0, length), !resizable && isBuiltInPrototype(prototype, name));
}

/** The number of characters of the base64 of so many bytes. */
export function base64Length(byteLength: number): number {
  return Math.ceil(byteLength / 3) * 4;
}

interface ViewGetters {
  readonly buffer: Getter;
  readonly byteOffset: Getter;
  readonly byteLength: Getter;
}

type Getter = () => unknown;

function getterOf(prototype: object, name: string | symbol): Getter {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get ?? (() => undefined);
}

function viewGetters(prototype: object): ViewGetters {
  return {
    buffer: getterOf(prototype, 'buffer'),
    byteOffset: getterOf(prototype, 'byteOffset'),
    byteLength: getterOf(prototype, 'byteLength'),
  };
}

function window(view: object, getters: ViewGetters): Uint8Array {
  return bytesWithin(
    Reflect.apply(getters.buffer, view, []),
    Number(Reflect.apply(getters.byteOffset, view, [])),
    Number(Reflect.apply(getters.byteLength, view, [])),
  );
}

function bytesWithin(buffer: unknown, offset: number, length: number): Uint8Array {
  // A detached buffer has length 0 and refuses to be looked at.
  if (length === 0 || !types.isAnyArrayBuffer(buffer)) return new Uint8Array();
  return new Uint8Array(buffer, offset, length);
}

function contents(name: string, bytes: Uint8Array, exact: boolean): BytesContents | undefined {
  const type = BYTES_TYPES.find((known) => known === name);
  return type === undefined ? undefined : { type, bytes, exact };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0) && Number(value) >= 0;
}

const BIGINT_END = 10n ** BigInt(MAX_BIGINT_DIGITS);

const dateGetTime = Date.prototype.getTime;
const dateToIso = Date.prototype.toISOString;
const numberValueOf = Number.prototype.valueOf;
const stringValueOf = String.prototype.valueOf;
const booleanValueOf = Boolean.prototype.valueOf;
const bigIntValueOf = BigInt.prototype.valueOf;
const symbolValueOf = Symbol.prototype.valueOf;

const regExpSource = getterOf(RegExp.prototype, 'source');

/** In the order in which RegExp.prototype.flags lists them. */
const REGEXP_FLAGS = [
  { flag: 'd', getter: getterOf(RegExp.prototype, 'hasIndices') },
  { flag: 'g', getter: getterOf(RegExp.prototype, 'global') },
  { flag: 'i', getter: getterOf(RegExp.prototype, 'ignoreCase') },
  { flag: 'm', getter: getterOf(RegExp.prototype, 'multiline') },
  { flag: 's', getter: getterOf(RegExp.prototype, 'dotAll') },
  { flag: 'u', getter: getterOf(RegExp.prototype, 'unicode') },
  { flag: 'v', getter: getterOf(RegExp.prototype, 'unicodeSets') },
  { flag: 'y', getter: getterOf(RegExp.prototype, 'sticky') },
] as const;

const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);

const TYPED_ARRAY = {
  ...viewGetters(typedArrayPrototype),
  tag: getterOf(typedArrayPrototype, Symbol.toStringTag),
} as const;

const DATA_VIEW = viewGetters(DataView.prototype);

const BUFFER = {
  byteLength: getterOf(ArrayBuffer.prototype, 'byteLength'),
  resizable: getterOf(ArrayBuffer.prototype, 'resizable'),
} as const;

const SHARED_BUFFER = {
  byteLength: getterOf(SharedArrayBuffer.prototype, 'byteLength'),
  resizable: getterOf(SharedArrayBuffer.prototype, 'growable'),
} as const;
