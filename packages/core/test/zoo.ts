/** A zoo of JavaScript values for the property tests: every animal that an argument or a result may be. */

import fc from 'fast-check';
import { BEASTS } from './beasts.js';

/** The seed of every property in this package; each test's name shows it. */
export const SEED = 20261121;

/** Any string, halves of surrogate pairs included. */
export const anyString: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom('a', '$', 't', '$t', '\ud800', '\udc00', '\u0000', '"', '\\', '/', '~', 'é', '😀', '\u2028'),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);

/** Any member name, with those that are likely to go wrong. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  anyString,
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    'toString',
    '$t',
    '$$t',
    '$tk:d800',
    '$trest',
    '$tx',
    '0',
    '1',
    'length',
    'v',
    '',
  ),
);

/** Values without members that come back from JSON as they were. */
export const losslessLeaf: fc.Arbitrary<unknown> = fc.oneof(
  anyString,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom<unknown>(
    null,
    undefined,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** 53 + 2,
  ),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.float64Array({ maxLength: 4 }),
  fc.bigUint64Array({ maxLength: 4 }),
  fc.int16Array({ maxLength: 4 }),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => new Uint8Array(bytes).buffer),
  fc
    .constantFrom(['a', 'g'], [String.raw`\/\n`, 'u'], ['', ''], ['[😀]', 'v'])
    .map(([source = '', flags]) => new RegExp(source, flags)),
  fc.constantFrom<unknown>('text', 1, -0, true, 5n, '\ud800').map((primitive) => Object(primitive)),
);

/** Structures of lossless values, with shared references and cycles. */
export const losslessValue: fc.Arbitrary<unknown> = fc
  .letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      losslessLeaf,
      fc.array(tie('node'), { maxLength: 5 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), tie('node')), { maxLength: 3 }).map(sparse),
      fc.array(fc.tuple(anyName, tie('node')), { maxLength: 5 }).map(objectOf),
      fc.array(fc.tuple(tie('node'), tie('node')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      fc.array(tie('node'), { maxLength: 4 }).map((items) => new Set(items)),
    ),
  }))
  .node.chain((root) =>
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }).map((links) => {
      link(root, links);
      return root;
    }),
  );

/** Makers of any value at all: fast-check looks into the values that it holds, and the beasts do not bear that. */
export const anyMaker: fc.Arbitrary<() => unknown> = fc.letrec<{ node: () => unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    losslessValue.map((value) => () => value),
    fc.constantFrom(...BEASTS),
    fc.array(tie('node'), { maxLength: 4 }).map((makers) => () => makers.map((make) => make())),
    fc.array(fc.tuple(anyName, tie('node')), { maxLength: 4 }).map(objectMaker),
    fc.array(tie('node'), { maxLength: 4 }).map((makers) => () => new Set(makers.map((make) => make()))),
    fc.tuple(tie('node'), tie('node')).map(
      ([key, value]) =>
        () =>
          new Map([[key(), value()]]),
    ),
    tie('node').map((make) => () => new Error('outer', { cause: make() })),
    tie('node').map((make) => () => Object.assign(new Date(0), { inner: make() })),
    tie('node').map((make) => () => Object.assign([1, 2], { inner: make() })),
    tie('node').map((make) => () => ({ [Symbol('name')]: make() })),
    tie('node').map((make) => () => Object.create({ inherited: make() })),
  ),
})).node;

function objectMaker(entries: readonly (readonly [string, () => unknown])[]): () => unknown {
  return () => objectOf(entries.map(([name, make]) => [name, make()]));
}

function sparse(entries: readonly (readonly [number, unknown])[]): unknown[] {
  const list: unknown[] = [];
  for (const [index, value] of entries) list[index] = value;
  return list;
}

/** A plain object; a name given twice keeps its last value, and `__proto__` is a name like any other. */
export function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

/** Ties some containers of a structure to others, so that there are shared references and cycles. */
function link(root: unknown, links: readonly (readonly [number, number])[]): void {
  const containers: object[] = [];
  const open = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null || containers.includes(value)) continue;
    if (Array.isArray(value)) open.push(...value);
    else if (value instanceof Map) open.push(...value.keys(), ...value.values());
    else if (value instanceof Set) open.push(...value);
    else if (Object.getPrototypeOf(value) !== Object.prototype) continue;
    else open.push(...Object.values(value));
    containers.push(value);
  }
  for (const [from, to] of links) {
    const source = containers[from % containers.length];
    const target = containers[to % containers.length];
    if (Array.isArray(source)) source.push(target);
    else if (source instanceof Map) source.set(target, target);
    else if (source instanceof Set) source.add(target);
    else if (source !== undefined) Object.assign(source, { link: target });
  }
}
