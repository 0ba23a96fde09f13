/**
 * Markers: what stands in the place of a secret, `[redacted:<rule>:<8 hex digits>]`. The digits are a keyed fingerprint of the
 * secret alone: within one log the same secret has the same digits, whichever rule found it, and without the key nothing can be
 * learnt from them. Pure.
 */

import { createHmac } from 'node:crypto';

/** The rule that hides a field in which redaction itself failed, and its marker. */
export const FAILED_MARKER = '[redacted:redactor-failed:00000000]';

/**
 * Hex digits of a fingerprint. Eight are enough to find a secret among millions by it, and few enough to stay short in a
 * sentence (docs, "Redaction").
 */
export const FINGERPRINT_DIGITS = 8;

/** The fingerprint of a secret: the first digits of `HMAC-SHA-256(key, "countersign/redaction/v1" || 00 || secret)`. */
export function fingerprint(key: Uint8Array, secret: string): string {
  return createHmac('sha256', key)
    .update(`countersign/redaction/v1\0${secret}`)
    .digest('hex')
    .slice(0, FINGERPRINT_DIGITS);
}

/** The marker of a secret that was found by a rule. */
export function formatMarker(key: Uint8Array, rule: string, secret: string): string {
  return `[redacted:${rule}:${fingerprint(key, secret)}]`;
}

/** True for a text that is one marker and nothing else. */
export function isMarker(text: string): boolean {
  return /^\[redacted:[a-z0-9-]{1,40}:[0-9a-f]{8}\]$/.test(text);
}

/** The text with each marker replaced by what `replace` answers. */
export function replaceMarkers(text: string, replace: (marker: string) => string): string {
  return text.includes('[redacted:') ? text.replace(MARKERS, replace) : text;
}

/** Where markers stand in a text. */
export function markerPlaces(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(MARKERS)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

const MARKERS = /\[redacted:[a-z0-9-]{1,40}:[0-9a-f]{8}\]/g;
