/**
 * Characters that make a command look other than it is: invisible ones, those that turn the direction of writing, odd
 * spaces and dashes. Pure.
 */

/** A text with what was hidden made plain. */
export interface RevealedText {
  readonly text: string;
  /** True where characters are invisible or turn the direction, which has no use in a command but to mislead. */
  readonly misleads: boolean;
}

/** Whether the text holds such characters. Line ends of Windows and plain tabs don't count. */
export function hasHiddenCharacters(text: string): boolean {
  return !PLAIN.test(text) && (HIDDEN.test(text) || LOOK_ALIKE.test(text));
}

/** Takes invisible characters out, and puts plain spaces and dashes for those that look like them. */
export function revealHidden(text: string): RevealedText {
  const plain = text
    .replace(INVISIBLE, '')
    .replace(ODD_SPACES, ' ')
    .replace(ODD_DASHES, '-')
    .replace(ESCAPES, '')
    .normalize('NFKC');
  return { text: plain, misleads: MISLEADING.test(text) };
}

const PLAIN = /^[\t\n\x20-\x7e]*$/;
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
// biome-ignore-start lint/suspicious/noMisleadingCharacterClass: single code points are meant.
const HIDDEN =
  /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]|\udb40[\udc00-\udfff]/;
const LOOK_ALIKE =
  /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d\uff01-\uff5e]|[\u0400-\u04ff\u0370-\u03ff](?=[\x21-\x7e])|(?<=[\x21-\x7e])[\u0400-\u04ff\u0370-\u03ff]/;
const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]|\udb40[\udc00-\udfff]/g;
const ODD_SPACES = /[\r\x0b\x0c\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;
const ODD_DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const ESCAPES = /\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)|[\x00-\x08\x0e-\x1f\x7f-\x9f]/g;
const MISLEADING = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\x08\x1b]|\udb40[\udc00-\udfff]/;
// biome-ignore-end lint/suspicious/noMisleadingCharacterClass: single code points are meant.
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
