/**
 * The keys of Standard Webhooks (standardwebhooks.com, "Signature scheme"): `whsec_` for HMAC-SHA-256 (`v1`), `whsk_` and `whpk_`
 * for Ed25519 (`v1a`). Pure.
 */

import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signEd25519,
  timingSafeEqual,
  verify as verifyEd25519,
} from 'node:crypto';
import { ConfigError, decodeBase64 } from '@countersign/core';

/** Signs messages. */
export interface WebhookSigningKey {
  /** The signature as it stands in the header, such as `v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=`. */
  sign(content: string): string;
}

/** Checks messages. */
export interface WebhookVerifyingKey {
  readonly version: 'v1' | 'v1a';
  verify(content: string, signature: Uint8Array): boolean;
}

/** The most keys that may be in force at once: the present one, and those that are being replaced. */
export const MAX_WEBHOOK_KEYS = 8;

/**
 * The keys that sign: each message carries a signature by every one of them, so that a receiver may hold the old or the new one.
 * @throws ConfigError `OPTION_INVALID` for a text that is no such key; it is not repeated.
 */
export function readSigningKeys(label: string, texts: string | readonly string[]): readonly WebhookSigningKey[] {
  return listOf(label, texts).map((text) => {
    if (text.startsWith('whsk_')) return ed25519Signer(label, text);
    const secret = readSecret(label, text);
    return { sign: (content) => `v1,${hmac(secret, content).toString('base64')}` };
  });
}

/**
 * The keys that a message may be signed by.
 * @throws ConfigError `OPTION_INVALID` for a text that is no such key; it is not repeated.
 */
export function readVerifyingKeys(label: string, texts: string | readonly string[]): readonly WebhookVerifyingKey[] {
  return listOf(label, texts).map((text) => {
    if (text.startsWith('whpk_')) return ed25519Verifier(label, text);
    const secret = readSecret(label, text);
    return {
      version: 'v1',
      verify: (content, signature) => {
        const expected = hmac(secret, content);
        return signature.length === expected.length && timingSafeEqual(signature, expected);
      },
    };
  });
}

function listOf(label: string, texts: string | readonly string[]): readonly string[] {
  const list = typeof texts === 'string' ? [texts] : texts;
  if (list.length > 0 && list.length <= MAX_WEBHOOK_KEYS) return list;
  throw new ConfigError('OPTION_INVALID', `${label}: expected 1 to ${MAX_WEBHOOK_KEYS} keys`);
}

function hmac(secret: Uint8Array, content: string): Buffer {
  return createHmac('sha256', secret).update(content).digest();
}

function readSecret(label: string, text: string): Uint8Array {
  const secret = bytesAfter('whsec_', text);
  if (secret !== undefined && secret.length >= 24 && secret.length <= 64) return secret;
  throw new ConfigError('OPTION_INVALID', `${label}: expected whsec_ and the base64 of 24 to 64 bytes`, {
    hint: "Make one with: node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\"",
  });
}

function ed25519Signer(label: string, text: string): WebhookSigningKey {
  const bytes = bytesAfter('whsk_', text);
  const key = bytes?.length === 32 || bytes?.length === 64 ? privateKeyOf(bytes.subarray(0, 32)) : undefined;
  // 64 bytes are the private key with its public one after it; they have to belong together.
  if (key === undefined || (bytes?.length === 64 && !publicBytes(key).equals(bytes.subarray(32)))) {
    throw new ConfigError('OPTION_INVALID', `${label}: expected whsk_ and the base64 of an Ed25519 private key`);
  }
  return { sign: (content) => `v1a,${signEd25519(null, Buffer.from(content), key).toString('base64')}` };
}

function ed25519Verifier(label: string, text: string): WebhookVerifyingKey {
  const bytes = bytesAfter('whpk_', text);
  if (bytes?.length !== 32) {
    throw new ConfigError('OPTION_INVALID', `${label}: expected whpk_ and the base64 of an Ed25519 public key`);
  }
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
  return { version: 'v1a', verify: (content, signature) => verifyEd25519(null, Buffer.from(content), key, signature) };
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410, sections 4 and 7). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function bytesAfter(prefix: string, text: string): Buffer | undefined {
  if (!text.startsWith(prefix)) return undefined;
  try {
    return Buffer.from(decodeBase64(text.slice(prefix.length)));
  } catch {
    // A text that is no base64 is no key; what it is must not be told.
    return undefined;
  }
}
