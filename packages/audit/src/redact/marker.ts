/**
 * Markers: what stands in the place of a secret, `[redacted:<rule>:<4 hex digits>]`. The digits are a keyed fingerprint: within
 * one log the same secret has the same marker, and without the key nothing can be learnt from it. Pure.
 */

import { createHmac } from 'node:crypto';

/** The rule that hides a field in which redaction itself failed, and its marker. */
export const FAILED_MARKER = '[redacted:redactor-failed:0000]';

/** The marker of a secret: the first 4 hex digits of `HMAC-SHA-256(key, rule || 00 || secret)`. */
export function formatMarker(key: Uint8Array, rule: string, secret: string): string {
  const fingerprint = createHmac('sha256', key).update(`${rule}\0${secret}`).digest('hex').slice(0, 4);
  return `[redacted:${rule}:${fingerprint}]`;
}

/** True for a text that is one marker and nothing else. */
export function isMarker(text: string): boolean {
  return /^\[redacted:[a-z0-9-]{1,40}:[0-9a-f]{4}\]$/.test(text);
}

/** The text with each marker replaced by what `replace` answers. */
export function replaceMarkers(text: string, replace: (marker: string) => string): string {
  return text.includes('[redacted:') ? text.replace(/\[redacted:[a-z0-9-]{1,40}:[0-9a-f]{4}\]/g, replace) : text;
}
