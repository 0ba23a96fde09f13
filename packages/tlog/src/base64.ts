/**
 * Standard base64 with padding, in exactly one form per byte string: RFC 4648 section 4, with the strictness of
 * section 3.5. Pure, and the same in Node and in a page.
 */

import { TlogError } from './errors.js';

/** The base64 text of `bytes`. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 3) {
    text += encodeGroup(bytes.subarray(start, start + 3));
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
  let position = 0;
  for (let start = 0; start < text.length; start += 4) {
    const isLast = start + 4 === text.length;
    for (const byte of decodeGroup(text, start, isLast ? padding : 0)) {
      bytes[position] = byte;
      position += 1;
    }
  }
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** One to three bytes, as four characters. */
function encodeGroup(group: Uint8Array): string {
  const [first = 0, second = 0, third = 0] = group;
  const bits = first * 0x10000 + second * 0x100 + third;
  const letters = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((bits >> shift) & 0x3f));
  return letters
    .slice(0, group.length + 1)
    .join('')
    .padEnd(4, '=');
}

/** The four characters at `start`, of which the last `padding` are `=`: three bytes at most. */
function decodeGroup(text: string, start: number, padding: number): number[] {
  let bits = 0;
  for (let offset = 0; offset < 4; offset += 1) {
    const value = offset < 4 - padding ? VALUES.get(text.charAt(start + offset)) : 0;
    if (value === undefined) throw invalidBase64();
    bits = bits * 64 + value;
  }
  const bytes = [(bits >> 16) & 0xff, (bits >> 8) & 0xff, bits & 0xff];
  if (bytes.slice(3 - padding).some((unused) => unused !== 0)) throw invalidBase64();
  return bytes.slice(0, 3 - padding);
}

function invalidBase64(): TlogError {
  return new TlogError('BASE64_INVALID', 'This is not standard base64 with padding, in its one canonical form.', {
    hint: 'Copy the text again, whole; base64url and unpadded forms are not accepted.',
  });
}
