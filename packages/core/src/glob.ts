/**
 * Globs over names: `*` is any text (empty and `/` included), `?` one character, everything else itself. Case counts. Pure.
 */

/** The longest glob in UTF-16 code units. */
export const MAX_GLOB_LENGTH = 256;

/**
 * True when the whole of `text` matches. Takes at most pattern length times text length steps: the last `*` is the only
 * place that the search ever goes back to.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = [...pattern];
  const found = [...text];
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (next < found.length) {
    if (wanted[at] === '*') {
      star = at;
      resume = next;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === found[next])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      resume += 1;
      at = star + 1;
      next = resume;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((character) => character === '*');
}
