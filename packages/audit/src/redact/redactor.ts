/**
 * Redaction: secrets become markers before anything is hashed, stored or shown.
 */

import type { JsonValue } from '@countersign/core';

/** What the user may say about redaction. */
export interface RedactOptions {
  /** Further member names whose values are secrets; case, `_` and `-` do not matter. */
  readonly names?: readonly string[];
  /** Member names of the built-in list whose values are not secrets here. */
  readonly allowNames?: readonly string[];
}

/** A value without its secrets. */
export interface Redacted {
  /** The very value that was given when nothing was found. */
  readonly value: JsonValue;
  /** How many markers were set. */
  readonly count: number;
}

/** Finds secrets, and puts them back into edited arguments. */
export interface Redactor {
  /** The value with each secret replaced by `[redacted:<rule>:<4 hex digits>]`. Never throws. */
  redact(value: JsonValue): Redacted;
  /**
   * Edited shown arguments with every marker that was left in place turned back into its exact secret.
   * @param edited What a person made of `redact(original).value`.
   * @param original The exact value.
   * @throws RedactError MARKER_UNKNOWN for a marker that stands for nothing in `original`.
   */
  restore(edited: JsonValue, original: JsonValue): JsonValue;
}

/** A redactor whose fingerprints are keyed with `key` (32 bytes): the same secret has the same fingerprint in one log. */
export function createRedactor(options: RedactOptions & { readonly key: Uint8Array }): Redactor {
  throw new Error(`not implemented: ${options.key.length}`);
}
