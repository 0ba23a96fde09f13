/** Writing a leaf, against the definition: the schema of the field table, and canonical JSON without undefined members. */

import { canonicalJson } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findContradiction } from '../src/entry/consistency.js';
import { encodeEntry, MAX_LEAF_BYTES } from '../src/entry/encode.js';
import { exampleEntry } from '../src/entry/example.js';
import { formatPlain } from '../src/entry/format-leaf.js';
import { ENTRY_KINDS, type Entry, entrySchema, PAYLOAD_NAMES } from '../src/entry/kinds.js';

const SEED = 20_261_204;

/** What the definition says of a value: its leaf, or undefined. */
function defined(value: unknown): string | undefined {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success || findContradiction(parsed.data) !== undefined) return undefined;
  const known: readonly string[] = PAYLOAD_NAMES[parsed.data.kind];
  if (!Object.keys(parsed.data.payload).every((name) => known.includes(name))) return undefined;
  try {
    const leaf = canonicalJson(JSON.parse(JSON.stringify(parsed.data)));
    return Buffer.byteLength(leaf) <= MAX_LEAF_BYTES ? leaf : undefined;
  } catch {
    return undefined;
  }
}

/** What a caller who got around the types would be answered. */
function encoded(value: unknown): string | undefined {
  if (!isTaken(value)) return undefined;
  try {
    return encodeEntry(value);
  } catch {
    return undefined;
  }
}

function isTaken(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null;
}

const odd = fc.oneof(
  fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 1.5, -1, 2 ** 53, 10n, true, '', 'ok'),
  fc.constantFrom('é', '😀', '\ud800', '\u0000', '\u007f', '"', '\\', 'a'.repeat(300)),
  fc.constantFrom(new Date(0), new Map([['a', 1]]), [], [undefined], {}, Object.create(null), Symbol('a'), () => 1),
  fc.string({ maxLength: 8 }),
  fc.jsonValue(),
);

/** At one member, or at a member of a member: another member's value, something odd, or nothing. */
const change = fc.record({
  at: fc.nat(),
  within: fc.boolean(),
  put: fc.oneof(fc.record({ from: fc.nat() }), fc.record({ value: odd }), fc.constant({ drop: true })),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(value: unknown, { at, within, put }: Change): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value);
  const [name = 'zz', old] = members[at % Math.max(1, members.length)] ?? [];
  const isNested = within && typeof old === 'object' && old !== null;
  if (isNested) return { ...value, [name]: changed(old, { at: at >> 3, within: true, put }) };
  const kept = Object.fromEntries(members.filter(([other]) => other !== name));
  if ('drop' in put) return kept;
  return { ...kept, [name]: 'value' in put ? put.value : members[put.from % Math.max(1, members.length)]?.[1] };
}

describe('Writing a leaf', () => {
  it.each(ENTRY_KINDS)(`of %s answers what the definition does, whatever is changed (seed ${SEED})`, (kind) => {
    const example = exampleEntry(kind);
    expect(encodeEntry(example)).toBe(defined(example));
    let [refused, written] = [0, 0];
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (all) => {
        const value = all.reduce<unknown>(changed, example);
        const leaf = encoded(value);
        expect(leaf).toBe(defined(value));
        if (leaf === undefined) refused += 1;
        else written += 1;
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect([refused > 100, written > 5]).toEqual([true, true]);
  });

  it(`formats plain values as canonical JSON does, and leaves all others to it (seed ${SEED})`, () => {
    let formatted = 0;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = formatPlain(value);
        if (text === undefined) return;
        formatted += 1;
        expect(text).toBe(canonicalJson(JSON.parse(JSON.stringify(value))));
      }),
      { seed: SEED, numRuns: 1000 },
    );
    expect(formatted).toBeGreaterThan(200);
    for (const value of [null, Number.NaN, 0.5, 2 ** 53, new Date(0), new Map(), '\ud800', [undefined], { é: 1 }, 1n]) {
      expect(formatPlain(value)).toBeUndefined();
    }
  });
});
