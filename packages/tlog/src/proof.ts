/**
 * Verifying inclusion and consistency proofs: RFC 9162 sections 2.1.3.2 and 2.1.4.2. The step numbers are theirs.
 * Pure. Evidence that does not hold is an answer, never an exception.
 */

import { equalBytes, type Hasher, hashNode, isHash } from './hash.js';
import { halve, isOdd, isPowerOfTwo, isSize } from './integer.js';

/**
 * Why a proof does not hold: a size or an index that cannot be; a hash that is not 32 bytes; more or fewer hashes
 * than the sizes demand; a computed root that is not the stated one (of a consistency proof, the first or the second).
 */
export type ProofFailure =
  | 'SIZE_INVALID'
  | 'INDEX_OUT_OF_RANGE'
  | 'HASH_INVALID'
  | 'PROOF_LENGTH_INVALID'
  | 'FROM_ROOT_MISMATCH'
  | 'ROOT_MISMATCH';

/** Whether a proof holds. */
export type ProofResult = { readonly ok: true } | { readonly ok: false; readonly code: ProofFailure };

/** The claim that the leaf with `leafHash` stands at `index` in the tree of `size` leaves with this `root`. */
export interface InclusionClaim {
  readonly hasher: Hasher;
  readonly index: number;
  /** From the same checkpoint as `root`: a proof of the same shape holds for several sizes, and only the root tells them apart. */
  readonly size: number;
  /** Worked out by the verifier from the leaf it holds; 32 bytes. */
  readonly leafHash: Uint8Array;
  /** From the leaf's sibling upwards; 32 bytes each. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** The claim that the tree of `to` leaves begins with the tree of `from` leaves. */
export interface ConsistencyClaim {
  readonly hasher: Hasher;
  /** 1 or more. Both sizes come from the same checkpoints as their roots: one proof holds for several pairs of sizes. */
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  /** Empty when the sizes are the same; 32 bytes each. */
  readonly proof: readonly Uint8Array[];
}

/** Checks an inclusion proof (RFC 9162 section 2.1.3.2). Never throws on bad evidence. */
export function verifyInclusion({ hasher, index, size, leafHash, proof, root }: InclusionClaim): ProofResult {
  if (!isSize(size)) return failed('SIZE_INVALID');
  if (!isSize(index) || index >= size) return failed('INDEX_OUT_OF_RANGE'); // 1
  if (![leafHash, root, ...proof].every(isHash)) return failed('HASH_INVALID');
  let position: Position = { first: index, last: size - 1 }; // 2
  let computed = leafHash; // 3
  for (const sibling of proof) {
    if (position.last === 0) return failed('PROOF_LENGTH_INVALID'); // 4a
    if (isRightOrLast(position)) {
      computed = hashNode(hasher, sibling, computed); // 4b
      position = skipLoneLevels(position);
    } else {
      computed = hashNode(hasher, computed, sibling); // 4b, otherwise
    }
    position = goUp(position); // 4c
  }
  if (position.last !== 0) return failed('PROOF_LENGTH_INVALID'); // 5
  return equalBytes(computed, root) ? HOLDS : failed('ROOT_MISMATCH');
}

/** Checks a consistency proof (RFC 9162 section 2.1.4.2). Never throws on bad evidence. Size 0 proves nothing and fails. */
export function verifyConsistency(claim: ConsistencyClaim): ProofResult {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (!isSize(from) || !isSize(to) || from < 1 || from > to) return failed('SIZE_INVALID');
  if (![fromRoot, toRoot, ...proof].every(isHash)) return failed('HASH_INVALID');
  if (from === to) {
    if (proof.length > 0) return failed('PROOF_LENGTH_INVALID');
    return equalBytes(fromRoot, toRoot) ? HOLDS : failed('ROOT_MISMATCH');
  }
  return verifyGrowth(claim);
}

/** The steps of RFC 9162 section 2.1.4.2, for `1 <= from < to` and hashes of the right length. */
function verifyGrowth({ hasher, from, to, fromRoot, toRoot, proof }: ConsistencyClaim): ProofResult {
  const [seed, ...path] = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof; // 2
  if (seed === undefined) return failed('PROOF_LENGTH_INVALID'); // 1
  let position: Position = { first: from - 1, last: to - 1 }; // 3
  while (isOdd(position.first)) position = goUp(position); // 4
  let computedFrom = seed; // 5
  let computedTo = seed;
  for (const hash of path) {
    if (position.last === 0) return failed('PROOF_LENGTH_INVALID'); // 6a
    if (isRightOrLast(position)) {
      computedFrom = hashNode(hasher, hash, computedFrom); // 6b
      computedTo = hashNode(hasher, hash, computedTo);
      position = skipLoneLevels(position);
    } else {
      computedTo = hashNode(hasher, computedTo, hash); // 6b, otherwise
    }
    position = goUp(position); // 6c
  }
  if (position.last !== 0) return failed('PROOF_LENGTH_INVALID'); // 7
  if (!equalBytes(computedFrom, fromRoot)) return failed('FROM_ROOT_MISMATCH');
  return equalBytes(computedTo, toRoot) ? HOLDS : failed('ROOT_MISMATCH');
}

/** Where the computation stands: the RFC's `fn` and `sn`, counted in nodes of the current level. */
interface Position {
  readonly first: number;
  readonly last: number;
}

const HOLDS: ProofResult = Object.freeze({ ok: true });

function failed(code: ProofFailure): ProofResult {
  return { ok: false, code };
}

function isRightOrLast({ first, last }: Position): boolean {
  return isOdd(first) || first === last;
}

function goUp({ first, last }: Position): Position {
  return { first: halve(first), last: halve(last) };
}

/** A last node without a sibling is the same on the next level: go up until it is a right child, or the root. */
function skipLoneLevels(position: Position): Position {
  let current = position;
  while (!isOdd(current.first) && current.first !== 0) current = goUp(current);
  return current;
}
