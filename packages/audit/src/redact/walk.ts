/**
 * What a walk over a value works with, and how it hides what it finds. Pure types and small helpers.
 */

import { canonicalJson, type JsonValue } from '@countersign/core';
import type { SecretFinder } from './find-secrets.js';
import { FAILED_MARKER } from './marker.js';
import type { SecretNames } from './secret-name.js';

/** What a walk works with, and whom it tells. */
export interface Walk {
  readonly find: SecretFinder;
  readonly ruleOfName: SecretNames;
  readonly mark: (rule: string, secret: string) => string;
  /** Told of each marker that is set, and what it stands for. */
  readonly onSecret: (marker: string, secret: JsonValue) => void;
  /** Told of each text that is searched, member names included. */
  readonly onText: (text: string) => void;
}

/** Hides a value: its marker. */
export function hide(rule: string, secret: JsonValue, walk: Walk): string {
  const marker = walk.mark(rule, secretText(secret));
  walk.onSecret(marker, secret);
  return marker;
}

/** Hides a value in which redaction itself failed. */
export function hideFailed(value: JsonValue, walk: Walk): string {
  walk.onSecret(FAILED_MARKER, value);
  return FAILED_MARKER;
}

/** The text that a fingerprint is made of: a string itself, anything else as canonical JSON. */
export function secretText(secret: JsonValue): string {
  return typeof secret === 'string' ? secret : canonicalJson(secret);
}
