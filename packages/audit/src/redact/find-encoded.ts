/**
 * Finds secrets that stand percent-encoded in a text, as in URLs: what a word stands for is searched, and what is found there
 * is hidden in the word. Pure.
 */

import type { SecretSpan, SpanFinder } from './secret-rule.js';

/** A finder that decodes and then searches with `find`. */
export function createEncodedFinder(find: SpanFinder): SpanFinder {
  return (text) => {
    if (!text.includes('%')) return [];
    const spans: SecretSpan[] = [];
    for (const { start, end } of encodedWords(text)) {
      const { decoded, places } = decode(text, start, end);
      for (const span of find(decoded)) {
        spans.push({ start: places[span.start] ?? start, end: places[span.end] ?? end, rule: span.rule });
      }
    }
    return spans;
  };
}

/** Runs without white space and quotation marks that hold an encoded sign. */
function* encodedWords(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let done = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', Math.max(at + 1, done))) {
    if (!/^%[0-9A-Fa-f]{2}$/.test(text.slice(at, at + 3))) continue;
    let start = at;
    while (start > done && !ENDS_WORD.has(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 3;
    while (end < text.length && !ENDS_WORD.has(text.charCodeAt(end))) end += 1;
    done = end;
    yield { start, end };
  }
}

/** The text that is meant, and where each of its code units begins in the encoded one. */
function decode(
  text: string,
  start: number,
  end: number,
): { readonly decoded: string; readonly places: readonly number[] } {
  const units: string[] = [];
  const places: number[] = [];
  for (let at = start; at < end; ) {
    const code = text.charCodeAt(at) === PERCENT ? Number.parseInt(text.slice(at + 1, at + 3), 16) : Number.NaN;
    units.push(Number.isNaN(code) ? text.charAt(at) : String.fromCharCode(code));
    places.push(at);
    at += Number.isNaN(code) ? 1 : 3;
  }
  places.push(end);
  return { decoded: units.join(''), places };
}

const PERCENT = 37;
const ENDS_WORD: ReadonlySet<number> = new Set([...' \t\r\n"\'`<>'].map((sign) => sign.charCodeAt(0)));
