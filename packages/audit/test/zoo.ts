/**
 * Values for the property tests of the gate: what tools are called with and what they answer.
 */

import fc from 'fast-check';

/** The seed of every property of the gate; each test's name shows it. */
export const SEED = 20261121;

class Animal {
  readonly legs = 4;
  #name = 'x';
  get name() {
    return this.#name;
  }
}

/** Makers of values that cannot be carried exactly. */
const BEASTS: readonly (() => unknown)[] = [
  () => () => 1,
  () => class {},
  () => Symbol('s'),
  () => new Animal(),
  () => new Proxy({}, {}),
  () => new Proxy(() => 1, {}),
  () => Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }),
  () => new WeakMap(),
  () => new Error('beast'),
  () => (function* () {})(),
  () => Object.create({ inherited: 1 }),
  () => Object.assign([1], { extra: 1 }),
  () => 10n ** 20_000n,
  () => new URL('https://example.test/?q=1'),
  () => new AbortController().signal,
];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a\ud800', '\udc00', '[redacted:password:00000000]', '__proto__', '/work/a'),
  fc.double(),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom<unknown>(null, undefined, -0, Number.NaN, Number.POSITIVE_INFINITY),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
);

const name = fc.oneof(
  fc.string(),
  fc.constantFrom('path', 'command', 'password', 'token', '$t', '$$t', '__proto__', 'toString', 'constructor', 'v'),
);

/** Makers of values that come back from JSON as they were, with shared references. */
export const losslessMaker: fc.Arbitrary<() => unknown> = fc.letrec<{ node: () => unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf.map((value) => () => value),
    fc.array(tie('node'), { maxLength: 4 }).map((makers) => () => makers.map((make) => make())),
    fc
      .array(fc.tuple(name, tie('node')), { maxLength: 4 })
      .map((entries) => () => Object.fromEntries(entries.map(([key, make]) => [key, make()]))),
    fc.array(tie('node'), { maxLength: 3 }).map((makers) => () => new Set(makers.map((make) => make()))),
    fc.tuple(tie('node'), tie('node')).map(
      ([key, value]) =>
        () =>
          new Map([[key(), value()]]),
    ),
    tie('node').map((make) => () => {
      const shared = make();
      return { left: shared, right: [shared] };
    }),
  ),
})).node;

/** Makers of any value at all. */
export const anyMaker: fc.Arbitrary<() => unknown> = fc.oneof(
  losslessMaker,
  fc.constantFrom(...BEASTS),
  fc.tuple(losslessMaker, fc.constantFrom(...BEASTS)).map(([make, beast]) => () => ({ value: make(), beast: beast() })),
);
