/**
 * The shown form of a value: its secrets replaced by markers, frozen, so that nobody who is shown it can change it for
 * others. Pure.
 */

import { isJsonObject, type JsonValue } from '@countersign/core';
import { FAILED_MARKER } from './redact/marker.js';
import type { Redacted, Redactor } from './redact/redactor.js';

/** The shown form of normalised JSON. A redactor that throws may have failed on the secret: nothing of the value is shown then. */
export function showValue(value: JsonValue, redactor: Redactor): Redacted {
  try {
    const { value: shown, count } = redactor.redact(value);
    return { value: freezeDeeply(shown), count };
  } catch {
    return { value: FAILED_MARKER, count: 1 };
  }
}

/** What is frozen already is so to its ends, because the normaliser makes it that way. */
function freezeDeeply(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of isJsonObject(value) ? Object.values(value) : value) freezeDeeply(member);
  return Object.freeze(value);
}
