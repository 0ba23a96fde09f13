/**
 * The request for a time stamp: RFC 3161 section 2.4.1, DER. Its form is always the same, so it is written out. Pure.
 */

/** The length of a nonce, in bytes. */
export const NONCE_BYTES = 16;

/** The largest request would not reach the next form of a length. */
const SHORT_LENGTH = 0x80;

/**
 * A request over a SHA-256 imprint, with a nonce, that asks for the certificates too.
 * @param nonce 16 bytes, of which the first bit is taken away: an integer that is not negative.
 */
export function encodeTimestampRequest(imprint: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  const algorithm = element(0x30, SHA_256_OID, element(0x05));
  return element(
    0x30,
    element(0x02, Uint8Array.of(1)),
    element(0x30, algorithm, element(0x04, imprint)),
    element(0x02, nonceInteger(nonce)),
    element(0x01, Uint8Array.of(0xff)),
  );
}

/** The nonce as the content of an INTEGER. */
export function nonceInteger(nonce: Uint8Array): Uint8Array {
  const [first = 0, ...rest] = nonce;
  // Positive, and in the shortest form: the first byte is from 0x40 to 0x7f.
  return Uint8Array.of((first & 0x3f) | 0x40, ...rest);
}

/** 2.16.840.1.101.3.4.2.1 */
const SHA_256_OID = Uint8Array.of(0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01);

function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = Buffer.concat(parts);
  if (content.length >= SHORT_LENGTH) throw new RangeError('The request is longer than it can be.');
  return Uint8Array.of(tag, content.length, ...content);
}
