/**
 * Text as the formats of this package see it: well-formed Unicode, encoded as UTF-8, lines that end in U+000A. Pure.
 */

/** The UTF-8 bytes of a text without lone surrogates. */
export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes, a leading U+FEFF kept; `undefined` when they are not valid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether `text` is well-formed and holds no ASCII control character but the newline. */
export function isPlainText(text: string): boolean {
  for (let position = 0; position < text.length; position += 1) {
    const unit = text.charCodeAt(position);
    if (unit < FIRST_PRINTABLE && unit !== NEWLINE) return false;
  }
  return !/\p{Surrogate}/u.test(text);
}

const NEWLINE = 0x0a;
const FIRST_PRINTABLE = 0x20;
