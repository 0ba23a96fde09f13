/**
 * Globs over names and paths: `*` is any text (empty and `/` included), `?` one character, everything else itself. Pure.
 */

/**
 * Whether the whole of `text` matches. Takes at most pattern length times text length steps: the last `*` is the only place that
 * the search ever goes back to.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (next < text.length) {
    if (glob[at] === '*') {
      star = at;
      resume = next;
      at += 1;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === text[next])) {
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
  while (glob[at] === '*') at += 1;
  return at === glob.length;
}
