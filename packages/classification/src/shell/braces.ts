/**
 * Brace expansion: `{a,b}` and `{1..3}`. Pure.
 */

import { UNKNOWN } from '../filesystem/index.js';

const MAX_ALTERNATIVES = 64;
const MAX_NESTING = 8;

/** The alternatives of one brace expansion, at most 64 of them. A part that needs the shell to be known is unknown. */
export function expandBraces(text: string, depth = 0): readonly string[] {
  if (depth > MAX_NESTING) return [UNKNOWN];
  const inner = text.slice(1, -1);
  const range = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.-?\d+)?$/.exec(inner);
  if (range) return [range[1] ?? '', range[2] ?? ''];
  const alternatives = splitAtCommas(inner).flatMap((part) => expandPart(part, depth + 1));
  return alternatives.slice(0, MAX_ALTERNATIVES);
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
