/**
 * Ed25519 verification (RFC 8032) by node:crypto, in the shape that tlog asks for.
 */

import { createPublicKey, verify } from 'node:crypto';
import type { SignatureVerifier } from '@countersign/tlog';

/** Whether the signature is good. Answers false, and never throws, for a key or a signature that is none. */
export const verifyEd25519: SignatureVerifier = (publicKey, message, signature) => {
  try {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    return verify(null, message, key, signature);
  } catch {
    // Bytes that are no key have signed nothing.
    return false;
  }
};
