/**
 * Ed25519 private keys: made from a seed (RFC 8410, section 7), and turned into what signs a note. Each key is parsed once.
 */

import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { checkEnrolment, createVerifierKey, type NoteSigner, type VerifierKey } from '@countersign/tlog';
import { KeyError } from '../errors.js';

/** The length of an Ed25519 seed, in bytes. */
export const SEED_BYTES = 32;

/** The private key of a seed of 32 bytes. @throws KeyError KEY_INVALID for a seed of another length. */
export function privateKeyOfSeed(seed: Uint8Array): KeyObject {
  if (seed.length !== SEED_BYTES) throw invalid(`a seed of ${SEED_BYTES} bytes was expected`);
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

/**
 * The verifier key of a private key under a name.
 * @throws KeyError KEY_INVALID when it is no Ed25519 private key, or its public key may not be enrolled.
 */
export function verifierKeyOf(name: string, key: KeyObject): VerifierKey {
  const publicKey = publicBytesOf(key);
  const check = checkEnrolment(publicKey);
  if (!check.ok) throw invalid(`its public key may not be enrolled (${check.code})`);
  return createVerifierKey({ name, publicKey, hasher: sha256 });
}

/** What signs notes with a private key under a name. @throws KeyError KEY_INVALID as `verifierKeyOf`. */
export function noteSignerOf(name: string, key: KeyObject): NoteSigner {
  return { key: verifierKeyOf(name, key), sign: (message) => sign(null, message, key) };
}

/** SHA-256 as tlog wants it. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // A text of one byte a character (binary) is made several times faster than a buffer is.
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

/** What stands before the seed in the PKCS#8 form of an Ed25519 private key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function publicBytesOf(key: KeyObject): Uint8Array {
  if (key.type !== 'private' || key.asymmetricKeyType !== 'ed25519')
    throw invalid('an Ed25519 private key was expected');
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw invalid('it has no public key');
  return new Uint8Array(Buffer.from(x, 'base64url'));
}

function invalid(reason: string): KeyError {
  return new KeyError('KEY_INVALID', `This key cannot be used: ${reason}.`);
}
