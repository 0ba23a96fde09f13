/**
 * The right edge of a growing Merkle tree, as a value: all that appending needs to remember.
 * The edge of a tree of n leaves is one hash per bit set in n (RFC 9162 section 2.1.1). Pure.
 */

import { TlogError } from './errors.js';
import { checkHash, emptyRoot, HASH_SIZE, type Hasher, hashNode, isHash } from './hash.js';
import { countOnes, halve, isOdd, isPowerOfTwo, isSize } from './integer.js';

/** The right edge: a tree's size and the roots of its complete subtrees, the largest (leftmost) first. */
export interface RightEdge {
  /** Number of leaves: a safe integer, 0 or more. */
  readonly size: number;
  /** 32 bytes each; as many as `size` has bits set. */
  readonly hashes: readonly Uint8Array[];
}

/** The edge of the tree with no leaves. */
export const EMPTY_EDGE: RightEdge = Object.freeze({ size: 0, hashes: Object.freeze([]) });

/**
 * Makes an edge from its parts, which it copies.
 *
 * @throws TlogError `EDGE_INVALID` when the size is not one, the number of hashes does not fit it, or a hash is not 32 bytes
 */
export function createEdge(size: number, hashes: readonly Uint8Array[]): RightEdge {
  if (!isSize(size)) throw invalidEdge('its size must be a safe integer that is not negative');
  const expected = countOnes(size);
  if (hashes.length !== expected) {
    throw invalidEdge(`size ${size} has ${expected} complete subtrees, but ${hashes.length} hashes were given`);
  }
  if (!hashes.every(isHash)) throw invalidEdge(`each of its hashes must be ${HASH_SIZE} bytes`);
  return { size, hashes: hashes.map((hash) => new Uint8Array(hash)) };
}

/**
 * The edge after one more leaf. The given edge stays as it is.
 *
 * @param leafHash the hash of the leaf (`hashLeaf`), never the leaf itself
 * @throws TlogError `HASH_INVALID` when `leafHash` is not 32 bytes; `RANGE_INVALID` when the tree is full (2^53 - 1 leaves)
 */
export function appendToEdge(hasher: Hasher, edge: RightEdge, leafHash: Uint8Array): RightEdge {
  checkHash(leafHash);
  if (!isSize(edge.size + 1)) {
    throw new TlogError('RANGE_INVALID', 'A tree cannot grow beyond 2^53 - 1 leaves.');
  }
  const hashes = [...edge.hashes];
  // A copy: the caller may use its buffer again.
  let last: Uint8Array = new Uint8Array(leafHash);
  for (let rest = edge.size; isOdd(rest); rest = halve(rest)) {
    const left = hashes.pop();
    if (left === undefined) throw invalidEdge('it has fewer hashes than its size demands');
    last = hashNode(hasher, left, last);
  }
  return { size: edge.size + 1, hashes: [...hashes, last] };
}

/**
 * The edge after a complete subtree of `leaves` more leaves, a power of two that divides the size of the edge.
 *
 * @throws TlogError `HASH_INVALID` when `root` is not 32 bytes; `RANGE_INVALID` when the subtree does not fit there
 */
export function appendSubtreeToEdge(
  hasher: Hasher,
  edge: RightEdge,
  { root, leaves }: { readonly root: Uint8Array; readonly leaves: number },
): RightEdge {
  if (!isSize(leaves) || !isPowerOfTwo(leaves) || edge.size % leaves !== 0 || !isSize(edge.size + leaves)) {
    throw new TlogError('RANGE_INVALID', `A subtree of ${leaves} leaves does not stand at ${edge.size}.`);
  }
  // Seen from above, a subtree is appended as a leaf is.
  const above = appendToEdge(hasher, { size: edge.size / leaves, hashes: edge.hashes }, root);
  return { size: above.size * leaves, hashes: above.hashes };
}

/** The root of the tree that ends in this edge; of the empty tree, the hash of nothing. */
export function edgeRoot(hasher: Hasher, edge: RightEdge): Uint8Array {
  if (edge.hashes.length === 0) return emptyRoot(hasher);
  return edge.hashes.reduceRight((right, left) => hashNode(hasher, left, right));
}

/**
 * The edge as bytes: its size in 8 bytes, big-endian, then its hashes.
 *
 * @throws TlogError `EDGE_INVALID` when its parts do not fit together
 */
export function encodeEdge(edge: RightEdge): Uint8Array {
  const { size, hashes } = createEdge(edge.size, edge.hashes);
  const bytes = new Uint8Array(SIZE_BYTES + hashes.length * HASH_SIZE);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size));
  hashes.forEach((hash, position) => {
    bytes.set(hash, SIZE_BYTES + position * HASH_SIZE);
  });
  return bytes;
}

/**
 * Reads what `encodeEdge` wrote.
 *
 * @throws TlogError `EDGE_INVALID` when the bytes are anything else
 */
export function decodeEdge(bytes: Uint8Array): RightEdge {
  if (bytes.length < SIZE_BYTES || (bytes.length - SIZE_BYTES) % HASH_SIZE !== 0) {
    throw invalidEdge(`its bytes must be ${SIZE_BYTES} for the size and a multiple of ${HASH_SIZE} for the hashes`);
  }
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset, SIZE_BYTES).getBigUint64(0));
  const hashes: Uint8Array[] = [];
  for (let start = SIZE_BYTES; start < bytes.length; start += HASH_SIZE) {
    hashes.push(bytes.subarray(start, start + HASH_SIZE));
  }
  return createEdge(size, hashes);
}

const SIZE_BYTES = 8;

function invalidEdge(reason: string): TlogError {
  return new TlogError('EDGE_INVALID', `This is not the right edge of a tree: ${reason}.`, {
    hint: 'Rebuild the edge from the leaf hashes of the log.',
  });
}
