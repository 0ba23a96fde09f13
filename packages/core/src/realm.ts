/**
 * Recognises the built-in prototypes of this realm and of others (vm contexts, test runners) without running user code. Pure.
 */

import { types } from 'node:util';

/** True for the `Object.prototype` of any realm. */
export function isObjectPrototype(prototype: unknown): boolean {
  return prototype === Object.prototype || isBuiltInPrototype(prototype, 'Object');
}

/** True for the `Array.prototype` of any realm. */
export function isArrayPrototype(prototype: unknown): boolean {
  return prototype === Array.prototype || isBuiltInPrototype(prototype, 'Array');
}

/**
 * True when `prototype` is the prototype object of the built-in constructor `name` of some realm. A built-in constructor
 * cannot be imitated: its source text is native under its own name, and its `prototype` property is fixed.
 */
export function isBuiltInPrototype(prototype: unknown, name: string): boolean {
  const maker = ownData(prototype, 'constructor');
  return (
    typeof maker === 'function' &&
    ownData(maker, 'prototype') === prototype &&
    sourceOf(maker) === `function ${name}() { [native code] }`
  );
}

/** The value of an own data property, read without running a getter or a Proxy's traps; undefined where there is none. */
export function ownData(target: unknown, name: string): unknown {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null || types.isProxy(target))
    return undefined;
  const property = Object.getOwnPropertyDescriptor(target, name);
  return property !== undefined && Object.hasOwn(property, 'value') ? property.value : undefined;
}

const functionToString = Function.prototype.toString;

function sourceOf(target: object): unknown {
  return types.isProxy(target) ? undefined : Reflect.apply(functionToString, target, []);
}
