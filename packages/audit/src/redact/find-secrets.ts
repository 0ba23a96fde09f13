/**
 * Finds the secrets in one text. Pure, apart from the position that a compiled pattern remembers during a search.
 */

import { isMarker } from './marker.js';
import type { RedactRule } from './token-rules.js';

/** Where a secret stands. */
export interface SecretSpan {
  /** First UTF-16 code unit, and one past the last. */
  readonly start: number;
  readonly end: number;
  readonly rule: string;
}

/** Answers the secrets in a text, in order and without overlap. Passes on what a rule throws. */
export type SecretFinder = (text: string) => readonly SecretSpan[];

/** A finder for the given rules. Where the finds of several overlap, all of it is hidden under the first of them. */
export function createSecretFinder(rules: readonly RedactRule[]): SecretFinder {
  const compiled = rules.map((rule) => ({ ...rule, pattern: globalPattern(rule.pattern) }));
  return (text) => {
    if (text.length < SHORTEST_FIND) return [];
    const lower = text.toLowerCase();
    const spans = compiled.flatMap((rule) => (isHinted(rule, lower) ? findOne(rule, text) : []));
    return spans.length < 2 ? spans : merge(spans);
  };
}

/** Nothing shorter matches any built-in rule. */
const SHORTEST_FIND = 5;

/** Each finder has patterns of its own: a global pattern remembers where it is. */
function globalPattern(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '').concat('g'));
}

function isHinted({ hints }: RedactRule, lower: string): boolean {
  return hints.length === 0 || hints.some((hint) => lower.includes(hint));
}

function findOne({ id, pattern, accept }: RedactRule, text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    // A pattern that matches nothing would stay where it is.
    if (match[0] === '') pattern.lastIndex += 1;
    const [whole, kept, hidden] = match;
    const secret = hidden ?? whole;
    const start = match.index + (hidden === undefined ? 0 : (kept ?? '').length);
    if (secret !== '' && !holdsMarker(secret) && accept?.(secret) !== false) {
      spans.push({ start, end: start + secret.length, rule: id });
    }
  }
  return spans;
}

/** What was hidden before stays as it is, so that redacting twice changes nothing. */
function holdsMarker(secret: string): boolean {
  return isMarker(secret) || secret.startsWith('[redacted:');
}

function merge(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const merged: SecretSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else merged[merged.length - 1] = { ...last, end: Math.max(last.end, span.end) };
  }
  return merged;
}
