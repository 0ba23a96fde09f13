/**
 * Text that came from agents, tools and files, as it is printed: what a terminal would act on, or a person cannot see, is
 * written out. Pure.
 */

import { escapeUnsafe, escapeUnsafeLines } from '@countersign/approval';

/** One line of text. */
export function visible(text: string): string {
  return escapeUnsafe(text);
}

/** Text of several lines: its line feeds stay. */
export function visibleLines(text: string): string {
  return escapeUnsafeLines(text);
}

/** JSON text with the same value, in which what is unsafe to print stands as `\uXXXX`. Line feeds between its parts stay. */
export function visibleJson(json: string): string {
  return json.replace(NOT_PLAIN, (character) =>
    escapeUnsafe(character) === character ? character : escapedUnits(character),
  );
}

/** CSV: its line ends stay. */
export function visibleCsv(csv: string): string {
  return csv.split('\r\n').map(escapeUnsafeLines).join('\r\n');
}

const NOT_PLAIN = /[^\n\x20-\x7e]/gu;

function escapedUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
