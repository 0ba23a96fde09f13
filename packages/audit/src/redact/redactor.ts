/**
 * Redaction: secrets become markers before anything is hashed, stored or shown (log format, sections 1 and 3). Secrets are
 * known by the name of their member, by their own form, or by what stands before them in a text. What cannot be searched is
 * hidden. Pure: the same value, options and key give the same markers.
 */

import { ConfigError, type JsonValue } from '@countersign/core';
import { createSecretFinder } from './find-secrets.js';
import { formatMarker } from './marker.js';
import { redactValue, type Walk } from './redact-value.js';
import { restoreMarkers } from './restore.js';
import { createSecretNames } from './secret-name.js';
import { textRules } from './text-rules.js';
import { type RedactRule, tokenRules } from './token-rules.js';

/** What the user may say about redaction. */
export interface RedactOptions {
  /** Further member names whose values are secrets; case, `_` and `-` do not matter. */
  readonly names?: readonly string[];
  /** Member names of the built-in list whose values are no secrets here. */
  readonly allowNames?: readonly string[];
  /** Further rules, for forms of secrets that the built-in ones do not know. Their patterns must take linear time. */
  readonly rules?: readonly RedactRule[];
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
  /** The value with each secret replaced by `[redacted:<rule>:<4 hex digits>]`. Never throws: where a rule fails, the field is hidden. */
  redact(value: JsonValue): Redacted;
  /**
   * Edited shown arguments with every marker that was left in place turned back into its exact secret.
   * @param edited What a person made of `redact(original).value`.
   * @param original The exact value.
   * @throws RedactError MARKER_UNKNOWN for a marker that stands for nothing in `original`; MARKER_AMBIGUOUS for one that
   * stands for two things in it; MARKER_MISPLACED for a marker of a whole value within a longer text.
   */
  restore(edited: JsonValue, original: JsonValue): JsonValue;
}

/** The shortest key of fingerprints, in bytes. */
export const MIN_REDACTION_KEY_BYTES = 16;

/**
 * A redactor whose fingerprints are keyed with `key`: within one log the same secret has the same marker.
 * @throws ConfigError OPTION_INVALID for a short key, or a rule whose id cannot stand in a marker.
 */
export function createRedactor(options: RedactOptions & { readonly key: Uint8Array }): Redactor {
  const { key, rules = [] } = options;
  if (key.length < MIN_REDACTION_KEY_BYTES) {
    throw new ConfigError(
      'OPTION_INVALID',
      `key: expected at least ${MIN_REDACTION_KEY_BYTES} bytes, found ${key.length}`,
    );
  }
  if (rules.some(({ id }) => !/^[a-z0-9-]{1,40}$/.test(id))) {
    throw new ConfigError('OPTION_INVALID', 'rules: expected ids of 1 to 40 of a-z, 0-9 and hyphens');
  }
  const walk: Omit<Walk, 'onSecret' | 'onText'> = {
    find: createSecretFinder([...tokenRules(), ...textRules(), ...rules]),
    ruleOfName: createSecretNames(options),
    mark: (rule, secret) => formatMarker(key, rule, secret),
  };
  return {
    redact: (value) => {
      let count = 0;
      const onSecret = (): void => {
        count += 1;
      };
      const redacted = redactValue(value, { ...walk, onSecret, onText: () => undefined });
      return { value: count === 0 ? value : redacted, count };
    },
    restore: (edited, original) => restoreMarkers({ edited, original, walk }),
  };
}
