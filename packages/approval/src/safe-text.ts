/**
 * Text from agents and tools, made safe to show to a person: what cannot be seen, or changes how the rest is seen, is written out.
 * Pure.
 */

/**
 * `text` with every control, format (bidirectional, zero-width, tag), private, unassigned and lone surrogate character, every variation
 * selector and filler, and every white space but the plain blank written as `\u{HEX}`. A line feed is written out too.
 */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a text of several lines of our own making: its line feeds stay. */
export function escapeUnsafeLines(text: string): string {
  return text.split('\n').map(escapeUnsafe).join('\n');
}

/** Categories C*, Z* but the blank; then Hangul and Braille fillers, the grapheme joiner, Khmer and Mongolian marks, variation selectors. */
const UNSAFE =
  /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|[\u{115f}\u{1160}\u{3164}\u{ffa0}\u{2800}]|\u{34f}|\u{17b4}|\u{17b5}|[\u{180b}-\u{180f}]|[\u{fe00}-\u{fe0f}]|[\u{e0100}-\u{e01ef}]/gu;
