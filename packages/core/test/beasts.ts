/** Hostile, lossy and rare values, and the alarm that goes off when one of them gets its code run. */

import vm from 'node:vm';

/** How often code of a beast has run; a normaliser could catch what `bark` throws, and cannot take back the count. */
export const alarm = { runs: 0 };

/** Called by every trap, getter and method of a beast. */
export function bark(): never {
  alarm.runs += 1;
  throw new Error('user code ran');
}

/** Makers of values that are hostile, lossy or rare. */
export const BEASTS: readonly (() => unknown)[] = [
  () => ({
    get trap() {
      return bark();
    },
  }),
  () => ({
    set trap(_value: unknown) {
      bark();
    },
  }),
  () => ({ toJSON: bark, valueOf: bark, toString: bark, [Symbol.toPrimitive]: bark }),
  () => barkingProxy({}),
  () => barkingProxy([]),
  () => barkingProxy(() => undefined),
  () => barkingProxy(new Map()),
  () => revoked(),
  () => Object.create(barkingProxy({})),
  () => Object.defineProperty([1, 2, 3], 1, { get: bark, enumerable: true }),
  () => Object.defineProperty({}, Symbol.toStringTag, { get: bark, enumerable: true }),
  () => Object.defineProperty(new Error('x'), 'message', { get: bark }),
  () => Object.defineProperty(new Map(), 'size', { get: bark }),
  () =>
    new (class extends Map {
      override get size() {
        return bark();
      }
      override entries() {
        return bark();
      }
      override [Symbol.iterator]() {
        return bark();
      }
    })(),
  () =>
    new (class extends Set {
      override values() {
        return bark();
      }
      override [Symbol.iterator]() {
        return bark();
      }
    })(),
  () =>
    new (class extends Date {
      override getTime() {
        return bark();
      }
      override toISOString() {
        return bark();
      }
    })(0),
  () =>
    new (class extends RegExp {
      override get flags() {
        return bark();
      }
      override get source() {
        return bark();
      }
    })('a'),
  () =>
    new (class extends Uint8Array {
      override get byteLength() {
        return bark();
      }
      override get buffer() {
        return bark();
      }
    })(3),
  () =>
    new (class extends Array {
      get [Symbol.toStringTag]() {
        return bark();
      }
    })(),
  () =>
    new (class {
      static get name() {
        return bark();
      }
      value = 1;
    })(),
  () => new Proxy(class Target {}, { get: bark, construct: bark }),
  () => Symbol('s'),
  () => Symbol.iterator,
  () => Object(Symbol('boxed')),
  () => bark,
  () => class Named {},
  () => Promise.resolve(1),
  () => new WeakMap(),
  () => new WeakSet(),
  () => new WeakRef({}),
  () =>
    (function* generator() {
      yield bark();
    })(),
  () => new Map().entries(),
  () => new URL('http://localhost/'),
  () => new AbortController().signal,
  () => new DOMException('stopped', 'AbortError'),
  () => new AggregateError([new TypeError('a'), 1], 'many'),
  () => new SharedArrayBuffer(4),
  () => new DataView(new ArrayBuffer(4), 1, 2),
  () => detached(),
  () => Object.create(null),
  () => Object.freeze({ frozen: Object.freeze([1]) }),
  () => vm.runInNewContext('({ a: [1, new Map([[1, new Date(0)]]), /x/g, new Error("e"), new Uint8Array(2)] })'),
  () => vm.runInNewContext('this'),
  () => vm.runInNewContext('this', new Proxy({}, {})),
  () => vm.runInThisContext('(function () { return arguments; })(1, 2)'),
  () => new Array(1_000_000),
  () => {
    const list: number[] = [];
    list[4_294_967_294] = 1;
    return list;
  },
  () => 10n ** 20_000n,
  () => Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype),
  () => Object.setPrototypeOf({}, Map.prototype),
  () => Object.setPrototypeOf({}, DOMException.prototype),
  () => Object.setPrototypeOf([], null),
  () => globalThis,
  () => Reflect,
  () => Math,
  () => process.versions,
  () => Buffer.prototype,
  () => Date.prototype,
];

function barkingProxy(target: object): object {
  const traps = Object.getOwnPropertyNames(Reflect).map((name) => [name, bark]);
  return new Proxy(target, Object.fromEntries(traps));
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function detached(): unknown {
  const view = new Uint8Array(4);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return { view, buffer: view.buffer };
}
