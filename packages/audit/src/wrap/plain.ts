/**
 * What a plain object is, and what kind of function one has. Pure.
 */

/** A function of any shape, as the wrapper calls it. */
export type LooseFunction = (this: unknown, ...args: unknown[]) => unknown;

/** True for a function or class. */
export function isFunction(value: unknown): value is LooseFunction {
  return typeof value === 'function';
}

/** True for an object without a class: its prototype is none, or the root of a realm. */
export function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return typeof prototype !== 'object' || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** True for `async function*`, bound ones included. */
export function isAsyncGeneratorFunction(fn: LooseFunction): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncGeneratorFunction]';
}

/** True for a class or a `function*`, as far as can be told: neither can be called and answer when its work is done. */
export function isUncallable(fn: LooseFunction): boolean {
  const isClass = /^class\b/.test(Function.prototype.toString.call(fn));
  return isClass || Object.prototype.toString.call(fn) === '[object GeneratorFunction]';
}
