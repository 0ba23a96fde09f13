/**
 * Patterns of file names: `*`, `?` and `[a-c]`. Walks both texts once and goes back to the last star only, so that no
 * pattern takes long. Pure.
 */

/** Whether a name may come out of a pattern; an unclosed bracket stands for itself. */
export function matchesPattern(name: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let retry = 0;
  while (at < name.length) {
    const one = next < pattern.length ? matchOne(name[at] ?? '', pattern, next) : undefined;
    if (pattern[next] === '*') {
      star = next;
      retry = at;
      next += 1;
    } else if (one !== undefined) {
      at += 1;
      next = one;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      next = star + 1;
    } else return false;
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}

/** Where the pattern goes on when its next element matches one character. */
function matchOne(char: string, pattern: string, next: number): number | undefined {
  const element = pattern[next];
  if (element === '?') return next + 1;
  const close = element === '[' ? pattern.indexOf(']', next + 2) : -1;
  if (close < 0) return element === char ? next + 1 : undefined;
  const set = pattern.slice(next + 1, close);
  const isNegated = /^[!^]/.test(set);
  return isInSet(char, isNegated ? set.slice(1) : set) !== isNegated ? close + 1 : undefined;
}

function isInSet(char: string, set: string): boolean {
  for (let at = 0; at < set.length; at += 1) {
    const last = set[at + 1] === '-' ? set[at + 2] : undefined;
    if (last === undefined) {
      if (set[at] === char) return true;
      continue;
    }
    if ((set[at] ?? '') <= char && char <= last) return true;
    at += 2;
  }
  return false;
}
