/**
 * Sealing: AES-256-GCM (NIST SP 800-38D) over the bytes of a payload and its salt, or over a row of the approvals.
 *
 * Nonces are random. Under one key, two of 2^32 random nonces of 96 bits are alike with a probability of less than 2^-32 (section
 * 8.3 allows as many); a key serves one session, or what belongs to none, and so many payloads are beyond any store that we have.
 * A counter would have to be shared by all processes and survive restored copies of the database; with those, a nonce made from
 * the index of an entry would come twice. The associated data bind what is sealed to its log and its place, so that nothing
 * sealed can stand where something else was.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { isSealed, NONCE_BYTES, SEALED_MAGIC, TAG_BYTES } from './sealed-form.js';

/** The length of a key, in bytes. */
export const SEALING_KEY_BYTES = 32;

/** Where something is sealed: bound into it. */
export interface SealedPlace {
  readonly log: string;
  readonly what: 'payload' | 'request' | 'grant';
  /** The index of the entry, or the id of the row. */
  readonly id: string | number;
  /** The name of the payload; empty for a row. */
  readonly name: string;
}

/** Seals bytes. `nonce` is 12 bytes that are random each time. */
export function seal(
  plain: Uint8Array,
  { key, nonce, place }: { readonly key: Uint8Array; readonly nonce: Uint8Array; readonly place: SealedPlace },
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(place));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([SEALED_MAGIC, nonce, cipher.getAuthTag(), sealed]);
}

/** The bytes that were sealed; undefined when they were not sealed with this key, in this place, or were changed. */
export function unseal(sealed: Uint8Array, key: Uint8Array, place: SealedPlace): Uint8Array | undefined {
  if (!isSealed(sealed)) return undefined;
  const bytes = Buffer.from(sealed);
  const tagAt = SEALED_MAGIC.length + NONCE_BYTES;
  const nonce = bytes.subarray(SEALED_MAGIC.length, tagAt);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES));
  decipher.setAAD(associated(place));
  const plain = decipher.update(bytes.subarray(tagAt + TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // The tag does not fit: `final` has no other failure.
    return undefined;
  }
}

function associated({ log, what, id, name }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify(['countersign/sealed/v1', log, what, id, name]), 'utf8');
}
