/**
 * Ed25519 verification (RFC 8032) by node:crypto, in the shape that tlog asks for.
 */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SignatureVerifier } from '@countersign/tlog';

/** Whether the signature is good. Answers false, and never throws, for a key or a signature that is none. */
export const verifyEd25519: SignatureVerifier = (publicKey, message, signature) => {
  const key = readKey(publicKey);
  return key !== undefined && verifyWith(key, message, signature);
};

/** The same, for whoever verifies with one key again and again: reading a key takes longer than verifying with it. */
export function createEd25519Verifier(): SignatureVerifier {
  let last: { readonly bytes: Uint8Array; readonly key: KeyObject } | undefined;
  return (publicKey, message, signature) => {
    if (last === undefined || !Buffer.from(publicKey).equals(last.bytes)) {
      const key = readKey(publicKey);
      if (key === undefined) return false;
      last = { bytes: new Uint8Array(publicKey), key };
    }
    return verifyWith(last.key, message, signature);
  };
}

/** Undefined for bytes that are no key: they have signed nothing. */
function readKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    const x = Buffer.from(publicKey).toString('base64url');
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  } catch {
    return undefined;
  }
}

function verifyWith(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}
