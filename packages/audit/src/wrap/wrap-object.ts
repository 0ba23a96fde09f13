/**
 * A wrapped tool object: the same object to everybody, but for its tool method.
 */

/** A value that stands for `target`, with `method` replaced. The target itself is not changed. */
export function wrapObject<T extends object>(
  target: T,
  method: string,
  replacement: (self: () => unknown) => unknown,
): T {
  const prototype: unknown = Object.getPrototypeOf(target);
  const plain = prototype === null || prototype === Object.prototype;
  return plain ? copyPlain(target, method, replacement) : proxyInstance(target, method, replacement);
}

/** A plain object is copied property by property, accessors included, so that it spreads and compares as before. */
function copyPlain<T extends object>(target: T, method: string, replacement: (self: () => unknown) => unknown): T {
  const descriptors = Object.getOwnPropertyDescriptors(target);
  const own = Object.getOwnPropertyDescriptor(target, method);
  const { enumerable = true, configurable = true } = own ?? {};
  const copy: T = Object.create(Object.getPrototypeOf(target), {
    ...descriptors,
    [method]: { value: replacement(() => copy), enumerable, configurable, writable: own?.writable ?? true },
  });
  return Object.isFrozen(target) ? Object.freeze(copy) : copy;
}

/**
 * An instance of a class may have private fields, which only the very object carries: a Proxy stands before it, and every
 * method runs with the object itself as `this`. The Proxy's own target is an empty object, because a frozen target would
 * forbid the replacement.
 */
function proxyInstance<T extends object>(target: T, method: string, replacement: (self: () => unknown) => unknown): T {
  const bound = new WeakMap<object, unknown>();
  const shadow: T = Object.create(Object.getPrototypeOf(target));
  const audited = replacement(() => proxy);
  const proxy = new Proxy(shadow, {
    get: (_shadow, key) =>
      key === method ? audited : bindTo(target, Reflect.get(target, key, target), { key, bound }),
    set: (_shadow, key, value) => key !== method && Reflect.set(target, key, value, target),
    has: (_shadow, key) => Reflect.has(target, key),
    ownKeys: () => Reflect.ownKeys(target),
    deleteProperty: (_shadow, key) => key !== method && Reflect.deleteProperty(target, key),
    defineProperty: (_shadow, key, descriptor) => key !== method && Reflect.defineProperty(target, key, descriptor),
    getPrototypeOf: () => Reflect.getPrototypeOf(target),
    getOwnPropertyDescriptor: (_shadow, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
      if (descriptor === undefined) return undefined;
      const value = key === method ? { value: audited, writable: false } : {};
      // What the shadow does not have can only be reported as configurable.
      return key === method
        ? { ...value, enumerable: descriptor.enumerable ?? false, configurable: true }
        : { ...descriptor, configurable: true };
    },
  });
  return proxy;
}

function bindTo(
  target: object,
  value: unknown,
  { key, bound }: { key: PropertyKey; bound: WeakMap<object, unknown> },
): unknown {
  if (typeof value !== 'function' || key === 'constructor') return value;
  const known = bound.get(value);
  if (known !== undefined) return known;
  const made: unknown = value.bind(target);
  bound.set(value, made);
  return made;
}
