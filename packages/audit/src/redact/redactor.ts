/**
 * Redaction: secrets become markers before anything is hashed, stored or shown (log format, sections 1 and 3). Secrets are
 * known by their path, by the name of their member, by their own form, or by what stands before them in a text. What cannot be
 * searched is hidden. The same value, options and key give the same markers.
 */

import { ConfigError, type JsonValue } from '@countersign/core';
import { builtInFinders, createSecretFinder } from './find-secrets.js';
import { fingerprint, formatMarker } from './marker.js';
import { createPathRules, type RedactPath, type RedactSubject } from './paths.js';
import { redactValue } from './redact-value.js';
import { restoreMarkers } from './restore.js';
import { createSecretNames } from './secret-name.js';
import type { RedactRule, SpanFinder } from './secret-rule.js';
import { createUserRules, withinTime } from './user-rules.js';
import type { Walk } from './walk.js';

/** What the user may say about redaction. */
export interface RedactOptions {
  /** Members that are secret wherever they stand: JSON Pointers or dotted paths, with `*` and `**`, for all tools or some. */
  readonly paths?: readonly (string | RedactPath)[];
  /** Further member names whose values are secrets; case, `_` and `-` do not matter. */
  readonly names?: readonly string[];
  /** Member names of the built-in list whose values are no secrets here. */
  readonly allowNames?: readonly string[];
  /** Further rules, for forms of secrets that the built-in ones do not know. Each has 100 ms for a text; then the field is hidden. */
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
  /**
   * The value with each secret replaced by `[redacted:<rule>:<8 hex digits>]`. Never throws: where a rule fails, the field is
   * hidden.
   * @param subject What the value belongs to, for paths that count for some tools or parts.
   */
  redact(value: JsonValue, subject?: RedactSubject): Redacted;
  /**
   * Edited shown arguments with every marker that was left in place turned back into its exact secret.
   * @param edited What a person made of `redact(original).value`.
   * @param original The exact value.
   * @throws RedactError MARKER_UNKNOWN for a marker that stands for nothing in `original`; MARKER_AMBIGUOUS for one that
   * stands for two things in it; MARKER_MISPLACED for a marker of a whole value within a longer text.
   */
  restore(edited: JsonValue, original: JsonValue, subject?: RedactSubject): JsonValue;
  /** The digits that the markers of this secret end in. */
  fingerprint(secret: string): string;
}

/** The shortest key of fingerprints, in bytes. */
export const MIN_REDACTION_KEY_BYTES = 16;

/**
 * A redactor whose fingerprints are keyed with `key`: within one log the same secret has the same marker.
 * @throws ConfigError OPTION_INVALID for a short key, or a path, name or rule that is none.
 */
export function createRedactor(options: RedactOptions & { readonly key: Uint8Array }): Redactor {
  const { key, rules = [], paths = [] } = options;
  if (key.length < MIN_REDACTION_KEY_BYTES) {
    throw new ConfigError(
      'OPTION_INVALID',
      `key: expected at least ${MIN_REDACTION_KEY_BYTES} bytes, found ${key.length}`,
    );
  }
  const names = createSecretNames(options);
  const builtIn = builtInFinders(names);
  const user = createUserRules(rules);
  const pathRules = createPathRules(paths);
  const walkWith = (own: readonly SpanFinder[]): WalkParts => ({
    find: createSecretFinder([...builtIn, ...own]),
    ruleOfName: names,
    mark: remember((rule, secret) => formatMarker(key, rule, secret)),
  });
  const quick = walkWith(rules.length === 0 ? [] : [user.find]);
  /** Rules of the user's own may take any time: all of them together first, and one by one where that was too long. */
  const run = <T>(work: (walk: WalkParts) => T): T => {
    if (rules.length === 0) return work(quick);
    const done = withinTime(() => work(quick), WALK_TIMEOUT_MS);
    return done.ok ? done.value : work(walkWith([user.bounded()]));
  };
  return {
    redact: (value, subject = {}) =>
      run((walk) => {
        let count = 0;
        const onSecret = (): void => {
          count += 1;
        };
        const redacted = redactValue(value, { ...walk, onSecret, onText: () => undefined }, pathRules.start(subject));
        return { value: count === 0 ? value : redacted, count };
      }),
    restore: (edited, original, subject = {}) =>
      restoreMarkers(edited, (listener) =>
        run((walk) => void redactValue(original, { ...walk, ...listener }, pathRules.start(subject))),
      ),
    fingerprint: (secret) => fingerprint(key, secret),
  };
}

/** A secret often stands in one value many times. */
function remember(mark: Walk['mark']): Walk['mark'] {
  let known = new Map<string, string>();
  return (rule, secret) => {
    const name = `${rule}\0${secret}`;
    const marker = known.get(name) ?? mark(rule, secret);
    if (known.size >= MAX_REMEMBERED) known = new Map();
    known.set(name, marker);
    return marker;
  };
}

/** Few, because they are kept in memory beside their markers. */
const MAX_REMEMBERED = 16;

type WalkParts = Omit<Walk, 'onSecret' | 'onText'>;

/** How long all rules together may search one value, in milliseconds, before each is timed by itself. */
const WALK_TIMEOUT_MS = 1000;
