/** Leaves: the bytes of each kind of entry, and what no reader may accept. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { canonicalJson, parseCanonicalJson } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeEntry, encodeEntry, MAX_LEAF_BYTES } from '../src/entry/encode.js';
import { exampleEntry } from '../src/entry/example.js';
import { ENTRY_KINDS, type Entry, PAYLOAD_NAMES } from '../src/entry/kinds.js';

const DIRECTORY = new URL('../../../test/vectors/entries/', import.meta.url);
const pinned = z.strictObject({ kind: z.string(), leaf: z.string(), leafHash: z.string() });
const broken = z.array(
  z.strictObject({
    name: z.string(),
    code: z.string(),
    clause: z.string(),
    leaf: z.string().optional(),
    base64: z.string().optional(),
  }),
);

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8'));
}

function decoded(leaf: string | Uint8Array): Entry {
  const result = decodeEntry(leaf);
  if (!result.ok) throw new Error(result.message);
  return result.entry;
}

describe('The vectors', () => {
  test('hold one leaf of every kind, and nothing else', () => {
    const files = readdirSync(DIRECTORY).sort();
    expect(files).toEqual([...ENTRY_KINDS.map((kind) => `${kind}.json`), 'broken.json'].sort());
  });

  test.each(ENTRY_KINDS)('pin the bytes of %s', (kind) => {
    const vector = pinned.parse(read(`${kind}.json`));
    expect(encodeEntry(exampleEntry(kind))).toBe(vector.leaf);
    expect(decoded(vector.leaf)).toEqual(exampleEntry(kind));
    expect(decoded(Buffer.from(vector.leaf))).toEqual(exampleEntry(kind));
    expect(createHash('sha256').update(Uint8Array.of(0)).update(vector.leaf).digest('base64')).toBe(vector.leafHash);
  });

  const vectors = broken.parse(read('broken.json'));
  test('hold at least 60 broken leaves, each under a name of its own', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(60);
  });

  test.each(vectors)('refuse $name: $code', ({ code, leaf, base64 }) => {
    const bytes = leaf === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(leaf);
    expect(decodeEntry(bytes)).toMatchObject({ ok: false, code });
    if (leaf !== undefined) expect(decodeEntry(leaf)).toMatchObject({ ok: false, code });
  });
});

describe('Every kind', () => {
  test.each(ENTRY_KINDS)('%s refuses an unknown member, a null, a fraction and a member of another type', (kind) => {
    const { leaf } = pinned.parse(read(`${kind}.json`));
    const members = z.record(z.string(), z.json()).parse(parseCanonicalJson(leaf));
    for (const changed of [
      { ...members, unknown: 1 },
      ...Object.keys(members).flatMap((name) => [
        { ...members, [name]: null },
        { ...members, [name]: 0.5 },
        { ...members, [name]: [[]] },
      ]),
    ]) {
      expect(decodeEntry(canonicalJson(changed))).toMatchObject({ ok: false });
    }
  });

  test.each(ENTRY_KINDS)('%s carries its payloads and no other', (kind) => {
    const entry = exampleEntry(kind);
    const members = z.record(z.string(), z.json()).parse(parseCanonicalJson(encodeEntry(entry)));
    const withPayload = (name: string): string => canonicalJson({ ...members, payload: { [name]: entry.prev } });
    expect(decodeEntry(withPayload('nonsense'))).toMatchObject({ ok: false, code: 'ENTRY_PAYLOAD_UNKNOWN' });
    const names = PAYLOAD_NAMES[kind].filter((name) => kind !== 'tool-call' || (name !== 'result' && name !== 'error'));
    for (const name of names) expect(decodeEntry(withPayload(name))).toMatchObject({ ok: true });
  });
});

describe('Writing an entry', () => {
  test('leaves undefined members out', () => {
    const { session, ...entry } = exampleEntry('tool-call');
    expect(session).toBeDefined();
    expect(encodeEntry({ ...entry, session: undefined })).toBe(encodeEntry(entry));
  });

  test('accepts an observed call with its result', () => {
    const { prev, ...entry } = exampleEntry('tool-call');
    const observed = {
      ...entry,
      prev,
      outcome: 'observed_only',
      success: true,
      durationUs: 5,
      payload: { result: prev },
    } as const;
    expect(decoded(encodeEntry(observed))).toEqual(observed);
  });

  test('names the members at fault and never their values', () => {
    const entry = { ...exampleEntry('tool-call'), tool: 'secret\nvalue', risk: 'critical', index: -77 } as const;
    const refusal = expect.objectContaining({
      code: 'ENTRY_INVALID',
      message: expect.stringMatching(/^(?=.*\btool\b)(?=.*\bindex\b)(?!.*secret)(?!.*77)/s),
    });
    expect(() => encodeEntry(entry)).toThrow(refusal);
  });

  test('refuses a leaf of more than 8 KiB', () => {
    const entry = exampleEntry('entries-purged');
    const kept = Array.from({ length: 500 }, (_, i) => 10 ** 15 + i);
    const large = { ...entry, kept, to: 2 ** 53 - 1 };
    expect(() => encodeEntry(large)).toThrow(expect.objectContaining({ code: 'ENTRY_TOO_LARGE' }));
    expect(Buffer.byteLength(encodeEntry({ ...large, kept: kept.slice(0, 400) }))).toBeLessThanOrEqual(MAX_LEAF_BYTES);
  });
});

describe('Reading a leaf', () => {
  const seed = 1121;
  test(`never throws, and accepts only what is written the same way (seed ${seed})`, () => {
    const leaf = Buffer.from(encodeEntry(exampleEntry('tool-call')));
    const damage = fc.record({ at: fc.nat(leaf.length - 1), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat(3) });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damage), (input) => {
        const bytes = input instanceof Uint8Array ? input : Buffer.from(leaf.subarray(0, leaf.length - input.cut));
        if (!(input instanceof Uint8Array)) bytes[Math.min(input.at, bytes.length - 1)] = input.byte;
        const result = decodeEntry(bytes);
        if (result.ok) expect(Buffer.from(encodeEntry(result.entry))).toEqual(Buffer.from(bytes));
      }),
      { seed, numRuns: 2000 },
    );
  });
});
