/**
 * A wrapped tool object: the same object to everybody, but for its tool methods. The target itself is not changed.
 */

import { isFunction, isPlain, type LooseFunction } from './plain.js';

/** Makes what stands in the place of a tool method; `self` answers the object that stands for the target. */
export type Replace = (method: string, self: () => unknown) => LooseFunction;

/** An object that stands for `target`, with `methods` replaced. Its state stays in the target. */
export function wrapObject<T extends object>(target: T, methods: readonly string[], replace: Replace): T {
  return isPlain(target) ? copyPlain(target, methods, replace) : proxyInstance(target, methods, replace);
}

/** A plain object is copied property by property, accessors included, so that it spreads and compares as before. */
function copyPlain<T extends object>(target: T, methods: readonly string[], replace: Replace): T {
  const copy: T = Object.create(Object.getPrototypeOf(target));
  for (const key of Reflect.ownKeys(target)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
    if (descriptor === undefined) continue;
    const method = methods.find((name) => name === key);
    const replaced = method === undefined ? undefined : replace(method, () => copy);
    Object.defineProperty(
      copy,
      key,
      replaced === undefined ? forwarded(target, key, descriptor) : withValue(descriptor, replaced),
    );
  }
  return Object.isExtensible(target) ? copy : Object.preventExtensions(copy);
}

function withValue({ enumerable = false, configurable = false, writable = true }: PropertyDescriptor, value: unknown) {
  return { value, enumerable, configurable, writable };
}

/** A property that can change is read from and written to the target, where the tool's own methods see it. */
function forwarded(target: object, key: PropertyKey, descriptor: PropertyDescriptor): PropertyDescriptor {
  if (descriptor.writable !== true || descriptor.configurable !== true) return descriptor;
  return {
    get: () => Reflect.get(target, key),
    set: (value) => void Reflect.set(target, key, value),
    enumerable: descriptor.enumerable ?? false,
    configurable: true,
  };
}

/**
 * An instance of a class may have private fields, which only the very object carries: a Proxy stands before it, and every
 * method runs with the object itself as `this`. The Proxy's own target is an empty object, because a frozen target would
 * forbid the replacement.
 */
function proxyInstance<T extends object>(target: T, methods: readonly string[], replace: Replace): T {
  const shadow: T = Object.create(Object.getPrototypeOf(target));
  const audited = new Map<PropertyKey, LooseFunction>(
    methods.map((method): [string, LooseFunction] => [method, replace(method, () => proxy)]),
  );
  const bound = new WeakMap<LooseFunction, unknown>();
  const own = (key: PropertyKey): boolean => !audited.has(key);
  const proxy = new Proxy(shadow, {
    get: (_shadow, key) => audited.get(key) ?? withTarget(Reflect.get(target, key, target), { key, target, bound }),
    set: (_shadow, key, value) => own(key) && Reflect.set(target, key, value, target),
    has: (_shadow, key) => Reflect.has(target, key),
    ownKeys: () => Reflect.ownKeys(target),
    deleteProperty: (_shadow, key) => own(key) && Reflect.deleteProperty(target, key),
    defineProperty: (_shadow, key, descriptor) => own(key) && Reflect.defineProperty(target, key, descriptor),
    getPrototypeOf: () => Reflect.getPrototypeOf(target),
    setPrototypeOf: (_shadow, prototype) => Reflect.setPrototypeOf(target, prototype),
    // The empty object must stay open to report what it does not have; freezing the stand-in therefore fails.
    preventExtensions: () => false,
    getOwnPropertyDescriptor: (_shadow, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
      if (descriptor === undefined) return undefined;
      const value = audited.get(key);
      // What the empty object does not have can only be reported as configurable.
      if (value === undefined) return { ...descriptor, configurable: true };
      return { value, writable: false, enumerable: descriptor.enumerable ?? false, configurable: true };
    },
  });
  return proxy;
}

interface Member {
  readonly key: PropertyKey;
  readonly target: object;
  readonly bound: WeakMap<LooseFunction, unknown>;
}

/** A method that runs on the target when it is called on what stands for it; in all else it is the function itself. */
function withTarget(value: unknown, { key, target, bound }: Member): unknown {
  if (!isFunction(value) || key === 'constructor') return value;
  const known = bound.get(value);
  if (known !== undefined) return known;
  const made = new Proxy(value, { apply: (fn, _self, args) => Reflect.apply(fn, target, args) });
  bound.set(value, made);
  return made;
}
