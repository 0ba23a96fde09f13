/**
 * The shown form of a value: its secrets replaced by markers, frozen, so that nobody who is shown it can change it for
 * others. Pure.
 */

import {
  type Classification,
  isJsonObject,
  type JsonValue,
  MAX_IDENTIFIER_BYTES,
  type Reason,
} from '@countersign/core';
import { FAILED_MARKER } from './redact/marker.js';
import type { RedactSubject } from './redact/paths.js';
import type { Redacted, Redactor } from './redact/redactor.js';

/** The shown form of normalised JSON. A redactor that throws may have failed on the secret: nothing of the value is shown then. */
export function showValue(value: JsonValue, redactor: Redactor, subject?: RedactSubject): Redacted {
  try {
    const { value: shown, count } = redactor.redact(value, subject);
    return { value: freezeDeeply(shown), count };
  } catch {
    return { value: FAILED_MARKER, count: 1 };
  }
}

/** The shown form of a text. */
export function showText(text: string, redactor: Redactor): string {
  const { value } = showValue(text, redactor);
  return typeof value === 'string' ? value : FAILED_MARKER;
}

/** The shown form of an identifier: it stands in entries, where nothing can ever be taken back. */
export function showIdentifier(text: string, redactor: Redactor): string {
  const shown = showText(text, redactor);
  return Buffer.byteLength(shown) > MAX_IDENTIFIER_BYTES ? FAILED_MARKER : shown;
}

/** The shown form of a classification: its reasons may quote the arguments. */
export function showClassification(classification: Classification, redactor: Redactor): Classification {
  return { ...classification, reasons: classification.reasons.map((reason) => showReason(reason, redactor)) };
}

function showReason(reason: Reason, redactor: Redactor): Reason {
  const { text, alternative, at } = reason;
  return {
    ...reason,
    text: showText(text, redactor),
    ...(alternative !== undefined && { alternative: showText(alternative, redactor) }),
    ...(at !== undefined && { at: { ...at, pointer: showText(at.pointer, redactor) } }),
  };
}

/** What is frozen already is so to its ends, because the normaliser makes it that way. */
function freezeDeeply(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of isJsonObject(value) ? Object.values(value) : value) freezeDeeply(member);
  return Object.freeze(value);
}
