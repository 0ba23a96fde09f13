/** Proofs over stored hashes: the same as those over all leaves at once, and made from few of them. */

import {
  type HashReader,
  hashLeaf,
  proveConsistency,
  proveInclusion,
  rangeRoot,
  verifyConsistency,
  verifyInclusion,
} from '@countersign/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../src/keys/private-key.js';
import type { StoredHash } from '../src/store.js';
import { TreeHashes } from '../src/tree-hashes.js';

const MAX = 1400;
const HASHES: readonly StoredHash[] = Array.from({ length: MAX }, (_, index) => ({
  index,
  leafHash: hashLeaf(sha256, Buffer.from(`leaf ${index}`)),
}));
const READER: HashReader = { leafHash: (index) => HASHES[index]?.leafHash ?? new Uint8Array() };
const SEED = 20_261_129;

/** A tree over a store that counts what is read from it. */
function treeOver(rows: readonly StoredHash[] = HASHES) {
  let read = 0;
  const store = {
    hashes: async ({ from, limit }: { from: number; limit: number }) => {
      const page = rows.filter(({ index }) => index >= from).slice(0, limit);
      read += page.length;
      return page;
    },
  };
  return { tree: new TreeHashes(store), read: () => read, store };
}

/** Around every boundary of a group, and of two and four of them. */
const SIZES = [
  1,
  2,
  3,
  7,
  8,
  255,
  256,
  257,
  258,
  511,
  512,
  513,
  767,
  768,
  769,
  1023,
  1024,
  1025,
  1279,
  1280,
  1281,
  MAX,
];

describe('the hashes of a tree', () => {
  it('come to the root of all leaves at every size around a boundary', async () => {
    for (const size of [0, ...SIZES]) {
      const { tree } = treeOver();
      expect(await tree.root(size), `size ${size}`).toEqual(
        rangeRoot({ hasher: sha256, reader: READER, start: 0, end: size }),
      );
    }
  });

  it('prove every leaf of these sizes as the reference does, growing and shrinking', async () => {
    const { tree } = treeOver();
    for (const size of [...SIZES, ...SIZES.toReversed()]) {
      const root = await tree.root(size);
      for (let index = 0; index < size; index += size < 20 ? 1 : 37) {
        const proof = await tree.inclusion(index, size);
        expect(proof).toEqual(proveInclusion({ hasher: sha256, reader: READER, index, size }));
        const leafHash = await tree.leafHash(index, size);
        expect(verifyInclusion({ hasher: sha256, index, size, leafHash, proof, root })).toEqual({ ok: true });
      }
    }
  });

  it(`prove growth between any two sizes as the reference does (seed ${SEED})`, async () => {
    const { tree } = treeOver();
    const sizes = fc.tuple(fc.integer({ min: 1, max: MAX }), fc.integer({ min: 1, max: MAX }));
    await fc.assert(
      fc.asyncProperty(sizes, async ([one, other]) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const proof = await tree.consistency(from, to);
        expect(proof).toEqual(proveConsistency({ hasher: sha256, reader: READER, from, to }));
        const [fromRoot, toRoot] = [await tree.root(from), await tree.root(to)];
        expect(verifyConsistency({ hasher: sha256, from, to, fromRoot, toRoot, proof })).toEqual({ ok: true });
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('are read once: a proof later on reads a few groups, and one at the same place nothing', async () => {
    const { tree, read } = treeOver();
    await tree.root(MAX);
    const cold = read();
    expect(cold).toBeLessThanOrEqual(MAX + 256);
    await tree.inclusion(700, MAX);
    expect(read() - cold).toBe(256);
    await tree.inclusion(701, MAX);
    await tree.root(MAX);
    expect(read() - cold).toBe(256);
  });

  it('are asked for by many at once', async () => {
    const { tree } = treeOver();
    const roots = await Promise.all(SIZES.map((size) => tree.root(size)));
    expect(roots).toEqual(SIZES.map((end) => rangeRoot({ hasher: sha256, reader: READER, start: 0, end })));
  });

  it('are refused when one is not there, stands elsewhere, or was changed after it was seen', async () => {
    const without = HASHES.filter(({ index }) => index !== 300);
    await expect(treeOver(without).tree.root(MAX)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    const short = HASHES.map((row) => (row.index === 300 ? { ...row, leafHash: row.leafHash.subarray(1) } : row));
    await expect(treeOver(short).tree.root(MAX)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(treeOver().tree.root(MAX + 1)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    const rows = [...HASHES];
    const { tree } = treeOver(rows);
    await tree.root(MAX);
    rows[300] = { index: 300, leafHash: new Uint8Array(32) };
    await expect(tree.inclusion(301, MAX)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    // Another log altogether: nothing that was kept of the first is used for it.
    tree.forget();
    expect(await tree.root(301)).toEqual(
      rangeRoot({
        hasher: sha256,
        reader: { leafHash: (index) => rows[index]?.leafHash ?? new Uint8Array() },
        start: 0,
        end: 301,
      }),
    );
  });
});
