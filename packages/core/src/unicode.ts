/// <reference lib="es2024.string" />
/**
 * Questions about JavaScript strings, which may hold halves of surrogate pairs that no UTF-8 text can carry. Pure.
 */

/** True when `text` holds half of a surrogate pair, so that it has no UTF-8 form of its own. Fast for long texts. */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed();
}

/** True when every character is printable ASCII and stands for itself between the quotes of a JSON string. */
export function isPlainAscii(text: string): boolean {
  return PLAIN_ASCII.test(text);
}

const PLAIN_ASCII = /^[ !#-[\]-~]*$/;
