/**
 * What the tests bring from outside: SHA-256 and Ed25519 of node:crypto, a small log in memory, and the published vectors.
 */

import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import {
  createVerifierKey,
  type Hasher,
  type HashReader,
  hashLeaf,
  type NoteSigner,
  type SignatureVerifier,
  TlogError,
  type TlogErrorCode,
} from '@countersign/tlog';
import { expect } from 'vitest';

/** Where the published vectors are, if they are there. */
export const VECTORS = process.env.COUNTERSIGN_VECTORS;

/** Stands in the name of each suite that needs them. */
export const VECTORS_NOTE = VECTORS === undefined ? ' (not there: COUNTERSIGN_VECTORS is not set)' : '';

export const sha256: Hasher = (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer'));

export const verifyEd25519: SignatureVerifier = (publicKey, message, signature) => {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
};

/** A signer whose secret key is `seed` 32 times over: the same bytes in every run. */
export function createTestSigner(name: string, seed: number): NoteSigner {
  const secret = Buffer.concat([PKCS8_PREFIX, new Uint8Array(32).fill(seed)]);
  const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(SPKI_PREFIX.length));
  return {
    key: createVerifierKey({ name, publicKey, hasher: sha256 }),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** The hashes of `count` leaves, each of them different. */
export function createLeafHashes(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => hashLeaf(sha256, bytesOf(`leaf ${index}`)));
}

export function readerOf(leafHashes: readonly Uint8Array[]): HashReader {
  return { leafHash: (index) => at(leafHashes, index) };
}

export function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`The test has nothing at position ${index}.`);
  return value;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The same bytes with one bit changed. */
export function flipBit(bytes: Uint8Array, bit = 0): Uint8Array {
  const position = Math.floor(bit / 8);
  return bytes.map((byte, index) => (index === position ? byte ^ (1 << (bit % 8)) : byte));
}

export function expectCode(run: () => unknown, code: TlogErrorCode): void {
  expect(codeOf(run)).toBe(code);
}

/** The code of the `TlogError` that `run` throws, `undefined` when it returns. Any other error goes through. */
export function codeOf(run: () => unknown): TlogErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof TlogError) return error.code;
    throw error;
  }
}

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
