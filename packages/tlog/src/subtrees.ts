/**
 * A run of leaves as the roots of its largest aligned subtrees: what stands for a part of a tree whose leaves are not at hand
 * (the decomposition of RFC 9162 section 2.1.3, from both ends). Runs that follow each other add up to the whole tree. Pure.
 */

import { TlogError } from './errors.js';
import { checkHash, emptyRoot, type Hasher, hashNode } from './hash.js';

/** One complete subtree. */
export interface Subtree {
  /** Index of its first leaf: a multiple of `size`. */
  readonly from: number;
  /** Number of its leaves: a power of two. */
  readonly size: number;
  /** Its root, 32 bytes. */
  readonly hash: Uint8Array;
}

/** The sizes of the largest aligned subtrees that make up the leaves `from` to `to`, exclusive, from left to right. */
export function subtreeSizes(from: number, to: number): readonly number[] {
  const sizes: number[] = [];
  for (let at = from; at < to; ) {
    let size = 1;
    while (at % (size * 2) === 0 && at + size * 2 <= to) size *= 2;
    sizes.push(size);
    at += size;
  }
  return sizes;
}

/**
 * The run with one more subtree behind it: neighbours that make a larger aligned one are joined. The given run stays as it is.
 *
 * @throws TlogError `RANGE_INVALID` when the subtree is not aligned or does not follow; `HASH_INVALID` for a hash that is none
 */
export function appendSubtree(hasher: Hasher, run: readonly Subtree[], next: Subtree): readonly Subtree[] {
  checkHash(next.hash);
  const before = run.at(-1);
  const follows = before === undefined || before.from + before.size === next.from;
  if (!follows || !isPowerOfTwo(next.size) || next.from % next.size !== 0 || next.from < 0) {
    throw new TlogError('RANGE_INVALID', 'A subtree must be aligned, and follow the one before it.');
  }
  const joined = [...run];
  let last = next;
  for (let left = joined.at(-1); left !== undefined; left = joined.at(-1)) {
    const size = left.size * 2;
    if (left.size !== last.size || left.from % size !== 0) break;
    joined.pop();
    last = { from: left.from, size, hash: hashNode(hasher, left.hash, last.hash) };
  }
  return [...joined, last];
}

/**
 * The root of the tree that a run from its first leaf makes up.
 *
 * @throws TlogError `RANGE_INVALID` when the run does not begin at the first leaf
 */
export function subtreesRoot(hasher: Hasher, run: readonly Subtree[]): Uint8Array {
  const [first] = run;
  if (first === undefined) return emptyRoot(hasher);
  if (first.from !== 0) throw new TlogError('RANGE_INVALID', 'The run does not begin at the first leaf.');
  return run.map(({ hash }) => hash).reduceRight((right, left) => hashNode(hasher, left, right));
}

function isPowerOfTwo(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 1 && 2 ** Math.round(Math.log2(size)) === size;
}
