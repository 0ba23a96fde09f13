/**
 * Making inclusion and consistency proofs from stored hashes: RFC 9162 sections 2.1.3.1 and 2.1.4.1.
 * No I/O of its own: the caller's reader fetches the hashes.
 */

import { TlogError } from './errors.js';
import { checkHash, emptyRoot, type Hasher, hashNode } from './hash.js';
import { exponentOf, isPowerOfTwo, isSize, splitPoint } from './integer.js';

/** Where the hashes of a log come from. */
export interface HashReader {
  /** The hash of the leaf at `index` (0-based). Throws when the log has none there. */
  leafHash(index: number): Uint8Array;
  /**
   * A short cut: the root of the complete subtree over the leaves from `index * 2^level`, `2^level` of them.
   * `undefined` where it is not stored; it is then worked out from what lies below. Level 0 is asked of `leafHash`.
   */
  node?(level: number, index: number): Uint8Array | undefined;
}

/** What `rangeRoot` needs: the leaves from `start` up to, and without, `end`. */
export interface RangeRootOptions {
  readonly hasher: Hasher;
  readonly reader: HashReader;
  readonly start: number;
  readonly end: number;
}

/** What `proveInclusion` needs: the leaf at `index` in the tree of the first `size` leaves. */
export interface ProveInclusionOptions {
  readonly hasher: Hasher;
  readonly reader: HashReader;
  readonly index: number;
  readonly size: number;
}

/** What `proveConsistency` needs: two sizes of one log, `1 <= from <= to`. */
export interface ProveConsistencyOptions {
  readonly hasher: Hasher;
  readonly reader: HashReader;
  readonly from: number;
  readonly to: number;
}

/**
 * The tree hash over a range of leaves, MTH(D[start:end]); `rangeRoot` from 0 to n is the root of the log at size n.
 *
 * @throws TlogError `RANGE_INVALID` unless `0 <= start <= end`; `HASH_INVALID` when the reader answers anything but 32 bytes
 */
export function rangeRoot({ hasher, reader, start, end }: RangeRootOptions): Uint8Array {
  if (!isSize(start) || !isSize(end) || start > end) {
    throw new TlogError('RANGE_INVALID', `A range of leaves must have 0 <= start <= end: got ${start} and ${end}.`);
  }
  return start === end ? emptyRoot(hasher) : subtreeRoot({ hasher, reader, start, end });
}

/**
 * The inclusion proof of one leaf: its siblings, from the leaf upwards. At most 53 hashes of 32 bytes.
 *
 * @throws TlogError `RANGE_INVALID` unless `0 <= index < size`
 */
export function proveInclusion({ hasher, reader, index, size }: ProveInclusionOptions): Uint8Array[] {
  if (!isSize(index) || !isSize(size) || index >= size) {
    throw new TlogError('RANGE_INVALID', `No inclusion proof: index ${index} is not in a tree of ${size} leaves.`);
  }
  const downwards: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      downwards.push(rangeRoot({ hasher, reader, start: middle, end }));
      end = middle;
    } else {
      downwards.push(rangeRoot({ hasher, reader, start, end: middle }));
      start = middle;
    }
  }
  return downwards.reverse();
}

/**
 * The proof that the tree of `to` leaves begins with the tree of `from` leaves. Empty when the sizes are the same.
 *
 * @throws TlogError `RANGE_INVALID` unless `1 <= from <= to`: nothing can be proven about an empty tree
 */
export function proveConsistency({ hasher, reader, from, to }: ProveConsistencyOptions): Uint8Array[] {
  if (!isSize(from) || !isSize(to) || from < 1 || from > to) {
    throw new TlogError('RANGE_INVALID', `No consistency proof from size ${from} to ${to}: 1 <= from <= to is needed.`);
  }
  const downwards: Uint8Array[] = [];
  let start = 0;
  let end = to;
  while (end > from) {
    const middle = start + splitPoint(end - start);
    if (from <= middle) {
      downwards.push(rangeRoot({ hasher, reader, start: middle, end }));
      end = middle;
    } else {
      downwards.push(rangeRoot({ hasher, reader, start, end: middle }));
      start = middle;
    }
  }
  // The verifier already holds the old root, which is what remains here when no left part was split off.
  if (start > 0) downwards.push(rangeRoot({ hasher, reader, start, end }));
  return downwards.reverse();
}

/** The range is not empty. Recursion is as deep as the tree is high: 53 at most. */
function subtreeRoot({ hasher, reader, start, end }: RangeRootOptions): Uint8Array {
  const length = end - start;
  const stored = length === 1 ? reader.leafHash(start) : storedNode(reader, start, length);
  if (stored !== undefined) {
    checkHash(stored);
    return stored;
  }
  const middle = start + splitPoint(length);
  const left = subtreeRoot({ hasher, reader, start, end: middle });
  return hashNode(hasher, left, subtreeRoot({ hasher, reader, start: middle, end }));
}

function storedNode(reader: HashReader, start: number, length: number): Uint8Array | undefined {
  if (!isPowerOfTwo(length) || start % length !== 0) return undefined;
  return reader.node?.(exponentOf(length), start / length);
}
