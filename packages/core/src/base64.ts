/**
 * Base64 with the standard alphabet and padding (RFC 4648, section 4), in the one form that each value has. Pure.
 */

import { CountersignError } from './errors.js';

/** The codes of `Base64Error`. */
export type Base64ErrorCode = 'BASE64_INVALID';

/** A text that is not the canonical base64 of any bytes. */
export class Base64Error extends CountersignError<Base64ErrorCode> {}

/** The standard base64 of `bytes`, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The bytes that `encodeBase64` would turn into exactly this text.
 * @throws Base64Error BASE64_INVALID for another alphabet, white space, absent or surplus padding, or unused bits that are set.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const decoded = Buffer.from(text, 'base64');
  // Buffer's decoder forgives; encoding again and comparing accepts one text for each value and no other.
  if (decoded.toString('base64') !== text) {
    throw new Base64Error(
      'BASE64_INVALID',
      `expected canonical standard base64, found ${text.length} characters that are not`,
      {
        hint: 'Use the alphabet A-Z a-z 0-9 + / with padding, no white space and no unused bits.',
      },
    );
  }
  return new Uint8Array(decoded);
}
