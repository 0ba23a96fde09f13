/**
 * The form of what is sealed: `CSE1`, nonce (12 bytes), tag (16), ciphertext. No canonical JSON begins with a `C`, so a sealed
 * payload is told from an open one by its first bytes. Pure.
 */

/** What sealed bytes begin with. */
export const SEALED_MAGIC = Buffer.from('CSE1');

/** The length of a nonce, in bytes. */
export const NONCE_BYTES = 12;

/** The length of a tag, in bytes. */
export const TAG_BYTES = 16;

/** Whether bytes have the form of sealed ones. */
export function isSealed(bytes: Uint8Array): boolean {
  // The first letter alone tells almost all that are open.
  if (bytes[0] !== SEALED_MAGIC[0] || bytes.length < SEALED_MAGIC.length + NONCE_BYTES + TAG_BYTES) return false;
  return SEALED_MAGIC.every((byte, i) => bytes[i] === byte);
}
