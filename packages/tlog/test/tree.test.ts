import {
  appendToEdge,
  createEdge,
  decodeEdge,
  EMPTY_EDGE,
  edgeRoot,
  emptyRoot,
  encodeEdge,
  type HashReader,
  hashLeaf,
  hashNode,
  proveConsistency,
  proveInclusion,
  type RightEdge,
  rangeRoot,
  verifyConsistency,
  verifyInclusion,
} from '@countersign/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, bytesOf, createLeafHashes, expectCode, flipBit, readerOf, sha256, toHex } from './helpers.js';

const MAX_SIZE = 130;
const LEAVES = createLeafHashes(MAX_SIZE + 1);
const READER = readerOf(LEAVES);
const SIZES = Array.from({ length: MAX_SIZE }, (_, index) => index + 1);
/** All small sizes, and the large ones whose trees have extreme shapes: each proof of these is tried with many changes. */
const SHAPES = SIZES.filter((size) => size <= 34 || [63, 64, 65, 85, 127, 128, 129, 130].includes(size));

describe('the slow reference', () => {
  it('gives the root of three leaves that is worked out by hand', () => {
    const [a, b, c] = [at(LEAVES, 0), at(LEAVES, 1), at(LEAVES, 2)];
    expect(toHex(referenceRoot(0, 3))).toBe(toHex(hashNode(sha256, hashNode(sha256, a, b), c)));
  });

  it('gives the paths of the example tree of seven leaves in RFC 9162 2.1.5', () => {
    const [, b, c, d, , , j] = LEAVES;
    const g = referenceRoot(0, 2);
    const h = referenceRoot(2, 4);
    const i = referenceRoot(4, 6);
    const k = referenceRoot(0, 4);
    const l = referenceRoot(4, 7);
    expect(referencePath(0, 0, 7)).toEqual([b, h, l]);
    expect(referencePath(3, 0, 7)).toEqual([c, g, l]);
    expect(referencePath(4, 0, 7)).toEqual([at(LEAVES, 5), j, k]);
    expect(referencePath(6, 0, 7)).toEqual([i, k]);
    expect(referenceProof(3, 7)).toEqual([c, d, g, l]);
    expect(referenceProof(4, 7)).toEqual([l]);
    expect(referenceProof(6, 7)).toEqual([i, j, k]);
  });
});

describe('hashes', () => {
  it('are SHA-256 with the prefixes of RFC 6962', () => {
    expect(toHex(emptyRoot(sha256))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(toHex(hashLeaf(sha256, new Uint8Array(0)))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(toHex(hashNode(sha256, hashLeaf(sha256, bytesOf('')), hashLeaf(sha256, bytesOf(''))))).toBe(
      toHex(sha256(new Uint8Array([1, ...hashLeaf(sha256, bytesOf('')), ...hashLeaf(sha256, bytesOf(''))]))),
    );
  });

  it('of a leaf that looks like an inner node differ from the hash of that node', () => {
    const [left, right] = [at(LEAVES, 0), at(LEAVES, 1)];
    expect(hashLeaf(sha256, new Uint8Array([...left, ...right]))).not.toEqual(hashNode(sha256, left, right));
  });

  it('of a node refuse a side that is not 32 bytes', () => {
    expectCode(() => hashNode(sha256, at(LEAVES, 0), new Uint8Array(31)), 'HASH_INVALID');
    expectCode(() => hashNode(sha256, new Uint8Array(64), at(LEAVES, 0)), 'HASH_INVALID');
  });
});

describe('the right edge', () => {
  it('has the root of the reference at every size to 130', () => {
    expect(edgeRoot(sha256, EMPTY_EDGE)).toEqual(emptyRoot(sha256));
    const edges = growEdges(MAX_SIZE);
    for (const size of SIZES) {
      expect(edgeRoot(sha256, at(edges, size))).toEqual(referenceRoot(0, size));
    }
  });

  it('does not change when a leaf is appended to it', () => {
    const edge = at(growEdges(7), 7);
    const before = encodeEdge(edge);
    appendToEdge(sha256, edge, at(LEAVES, 7));
    expect(encodeEdge(edge)).toEqual(before);
    expect(EMPTY_EDGE).toEqual({ size: 0, hashes: [] });
  });

  it('keeps hashes of its own, so that the buffer of a leaf hash may be used again', () => {
    const buffer = new Uint8Array(at(LEAVES, 0));
    const edge = appendToEdge(sha256, EMPTY_EDGE, buffer);
    buffer.fill(0);
    expect(edge.hashes).toEqual([at(LEAVES, 0)]);
  });

  it('survives its encoding at every size to 130', () => {
    for (const edge of growEdges(MAX_SIZE)) expect(decodeEdge(encodeEdge(edge))).toEqual(edge);
  });

  it('refuses sizes that are not sizes, a wrong number of hashes and hashes of a wrong length', () => {
    const hash = at(LEAVES, 0);
    for (const size of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expectCode(() => createEdge(size, [hash]), 'EDGE_INVALID');
    }
    expectCode(() => createEdge(0, [hash]), 'EDGE_INVALID');
    expectCode(() => createEdge(3, [hash]), 'EDGE_INVALID');
    expectCode(() => createEdge(2, [hash, hash]), 'EDGE_INVALID');
    expectCode(() => createEdge(1, [hash.subarray(1)]), 'EDGE_INVALID');
  });

  it('is never encoded from parts that do not fit together', () => {
    expectCode(() => encodeEdge({ size: 3, hashes: [at(LEAVES, 0)] }), 'EDGE_INVALID');
    expectCode(() => encodeEdge({ size: 1, hashes: [new Uint8Array(33)] }), 'EDGE_INVALID');
    expectCode(() => appendToEdge(sha256, { size: 1, hashes: [] }, at(LEAVES, 0)), 'EDGE_INVALID');
  });

  it('copies the hashes that it is made from', () => {
    const hash = new Uint8Array(32);
    const edge = createEdge(1, [hash]);
    hash.fill(7);
    expect(edge.hashes).toEqual([new Uint8Array(32)]);
  });

  it('refuses every shortened or lengthened encoding', () => {
    const bytes = encodeEdge(at(growEdges(7), 7));
    for (let length = 0; length < bytes.length; length += 1) {
      expectCode(() => decodeEdge(bytes.subarray(0, length)), 'EDGE_INVALID');
    }
    expectCode(() => decodeEdge(new Uint8Array([...bytes, 0])), 'EDGE_INVALID');
  });

  it('refuses an encoded size above 2^53 - 1', () => {
    const bytes = new Uint8Array(8 + 32);
    bytes[1] = 0x20;
    expectCode(() => decodeEdge(bytes), 'EDGE_INVALID');
  });

  it('reads an encoding that starts in the middle of a buffer', () => {
    const edge = at(growEdges(5), 5);
    const padded = new Uint8Array([9, 9, 9, ...encodeEdge(edge)]);
    expect(decodeEdge(padded.subarray(3))).toEqual(edge);
  });

  it('takes leaf hashes only', () => {
    expectCode(() => appendToEdge(sha256, EMPTY_EDGE, bytesOf('a leaf')), 'HASH_INVALID');
  });
});

describe('proofs', () => {
  it('of inclusion are those of the reference for every leaf and every size to 130, and hold', () => {
    for (const size of SIZES) {
      const root = referenceRoot(0, size);
      for (let index = 0; index < size; index += 1) {
        const proof = proveInclusion({ hasher: sha256, reader: READER, index, size });
        expectSame(proof, referencePath(index, 0, size));
        const claim = { hasher: sha256, index, size, leafHash: at(LEAVES, index), proof, root };
        if (!verifyInclusion(claim).ok) expect.fail(`index ${index}, size ${size}`);
      }
    }
  });

  it('of consistency are those of the reference for every pair of sizes to 130, and hold', () => {
    for (const to of SIZES) {
      for (let from = 1; from <= to; from += 1) {
        const proof = proveConsistency({ hasher: sha256, reader: READER, from, to });
        expectSame(proof, referenceProof(from, to));
        const [fromRoot, toRoot] = [referenceRoot(0, from), referenceRoot(0, to)];
        const result = verifyConsistency({ hasher: sha256, from, to, fromRoot, toRoot, proof });
        if (!result.ok) expect.fail(`from ${from} to ${to}`);
      }
    }
  });

  it('of inclusion fail after any one change to a hash, their number, their order, the leaf or the root', () => {
    for (const size of SHAPES) {
      const root = referenceRoot(0, size);
      for (let index = 0; index < size; index += 1) {
        const leafHash = at(LEAVES, index);
        const proof = referencePath(index, 0, size);
        const good = { hasher: sha256, index, size, leafHash, proof, root };
        const bad = [
          ...mutationsOf(proof).map((changed) => ({ ...good, proof: changed })),
          { ...good, leafHash: flipBit(leafHash, index) },
          { ...good, root: flipBit(root, size) },
        ];
        for (const claim of bad) {
          if (verifyInclusion(claim).ok) expect.fail(`index ${index}, size ${size}, ${bad.indexOf(claim)}`);
        }
      }
    }
  });

  it('of inclusion fail for every other index, and for every other size with its own root', () => {
    for (const size of SIZES.filter((value) => value <= 34)) {
      for (let index = 0; index < size; index += 1) {
        const proof = referencePath(index, 0, size);
        const good = { hasher: sha256, index, size, leafHash: at(LEAVES, index), proof, root: referenceRoot(0, size) };
        for (let other = 0; other <= 36; other += 1) {
          if (other !== index && verifyInclusion({ ...good, index: other }).ok)
            expect.fail(`index ${index} as ${other}`);
          if (other === size) continue;
          const claim = { ...good, size: other, root: referenceRoot(0, other) };
          if (verifyInclusion(claim).ok) expect.fail(`size ${size} as ${other}`);
        }
      }
    }
  });

  it('of consistency fail after any one change to a hash, their number, their order or a root', () => {
    for (const to of SHAPES) {
      for (let from = 1; from <= to; from += 1) {
        const [fromRoot, toRoot] = [referenceRoot(0, from), referenceRoot(0, to)];
        const proof = referenceProof(from, to);
        const good = { hasher: sha256, from, to, fromRoot, toRoot, proof };
        const bad = [
          ...mutationsOf(proof).map((changed) => ({ ...good, proof: changed })),
          { ...good, fromRoot: flipBit(fromRoot, from) },
          { ...good, toRoot: flipBit(toRoot, to) },
        ];
        for (const claim of bad) {
          if (verifyConsistency(claim).ok) expect.fail(`from ${from} to ${to}, ${bad.indexOf(claim)}`);
        }
      }
    }
  });

  it('of consistency fail for every other pair of sizes with their own roots', () => {
    for (let to = 1; to <= 18; to += 1) {
      for (let from = 1; from <= to; from += 1) {
        const proof = referenceProof(from, to);
        for (let otherTo = 0; otherTo <= 20; otherTo += 1) {
          for (let otherFrom = 0; otherFrom <= 20; otherFrom += 1) {
            if ((otherFrom === from && otherTo === to) || (otherFrom === otherTo && proof.length === 0)) continue;
            const [fromRoot, toRoot] = [referenceRoot(0, otherFrom), referenceRoot(0, otherTo)];
            const claim = { hasher: sha256, from: otherFrom, to: otherTo, fromRoot, toRoot, proof };
            if (verifyConsistency(claim).ok) expect.fail(`${from}-${to} as ${otherFrom}-${otherTo}`);
          }
        }
      }
    }
  });

  it('say what is wrong with them', () => {
    const [proof, root] = [referencePath(2, 0, 5), referenceRoot(0, 5)];
    const good = { hasher: sha256, index: 2, size: 5, leafHash: at(LEAVES, 2), proof, root };
    expect(verifyInclusion(good)).toEqual({ ok: true });
    expect(verifyInclusion({ ...good, size: -1 })).toEqual({ ok: false, code: 'SIZE_INVALID' });
    expect(verifyInclusion({ ...good, size: 2 ** 53 })).toEqual({ ok: false, code: 'SIZE_INVALID' });
    expect(verifyInclusion({ ...good, size: 0, index: 0 })).toEqual({ ok: false, code: 'INDEX_OUT_OF_RANGE' });
    expect(verifyInclusion({ ...good, index: 5 })).toEqual({ ok: false, code: 'INDEX_OUT_OF_RANGE' });
    expect(verifyInclusion({ ...good, index: 0.5 })).toEqual({ ok: false, code: 'INDEX_OUT_OF_RANGE' });
    expect(verifyInclusion({ ...good, root: root.subarray(1) })).toEqual({ ok: false, code: 'HASH_INVALID' });
    expect(verifyInclusion({ ...good, proof: [] })).toEqual({ ok: false, code: 'PROOF_LENGTH_INVALID' });
    expect(verifyInclusion({ ...good, leafHash: root })).toEqual({ ok: false, code: 'ROOT_MISMATCH' });
  });

  it('of consistency say what is wrong with them', () => {
    const [fromRoot, toRoot, proof] = [referenceRoot(0, 3), referenceRoot(0, 5), referenceProof(3, 5)];
    const good = { hasher: sha256, from: 3, to: 5, fromRoot, toRoot, proof };
    expect(verifyConsistency(good)).toEqual({ ok: true });
    expect(verifyConsistency({ ...good, from: 0 })).toEqual({ ok: false, code: 'SIZE_INVALID' });
    expect(verifyConsistency({ ...good, from: 6 })).toEqual({ ok: false, code: 'SIZE_INVALID' });
    expect(verifyConsistency({ ...good, to: Number.NaN })).toEqual({ ok: false, code: 'SIZE_INVALID' });
    expect(verifyConsistency({ ...good, proof: [] })).toEqual({ ok: false, code: 'PROOF_LENGTH_INVALID' });
    expect(verifyConsistency({ ...good, proof: [new Uint8Array(0)] })).toEqual({ ok: false, code: 'HASH_INVALID' });
    expect(verifyConsistency({ ...good, fromRoot: toRoot })).toEqual({ ok: false, code: 'FROM_ROOT_MISMATCH' });
    expect(verifyConsistency({ ...good, toRoot: fromRoot })).toEqual({ ok: false, code: 'ROOT_MISMATCH' });
  });

  it('of consistency between a size and itself are empty, and hold for equal roots only', () => {
    const root = referenceRoot(0, 4);
    const good = { hasher: sha256, from: 4, to: 4, fromRoot: root, toRoot: root, proof: [] };
    expect(verifyConsistency(good)).toEqual({ ok: true });
    expect(verifyConsistency({ ...good, toRoot: flipBit(root) })).toEqual({ ok: false, code: 'ROOT_MISMATCH' });
    expect(verifyConsistency({ ...good, proof: [root] })).toEqual({ ok: false, code: 'PROOF_LENGTH_INVALID' });
  });

  it('prove nothing about the empty tree, not even that it is itself', () => {
    const root = emptyRoot(sha256);
    const claim = { hasher: sha256, from: 0, to: 0, fromRoot: root, toRoot: root, proof: [] };
    expect(verifyConsistency(claim)).toEqual({ ok: false, code: 'SIZE_INVALID' });
    expectCode(() => proveConsistency({ hasher: sha256, reader: READER, from: 0, to: 3 }), 'RANGE_INVALID');
  });

  it('of inclusion fail when they climb above the root of the stated size', () => {
    const [first, second] = [at(LEAVES, 0), at(LEAVES, 1)];
    const root = hashNode(sha256, first, second);
    const claim = { hasher: sha256, index: 0, size: 1, leafHash: second, proof: [first], root };
    expect(verifyInclusion(claim)).toEqual({ ok: false, code: 'PROOF_LENGTH_INVALID' });
  });

  it('of consistency fail when they climb above the roots of the stated sizes', () => {
    const above = at(LEAVES, MAX_SIZE);
    const fromRoot = hashNode(sha256, above, referenceRoot(0, 3));
    const toRoot = hashNode(sha256, above, referenceRoot(0, 4));
    const claim = { hasher: sha256, from: 3, to: 4, fromRoot, toRoot, proof: [...referenceProof(3, 4), above] };
    expect(verifyConsistency(claim)).toEqual({ ok: false, code: 'PROOF_LENGTH_INVALID' });
  });

  it('of consistency fail when they stop below the root of the stated size', () => {
    const [fromRoot, toRoot, proof] = [referenceRoot(0, 3), referenceRoot(0, 4), referenceProof(3, 4)];
    const claim = { hasher: sha256, from: 3, to: 8, fromRoot, toRoot, proof };
    expect(verifyConsistency(claim)).toEqual({ ok: false, code: 'PROOF_LENGTH_INVALID' });
  });

  it('ask for stored nodes only where a complete subtree stands', () => {
    const asked: string[] = [];
    const node = (level: number, index: number) => {
      asked.push(`${level}/${index}`);
      return undefined;
    };
    const root = rangeRoot({ hasher: sha256, reader: { ...READER, node }, start: 1, end: 9 });
    expect(root).toEqual(referenceRoot(1, 9));
    expect(asked).toEqual([]);
    rangeRoot({ hasher: sha256, reader: { ...READER, node }, start: 0, end: 7 });
    expect(asked).toEqual(['2/0', '1/0', '1/1', '1/2']);
  });

  it('cannot be asked for outside of the tree', () => {
    const options = { hasher: sha256, reader: READER };
    expectCode(() => proveInclusion({ ...options, index: 3, size: 3 }), 'RANGE_INVALID');
    expectCode(() => proveInclusion({ ...options, index: -1, size: 3 }), 'RANGE_INVALID');
    expectCode(() => proveInclusion({ ...options, index: 0, size: 2 ** 53 }), 'RANGE_INVALID');
    expectCode(() => proveConsistency({ ...options, from: 4, to: 3 }), 'RANGE_INVALID');
    expectCode(() => rangeRoot({ ...options, start: 2, end: 1 }), 'RANGE_INVALID');
    expect(rangeRoot({ ...options, start: 2, end: 2 })).toEqual(emptyRoot(sha256));
  });

  it('refuse a reader that answers anything but hashes', () => {
    const reader: HashReader = { leafHash: () => new Uint8Array(31) };
    expectCode(() => proveInclusion({ hasher: sha256, reader, index: 0, size: 2 }), 'HASH_INVALID');
  });

  it('never throw on random evidence (seed 20)', () => {
    const hash = fc.uint8Array({ minLength: 31, maxLength: 33 });
    const size = fc.oneof(fc.integer({ min: -2, max: 9 }), fc.double(), fc.maxSafeNat());
    const evidence = fc.tuple(size, size, hash, hash, fc.array(hash, { maxLength: 60 }));
    fc.assert(
      fc.property(evidence, ([small, large, first, second, proof]) => {
        verifyInclusion({ hasher: sha256, index: small, size: large, leafHash: first, root: second, proof });
        verifyConsistency({ hasher: sha256, from: small, to: large, fromRoot: first, toRoot: second, proof });
      }),
      { seed: 20, numRuns: 500 },
    );
  });
});

describe('trees beyond 32 bits', () => {
  const SPECIAL = 2 ** 32 + 1;
  const LARGE = [2 ** 31, 2 ** 32, SPECIAL, SPECIAL + 1, 2 ** 40 + 12_345, Number.MAX_SAFE_INTEGER];

  it('have one root, by edge and by reader', () => {
    for (const size of LARGE.filter((value) => value <= SPECIAL)) {
      const root = rangeRoot({ hasher: sha256, reader: syntheticReader(SPECIAL), start: 0, end: size });
      expect(edgeRoot(sha256, uniformEdge(size))).toEqual(root);
      expect(decodeEdge(encodeEdge(uniformEdge(size)))).toEqual(uniformEdge(size));
    }
  });

  it('grow leaf by leaf across 2^32', () => {
    let edge = uniformEdge(2 ** 32 - 2);
    for (let size = 2 ** 32 - 1; size <= 2 ** 32 + 3; size += 1) {
      edge = appendToEdge(sha256, edge, at(LEAVES, 0));
      expect(edge).toEqual(uniformEdge(size));
    }
  });

  it('stop growing at 2^53 - 1 leaves', () => {
    const full = uniformEdge(Number.MAX_SAFE_INTEGER);
    expectCode(() => appendToEdge(sha256, full, at(LEAVES, 0)), 'RANGE_INVALID');
  });

  it('have inclusion proofs that hold for their leaf only', () => {
    const reader = syntheticReader(SPECIAL);
    for (const size of LARGE.filter((value) => value > SPECIAL)) {
      const root = rangeRoot({ hasher: sha256, reader, start: 0, end: size });
      const proof = proveInclusion({ hasher: sha256, reader, index: SPECIAL, size });
      const good = { hasher: sha256, index: SPECIAL, size, leafHash: at(LEAVES, 1), proof, root };
      expect(verifyInclusion(good)).toEqual({ ok: true });
      for (const index of [1, SPECIAL - 1, SPECIAL - 2 ** 32])
        expect(verifyInclusion({ ...good, index }).ok).toBe(false);
    }
  });

  it('have consistency proofs that hold', () => {
    const reader = syntheticReader(SPECIAL);
    for (const to of LARGE) {
      for (const from of [1, 2 ** 31 - 1, ...LARGE].filter((value) => value <= to)) {
        const proof = proveConsistency({ hasher: sha256, reader, from, to });
        const fromRoot = rangeRoot({ hasher: sha256, reader, start: 0, end: from });
        const toRoot = rangeRoot({ hasher: sha256, reader, start: 0, end: to });
        const claim = { hasher: sha256, from, to, fromRoot, toRoot, proof };
        expect(verifyConsistency(claim)).toEqual({ ok: true });
        expect(verifyConsistency({ ...claim, toRoot: flipBit(toRoot) }).ok).toBe(false);
      }
    }
  });
});

/** MTH(D[start:end]) as RFC 9162 2.1.1 writes it, remembered by its range. */
function referenceRoot(start: number, end: number): Uint8Array {
  const label = `${start}-${end}`;
  const known = REMEMBERED.get(label);
  if (known !== undefined) return known;
  const root = workOutRoot(start, end);
  REMEMBERED.set(label, root);
  return root;
}

function workOutRoot(start: number, end: number): Uint8Array {
  if (end === start) return sha256(new Uint8Array(0));
  if (end - start === 1) return at(LEAVES, start);
  const k = largestPowerBelow(end - start);
  return sha256(new Uint8Array([1, ...referenceRoot(start, start + k), ...referenceRoot(start + k, end)]));
}

/** PATH(m, D[start:end]) of RFC 9162 2.1.3.1; `m` counts from `start`. */
function referencePath(m: number, start: number, end: number): Uint8Array[] {
  if (end - start === 1) return [];
  const k = largestPowerBelow(end - start);
  if (m < k) return [...referencePath(m, start, start + k), referenceRoot(start + k, end)];
  return [...referencePath(m - k, start + k, end), referenceRoot(start, start + k)];
}

/** PROOF(m, D_n) of RFC 9162 2.1.4.1. */
function referenceProof(m: number, n: number): Uint8Array[] {
  return referenceSubproof(m, [0, n], true);
}

function referenceSubproof(m: number, [start, end]: readonly [number, number], isOldTree: boolean): Uint8Array[] {
  if (m === end - start) return isOldTree ? [] : [referenceRoot(start, end)];
  const k = largestPowerBelow(end - start);
  if (m <= k) return [...referenceSubproof(m, [start, start + k], isOldTree), referenceRoot(start + k, end)];
  return [...referenceSubproof(m - k, [start + k, end], false), referenceRoot(start, start + k)];
}

function largestPowerBelow(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

const REMEMBERED = new Map<string, Uint8Array>();

function growEdges(size: number): RightEdge[] {
  const edges = [EMPTY_EDGE];
  for (const leaf of LEAVES.slice(0, size)) edges.push(appendToEdge(sha256, at(edges, edges.length - 1), leaf));
  return edges;
}

/** Each hash changed, removed, doubled and swapped with the next, and one more hash at either end. */
function mutationsOf(proof: readonly Uint8Array[]): Uint8Array[][] {
  const extra = at(LEAVES, MAX_SIZE);
  const changed: Uint8Array[][] = [
    [extra, ...proof],
    [...proof, extra],
  ];
  proof.forEach((hash, position) => {
    changed.push(proof.with(position, flipBit(hash, position)));
    changed.push(proof.toSpliced(position, 1));
    changed.push(proof.toSpliced(position, 0, hash));
    const next = proof[position + 1];
    if (next !== undefined) changed.push(proof.with(position, next).with(position + 1, hash));
  });
  return changed;
}

/** Quicker than `toEqual`, which is called for thousands of proofs here. */
function expectSame(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  const same =
    actual.length === expected.length &&
    actual.every((hash, position) => toHex(hash) === toHex(at(expected, position)));
  if (!same) expect(actual).toEqual(expected);
}

/** The roots of complete trees of 2^level equal leaves. */
function uniformRoots(): Uint8Array[] {
  const roots = [at(LEAVES, 0)];
  for (let level = 1; level <= 53; level += 1) roots.push(hashNode(sha256, at(roots, level - 1), at(roots, level - 1)));
  return roots;
}

/** All leaves are the same but the one at `special`, so that any size can be read without storing a tree. */
function syntheticReader(special: number): HashReader {
  const roots = uniformRoots();
  return {
    leafHash: (index) => at(LEAVES, index === special ? 1 : 0),
    node: (level, index) => (Math.floor(special / 2 ** level) === index ? undefined : at(roots, level)),
  };
}

/** The edge of a tree of equal leaves. */
function uniformEdge(size: number): RightEdge {
  const roots = uniformRoots();
  const levels = [...size.toString(2)].map((bit, position, bits) => (bit === '1' ? bits.length - 1 - position : -1));
  return createEdge(
    size,
    levels.filter((level) => level >= 0).map((level) => at(roots, level)),
  );
}
