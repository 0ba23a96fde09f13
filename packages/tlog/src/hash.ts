/**
 * The three hashes of a Merkle tree, with the prefixes that keep leaves and nodes apart.
 * RFC 6962 section 2.1, RFC 9162 section 2.1.1. Pure.
 */

import { TlogError } from './errors.js';

/** SHA-256, brought by the caller. Returns 32 bytes that it does not change afterwards. */
export type Hasher = (bytes: Uint8Array) => Uint8Array;

/** The length of every hash here, in bytes. */
export const HASH_SIZE = 32;

/** The root of the tree with no leaves: the hash of no bytes at all. */
export function emptyRoot(hasher: Hasher): Uint8Array {
  return hasher(new Uint8Array(0));
}

/** The hash of a leaf's bytes: `H(00 || leaf)`. */
export function hashLeaf(hasher: Hasher, leaf: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + leaf.length);
  input[0] = LEAF_PREFIX;
  input.set(leaf, 1);
  return hasher(input);
}

/**
 * The hash of an inner node: `H(01 || left || right)`.
 *
 * @throws TlogError `HASH_INVALID` when a side is not 32 bytes
 */
export function hashNode(hasher: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array {
  checkHash(left);
  checkHash(right);
  const input = new Uint8Array(1 + 2 * HASH_SIZE);
  input[0] = NODE_PREFIX;
  input.set(left, 1);
  input.set(right, 1 + HASH_SIZE);
  return hasher(input);
}

/** Whether `value` has the form of a hash. Evidence may come from anywhere, so this looks and does not trust the type. */
export function isHash(value: Uint8Array | undefined): value is Uint8Array {
  return ArrayBuffer.isView(value) && value.byteLength === HASH_SIZE;
}

/** @throws TlogError `HASH_INVALID` when `hash` is not 32 bytes */
export function checkHash(hash: Uint8Array): void {
  if (isHash(hash)) return;
  throw new TlogError('HASH_INVALID', `A hash must be ${HASH_SIZE} bytes.`, {
    hint: 'Pass SHA-256 as the hash function, and hashes as raw bytes.',
  });
}

/** Whether two byte strings are the same. Everything compared here is public, so time need not be constant. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, position) => byte === right[position]);
}

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
