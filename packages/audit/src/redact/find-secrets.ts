/**
 * Finds the secrets in one text: by their form, by what stands before them, by the name that they are given, and by the user's
 * own rules. Pure, apart from the position that a compiled pattern remembers during a search.
 */

import { isCardNumber } from './card-number.js';
import { createAssignedFinder } from './find-assigned.js';
import { createEncodedFinder } from './find-encoded.js';
import { createFormFinder } from './find-forms.js';
import { formRules } from './form-rules.js';
import { markerPlaces } from './marker.js';
import { placeRules } from './place-rules.js';
import type { SecretNames } from './secret-name.js';
import type { SecretSpan, SpanFinder } from './secret-rule.js';

/** Answers the secrets in a text, in order and without overlap. Passes on what a rule throws. */
export type SecretFinder = SpanFinder;

/** The built-in finders: forms, places, names, card numbers. */
export function builtInFinders(names: SecretNames): readonly SpanFinder[] {
  const forms = createFormFinder(formRules());
  return [
    forms,
    createEncodedFinder(forms),
    createFormFinder(placeRules(), { fold: true }),
    createAssignedFinder(names),
    findCards,
  ];
}

/** All of these finders in one. Where the finds of several overlap, all of it is hidden under the first. */
export function createSecretFinder(finders: readonly SpanFinder[]): SecretFinder {
  return (text) => {
    if (text.length < SHORTEST_FIND) return [];
    const found = finders.flatMap((find) => find(text));
    const spans = withoutMarked(text, found);
    return spans.length < 2 ? spans : merge(spans);
  };
}

/** Nothing shorter matches any built-in rule. */
const SHORTEST_FIND = 3;

const CARD = /(?<![\w.-])[2-6](?:[ -]?\d){13,18}(?![\w-])/g;

function findCards(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const match of text.matchAll(CARD)) {
    if (!isCardNumber(match[0])) continue;
    spans.push({ start: match.index, end: match.index + match[0].length, rule: 'card-number' });
  }
  return spans;
}

/** What was hidden before stays as it is, so that redacting twice changes nothing. */
function withoutMarked(text: string, spans: readonly SecretSpan[]): readonly SecretSpan[] {
  if (spans.length === 0 || !text.includes('[redacted:')) return spans;
  const markers = markerPlaces(text);
  let next = 0;
  return spans
    .toSorted((a, b) => a.start - b.start)
    .filter(({ start }) => {
      while (next < markers.length && (markers[next]?.end ?? 0) <= start) next += 1;
      return start < (markers[next]?.start ?? text.length);
    });
}

function merge(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const merged: SecretSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else merged[merged.length - 1] = { ...last, end: Math.max(last.end, span.end) };
  }
  return merged;
}
