/**
 * Says what an object is, by the engine's own brands and never by what the object says of itself. Pure; runs no user code.
 */

import { types } from 'node:util';
import { isArrayPrototype, isBuiltInPrototype, isObjectPrototype, ownData } from '../realm.js';

/** How an object is normalised. */
export type ObjectKind =
  | 'array'
  | 'bytes'
  | 'date'
  | 'map'
  | 'set'
  | 'regexp'
  | 'boxed'
  | 'error'
  | 'opaque'
  | 'object';

/** The kind of an object that is no Proxy. */
export function kindOf(value: object): ObjectKind {
  if (Array.isArray(value)) return 'array';
  if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) return 'bytes';
  if (types.isDate(value)) return 'date';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isRegExp(value)) return 'regexp';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  if (types.isNativeError(value) || isDomException(value)) return 'error';
  return opaqueName(value) === undefined ? 'object' : 'opaque';
}

/** What an object is that has no contents to show; undefined for every other object. */
export function opaqueName(value: object): string | undefined {
  if (types.isPromise(value)) return 'promise';
  if (types.isWeakMap(value)) return 'weakmap';
  if (types.isWeakSet(value)) return 'weakset';
  if (types.isGeneratorObject(value)) return 'generator';
  if (types.isMapIterator(value) || types.isSetIterator(value)) return 'iterator';
  if (types.isModuleNamespaceObject(value)) return 'module';
  if (types.isExternal(value)) return 'external';
  return undefined;
}

/** True when the object is of the built-in class itself: no subclass, and no other prototype set by hand. */
export function isOfBuiltInClass(value: object, kind: ObjectKind): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  switch (kind) {
    case 'object':
      return (prototype === null || isObjectPrototype(prototype)) && !types.isArgumentsObject(value);
    case 'array':
      return isArrayPrototype(prototype);
    case 'date':
      return prototype === Date.prototype || isBuiltInPrototype(prototype, 'Date');
    case 'map':
      return prototype === Map.prototype || isBuiltInPrototype(prototype, 'Map');
    case 'set':
      return prototype === Set.prototype || isBuiltInPrototype(prototype, 'Set');
    case 'regexp':
      return prototype === RegExp.prototype || isBuiltInPrototype(prototype, 'RegExp');
    case 'boxed':
      return isBuiltInPrototype(prototype, boxedClassOf(value));
    case 'bytes':
    case 'error':
    case 'opaque':
      return true;
    default:
      return kind satisfies never;
  }
}

/** The name of the class of an object, found without running user code: at most 256 well-formed characters, perhaps none. */
export function classNameOf(value: object): string {
  const name = findOnPrototypes(value, (prototype) => ownData(ownData(prototype, 'constructor'), 'name'));
  return wellFormed(name ?? '');
}

/** True for a DOMException, as AbortSignal and fetch throw it; its name and message are not data properties. */
export function isDomException(value: object): boolean {
  return Object.getPrototypeOf(value) === DOMException.prototype;
}

/** The message of a DOMException; undefined for an object that was only given its prototype. */
export function domMessageOf(exception: object): string | undefined {
  return readDomText(domMessage, exception);
}

/** The name of an error: its own or an inherited data property `name`, and else that of its class. */
export function errorNameOf(error: object): string {
  if (isDomException(error)) return wellFormed(readDomText(domName, error) ?? '');
  const own = ownData(error, 'name');
  const name = typeof own === 'string' ? own : findOnPrototypes(error, (prototype) => ownData(prototype, 'name'));
  return name === undefined ? classNameOf(error) : wellFormed(name);
}

const domMessage = Object.getOwnPropertyDescriptor(DOMException.prototype, 'message')?.get;
const domName = Object.getOwnPropertyDescriptor(DOMException.prototype, 'name')?.get;

function readDomText(getter: (() => unknown) | undefined, exception: object): string | undefined {
  try {
    const text: unknown = getter === undefined ? undefined : Reflect.apply(getter, exception, []);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

function boxedClassOf(value: object): string {
  if (types.isNumberObject(value)) return 'Number';
  if (types.isStringObject(value)) return 'String';
  if (types.isBooleanObject(value)) return 'Boolean';
  return types.isBigIntObject(value) ? 'BigInt' : 'Symbol';
}

const MAX_PROTOTYPES = 16;

const MAX_NAME_LENGTH = 256;

function findOnPrototypes(value: object, read: (prototype: object) => unknown): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(value);
  for (let i = 0; i < MAX_PROTOTYPES; i += 1) {
    if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return undefined;
    const found = read(prototype);
    if (typeof found === 'string') return found;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

function wellFormed(name: string): string {
  return Buffer.from(name.slice(0, MAX_NAME_LENGTH)).toString();
}
