/** Verifying with a key that is remembered answers what verifying afresh does. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEd25519Verifier, verifyEd25519 } from '../src/ed25519.js';

function publicBytes(key: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
}

describe('A verifier that remembers its last key', () => {
  const message = Buffer.from('a checkpoint');
  const [one, two] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const [first, second] = [publicBytes(one.publicKey), publicBytes(two.publicKey)];
  const signature = sign(null, message, one.privateKey);
  const damaged = Uint8Array.from(signature, (byte, i) => (i === 7 ? byte ^ 1 : byte));

  it.each([
    ['the right key', [[first, signature]]],
    [
      'the right key twice',
      [
        [first, signature],
        [first, signature],
      ],
    ],
    [
      'another key after the right one',
      [
        [first, signature],
        [second, signature],
        [first, signature],
      ],
    ],
    [
      'a signature that was changed',
      [
        [first, signature],
        [first, damaged],
        [first, signature],
      ],
    ],
    [
      'signatures of other lengths',
      [
        [first, signature.subarray(1)],
        [first, new Uint8Array(0)],
        [first, signature],
      ],
    ],
    [
      'bytes that are no key',
      [
        [first.subarray(1), signature],
        [new Uint8Array(0), signature],
        [first, signature],
      ],
    ],
  ])('says the same for %s', (_what, asked) => {
    const verifier = createEd25519Verifier();
    const answers = asked.map(([key = first, claim = signature]) => verifier(key, message, claim));
    expect(answers).toEqual(asked.map(([key = first, claim = signature]) => verifyEd25519(key, message, claim)));
    expect(answers).toContain(true);
  });

  it('keeps a copy of the key: bytes that change later are another key', () => {
    const verifier = createEd25519Verifier();
    const bytes = new Uint8Array(first);
    expect(verifier(bytes, message, signature)).toBe(true);
    bytes.set(second);
    expect(verifier(bytes, message, signature)).toBe(false);
  });
});
