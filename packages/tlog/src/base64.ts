/**
 * Standard base64 with padding, in exactly one form per byte string: RFC 4648 section 4, with the strictness of
 * section 3.5. Pure, and the same in Node and in a page.
 */

import { TlogError } from './errors.js';

/** The base64 text of `bytes`. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    text +=
      letter(bits >> 18) + letter(bits >> 12) + (left > 1 ? letter(bits >> 6) : '=') + (left > 2 ? letter(bits) : '=');
  }
  return text;
}

/**
 * The bytes of a base64 text. Refuses what other decoders let pass: other alphabets, white space, missing or extra
 * padding, and unused bits that are not zero.
 *
 * @throws TlogError `BASE64_INVALID`
 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw invalidBase64();
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let start = 0; start < text.length; start += 4) {
    const isLast = start + 4 === text.length;
    readGroup({ text, start, padding: isLast ? padding : 0, bytes, at: (start / 4) * 3 });
  }
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The value of each character of the alphabet, by its code. */
const VALUES: ReadonlyMap<number, number> = new Map([...ALPHABET].map((own, value) => [own.charCodeAt(0), value]));

/** The character of the lowest six bits. */
function letter(bits: number): string {
  return ALPHABET.charAt(bits & 0x3f);
}

interface Group {
  readonly text: string;
  readonly start: number;
  /** How many of the four characters are `=`. */
  readonly padding: number;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Four characters, into three bytes at most. */
function readGroup({ text, start, padding, bytes, at }: Group): void {
  let bits = 0;
  for (let offset = 0; offset < 4; offset += 1) {
    const value = offset < 4 - padding ? VALUES.get(text.charCodeAt(start + offset)) : 0;
    if (value === undefined) throw invalidBase64();
    bits = (bits << 6) | value;
  }
  if (padding > 0 && (bits & (padding === 1 ? 0xff : 0xffff)) !== 0) throw invalidBase64();
  bytes[at] = bits >> 16;
  if (padding < 2) bytes[at + 1] = bits >> 8;
  if (padding < 1) bytes[at + 2] = bits;
}

function invalidBase64(): TlogError {
  return new TlogError('BASE64_INVALID', 'This is not standard base64 with padding, in its one canonical form.', {
    hint: 'Copy the text again, whole; base64url and unpadded forms are not accepted.',
  });
}
