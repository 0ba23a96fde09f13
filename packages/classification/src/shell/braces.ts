/**
 * Brace expansion: `{a,b}` and `{1..3}`. Pure.
 */

import { UNKNOWN } from '../filesystem/index.js';

const MAX_ALTERNATIVES = 64;
const MAX_NESTING = 8;

/** The alternatives of one brace expansion; beyond 64, and where only the shell could know, one of them is unknown. */
export function expandBraces(text: string, depth = 0): readonly string[] {
  if (depth > MAX_NESTING) return [UNKNOWN];
  const inner = text.slice(1, -1);
  const range = /^(?:(-?\d{1,9})\.\.(-?\d{1,9})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.-?\d+)?$/.exec(inner);
  if (range) return expandRange(range);
  const alternatives = splitAtCommas(inner).flatMap((part) => expandPart(part, depth + 1));
  return capAlternatives(alternatives);
}

/** At most 64 alternatives; one that isn't known stands for the rest. */
export function capAlternatives(alternatives: readonly string[]): readonly string[] {
  return alternatives.length <= MAX_ALTERNATIVES
    ? alternatives
    : [...alternatives.slice(0, MAX_ALTERNATIVES - 1), UNKNOWN];
}

/** `{1..3}`, `{a..e}`; the step is left aside, so that a few more are looked at than the shell would make. */
function expandRange(range: RegExpExecArray): readonly string[] {
  const [, from, to, first = '', last = ''] = range;
  const isNumeric = from !== undefined && to !== undefined;
  const start = isNumeric ? Number(from) : first.charCodeAt(0);
  const end = isNumeric ? Number(to) : last.charCodeAt(0);
  const low = Math.min(start, end);
  const count = Math.min(Math.abs(end - start) + 1, MAX_ALTERNATIVES);
  const values = Array.from({ length: count }, (_, index) => low + index).map((value) =>
    isNumeric ? String(value) : String.fromCharCode(value),
  );
  return count < MAX_ALTERNATIVES ? values : [...values.slice(0, -1), UNKNOWN];
}

/** Braces inside an alternative, then its quotes and escapes. */
function expandPart(part: string, depth: number): readonly string[] {
  const open = part.indexOf('{');
  const close = part.lastIndexOf('}');
  if (open >= 0 && close > open && part.slice(open, close).includes(',')) {
    const inner = expandBraces(part.slice(open, close + 1), depth);
    return inner.map((text) => removeQuotes(part.slice(0, open)) + text + removeQuotes(part.slice(close + 1)));
  }
  return [removeQuotes(part)];
}

function removeQuotes(text: string): string {
  if (/[$`]/.test(text)) return text.replace(/(?:\$\{?\w*\}?|`[^`]*`)/g, UNKNOWN).replace(/["'\\]/g, '');
  return text.replace(/\\(.)/gs, '$1').replace(/["']/g, '');
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '\\') i += 1;
    else if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
