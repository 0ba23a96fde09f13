/** The reader that takes a leaf in one pass, against the definition: canonical JSON and the schema of the field table. */

import { canonicalJson } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../src/entry/encode.js';
import { exampleEntry } from '../src/entry/example.js';
import { ENTRY_KINDS, entrySchema, PAYLOAD_NAMES } from '../src/entry/kinds.js';
import { SCANNED_KINDS, scanLeaf } from '../src/entry/scan-leaf.js';

const SEED = 20_261_129;

/** What the definition says of a text: the value, or undefined. */
function defined(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (canonicalJson(JSON.parse(text)) !== text) return undefined;
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success) return undefined;
    const known: readonly string[] = PAYLOAD_NAMES[parsed.data.kind];
    return Object.keys(parsed.data.payload).every((name) => known.includes(name)) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Pieces that mean something to a reader of JSON or to the field table. */
const piece = fc.oneof(
  fc.constantFrom(
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\\',
    '\\n',
    '\\u0041',
    '-',
    '0',
    '00',
    '1.0',
    '1e3',
    'true',
    'null',
  ),
  fc.constantFrom(
    'é',
    '😀',
    '\u0000',
    '\u007f',
    '\u0085',
    '\t',
    '"kind":"',
    '","log":"',
    ',"zz":1',
    '"a":1,',
    '__proto__',
    '=',
  ),
  fc.string({ maxLength: 4 }),
);

const change = fc.record({ at: fc.nat(), drop: fc.nat(6), put: fc.oneof(fc.constant(''), piece) });

function changed(text: string, { at, drop, put }: { at: number; drop: number; put: string }): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + put + text.slice(place + drop);
}

/** The value of one member replaced by that of another, or by something else; in canonical form. */
const swap = fc.record({ from: fc.nat(), to: fc.nat(), value: fc.oneof(fc.constant(undefined), fc.jsonValue()) });

function swapped(text: string, { from, to, value }: { from: number; to: number; value: unknown }): string {
  const members: Record<string, unknown> = JSON.parse(text);
  const names = Object.keys(members);
  const name = names[to % names.length] ?? '';
  members[name] = value === undefined ? members[names[from % names.length] ?? ''] : value;
  return canonicalJson(JSON.parse(JSON.stringify(members)));
}

describe('Reading a leaf in one pass', () => {
  it('knows every kind of the table', () => {
    expect([...SCANNED_KINDS].sort()).toEqual([...ENTRY_KINDS].sort());
  });

  it.each(ENTRY_KINDS)('reads the example of %s as it was written', (kind) => {
    const leaf = encodeEntry(exampleEntry(kind));
    expect(scanLeaf(leaf)).toEqual(defined(leaf));
    expect(scanLeaf(leaf)).toEqual(exampleEntry(kind));
  });

  it.each(ENTRY_KINDS)(`takes of %s nothing that the definition refuses (seed ${SEED})`, (kind) => {
    const leaf = encodeEntry(exampleEntry(kind));
    let [refused, taken] = [0, 0];
    const check = (text: string): void => {
      const value = text.isWellFormed() ? scanLeaf(text) : undefined;
      if (value === undefined) refused += 1;
      else {
        taken += 1;
        expect(defined(text)).toEqual(value);
      }
    };
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (all) => check(all.reduce(changed, leaf))),
      {
        seed: SEED,
        numRuns: 1500,
      },
    );
    fc.assert(
      fc.property(swap, (one) => check(swapped(leaf, one))),
      { seed: SEED, numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(300);
    expect(taken).toBeGreaterThan(20);
  });

  it.each(ENTRY_KINDS)(
    'leaves a leaf of %s out that has a member too many, one too few, or two in the wrong order',
    (kind) => {
      const leaf = encodeEntry(exampleEntry(kind));
      const members = Object.entries(JSON.parse(leaf));
      const written = (parts: readonly (readonly [string, unknown])[]): string =>
        `{${parts.map(([name, value]) => `${JSON.stringify(name)}:${canonicalJson(JSON.parse(JSON.stringify(value)))}`).join(',')}}`;
      expect(written(members)).toBe(leaf);
      for (const [i, member] of members.entries()) {
        const without = written(members.toSpliced(i, 1));
        expect(scanLeaf(without)).toEqual(defined(without));
        expect(scanLeaf(written(members.toSpliced(i, 0, member)))).toBeUndefined();
        expect(scanLeaf(written([...members.toSpliced(i, 1), ['zz', 1]]))).toBeUndefined();
        const [next] = members.slice(i + 1);
        if (next !== undefined) expect(scanLeaf(written(members.toSpliced(i, 2, next, member)))).toBeUndefined();
      }
    },
  );

  it('reads each leaf as it stands, whatever stood in the one before', () => {
    const example = exampleEntry('tool-call');
    const tools = ['a', 'ab', 'a', 'abc', 'ab"', 'ab\\\\', 'ab', '', 'b', 'größe', 'größ', 'a b', 'a\n', 'ab'];
    for (const before of tools) {
      for (const tool of tools) {
        for (const name of [before, tool]) {
          const leaf = canonicalJson(
            JSON.parse(JSON.stringify({ ...example, tool: name, session: `${name}-${tool}` })),
          );
          const value = scanLeaf(leaf);
          if (value !== undefined || /^[a-z ]+$/.test(name + tool)) expect(value).toEqual(defined(leaf));
          // The same letters with another end: cut short within the name, and without its quote.
          const cut = leaf.replace(`"tool":"${name}"`, `"tool":"${name}`);
          expect(scanLeaf(cut)).toBeUndefined();
        }
      }
    }
  });

  it('leaves lists out that are longer than the table allows', () => {
    const example = exampleEntry('tool-call');
    const withSignals = (count: number): string =>
      canonicalJson(
        JSON.parse(
          JSON.stringify({
            ...example,
            classification: {
              ...example.classification,
              signals: Array.from({ length: count }, (_, i) => `s-${100 + i}`),
            },
          }),
        ),
      );
    expect(scanLeaf(withSignals(32))).toBeDefined();
    expect(scanLeaf(withSignals(33))).toBeUndefined();
  });
});
