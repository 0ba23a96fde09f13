/**
 * Finds secrets that begin in a published way. One pass over the text: a table of the first two characters says where a
 * beginning may stand, and only there a pattern is tried, so that the time does not go by the number of rules. Pure, apart
 * from the position that a sticky pattern remembers during a search.
 */

import type { FormRule, SecretSpan, SpanFinder } from './secret-rule.js';

/** A finder for these rules. @param fold True where the beginnings are in lower case and stand for both cases. */
export function createFormFinder(rules: readonly FormRule[], { fold = false } = {}): SpanFinder {
  const table = tableOf(rules);
  return (text) => {
    const spans: SecretSpan[] = [];
    const needles = new Needles(text);
    const searched = fold ? lowerCase(text) : text;
    let end = 0;
    let before = searched.charCodeAt(0);
    for (let at = 1; at < searched.length; at += 1) {
      const code = searched.charCodeAt(at);
      const candidates = before < ASCII && code < ASCII ? table[before * ASCII + code] : undefined;
      before = code;
      // What stands within a find is part of it.
      if (candidates === undefined || at - 1 < end) continue;
      const span = findAt({ text, searched, needles, at: at - 1 }, candidates);
      if (span === undefined) continue;
      spans.push(span);
      end = span.end;
    }
    return spans;
  };
}

/** The same length in lower case: some letters outside ASCII change their length. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]{1,64}/g, (letters) => letters.toLowerCase());
}

const ASCII = 128;

interface Candidate {
  readonly start: string;
  readonly rule: FormRule;
}

interface Place {
  readonly text: string;
  readonly searched: string;
  readonly needles: Needles;
  readonly at: number;
}

/** By the first two characters; each rule has patterns of its own, because a sticky pattern remembers where it is. */
function tableOf(rules: readonly FormRule[]): readonly (readonly Candidate[] | undefined)[] {
  const table: (Candidate[] | undefined)[] = new Array(ASCII * ASCII).fill(undefined);
  for (const rule of rules) {
    const own = { ...rule, pattern: new RegExp(rule.pattern.source, rule.pattern.flags) };
    for (const start of rule.starts) {
      const index = start.charCodeAt(0) * ASCII + start.charCodeAt(1);
      const known = table[index] ?? [];
      known.push({ start, rule: own });
      table[index] = known;
    }
  }
  return table;
}

/** Where the next of each needle stands: it is looked for again only behind the last find, so that all looks together are one. */
class Needles {
  readonly #text: string;
  readonly #next = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the needle stands within reach behind `at`. */
  isNear(needle: string, at: number): boolean {
    let next = this.#next.get(needle) ?? -1;
    if (next < at) {
      const found = this.#text.indexOf(needle, at);
      next = found < 0 ? Number.POSITIVE_INFINITY : found;
      this.#next.set(needle, next);
    }
    return next - at < REACH;
  }
}

/** How far behind its beginning a pattern looks for what it needs. */
const REACH = 640;

function findAt({ text, searched, needles, at }: Place, candidates: readonly Candidate[]): SecretSpan | undefined {
  for (const { start, rule } of candidates) {
    if (!searched.startsWith(start, at) || (rule.isInner !== true && !beginsWord(text, at))) continue;
    const { pattern, back = 0 } = rule;
    if (at < back || (rule.needs !== undefined && !needles.isNear(rule.needs, at))) continue;
    pattern.lastIndex = at - back;
    const match = pattern.exec(text);
    if (match === null) continue;
    const [whole, kept, hidden] = match;
    const secret = hidden ?? whole;
    if (secret === '' || rule.accept?.(secret) === false) continue;
    const from = match.index + (hidden === undefined ? 0 : (kept ?? '').length);
    return { start: from, end: from + secret.length, rule: rule.id };
  }
  return undefined;
}

/**
 * Whether a word begins here. The letter before it may be the end of an escape: `\n` in JSON, `%3D` in a URL, `\u003d`, or a
 * colour of the terminal.
 */
function beginsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (!isAlphanumeric(before)) return true;
  const second = text.charCodeAt(at - 2);
  if (second === BACKSLASH) return 'nrtbfv0'.includes(text[at - 1] ?? '');
  const third = text.charCodeAt(at - 3);
  if (third === PERCENT) return /[0-9A-Fa-f]{2}$/.test(text.slice(at - 2, at));
  if (text.charCodeAt(at - 4) === BACKSLASH && third === X) return true;
  if (text.charCodeAt(at - 6) === BACKSLASH && text.charCodeAt(at - 5) === U) return true;
  return before === M && /\[[0-9;]{1,6}m$/.test(text.slice(Math.max(0, at - 8), at));
}

const BACKSLASH = 92;
const PERCENT = 37;
const X = 120;
const U = 117;
const M = 109;

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
