/**
 * Rules of the user's own, and the bound on their time. A pattern that takes exponential time cannot be stopped from within
 * the language, so each rule runs under a watchdog of the engine: what is not done in time has failed, and the field in which a
 * rule fails is hidden.
 */

import { createContext, Script } from 'node:vm';
import { ConfigError } from '@countersign/core';
import { lowerCase } from './find-forms.js';
import { type RedactRule, RULE_ID, type SecretSpan, type SpanFinder } from './secret-rule.js';

/** How long one rule may search one text, in milliseconds. */
export const RULE_TIMEOUT_MS = 100;

/** The most user rules. */
export const MAX_RULES = 100;

/** The user's rules, ready to search. */
export interface UserRules {
  /** Searches without a bound: for use within `withinTime`. */
  readonly find: SpanFinder;
  /** A finder whose rules are timed one by one. When too many took too long, the rest of the value is not searched by them: it fails. */
  bounded(): SpanFinder;
}

/**
 * Makes the user's rules.
 * @throws ConfigError OPTION_INVALID for a rule that is none, or too many.
 */
export function createUserRules(rules: readonly RedactRule[]): UserRules {
  if (rules.length > MAX_RULES) {
    throw new ConfigError('OPTION_INVALID', `redact.rules: expected at most ${MAX_RULES} rules`);
  }
  const compiled = rules.map((rule, at) => ({ ...rule, pattern: globalPattern(rule, at) }));
  const meant = (text: string): readonly RedactRule[] => {
    const lower = lowerCase(text);
    return compiled.filter((rule) => isHinted(rule, lower));
  };
  return {
    find: (text) => meant(text).flatMap((rule) => findAll(rule, text)),
    bounded: () => {
      let left = MAX_TIMEOUTS;
      return (text) =>
        meant(text).flatMap((rule) => {
          if (left === 0) throw new Error('Too many searches took too long.');
          const done = withinTime(() => findAll(rule, text), RULE_TIMEOUT_MS);
          if (done.ok) return done.value;
          left -= 1;
          throw new Error('A search took too long.');
        });
    },
  };
}

/** How many searches of one value may take too long. */
const MAX_TIMEOUTS = 10;

/** Runs `work`, and stops it after so many milliseconds. Passes on what it throws. */
export function withinTime<T>(
  work: () => T,
  timeoutMs: number,
): { readonly ok: true; readonly value: T } | { readonly ok: false } {
  const outcome: { done?: { readonly ok: true; readonly value: T }; failure?: { readonly error: unknown } } = {};
  const run = (): void => {
    try {
      outcome.done = { ok: true, value: work() };
    } catch (error) {
      outcome.failure = { error };
    }
  };
  try {
    RUN.runInContext(createContext({ run }), { timeout: timeoutMs });
  } catch {
    // The engine ended it: nothing within could catch that, and nothing was done.
  }
  if (outcome.failure !== undefined) throw outcome.failure.error;
  return outcome.done ?? { ok: false };
}

const RUN = new Script('this.run()');

/** Each finder has patterns of its own: a global pattern remembers where it is. */
function globalPattern({ id, pattern }: RedactRule, at: number): RegExp {
  if (typeof id !== 'string' || !RULE_ID.test(id)) {
    throw new ConfigError('OPTION_INVALID', `redact.rules[${at}].id: expected 1 to 40 of a-z, 0-9 and hyphens`);
  }
  if (!(pattern instanceof RegExp)) {
    throw new ConfigError('OPTION_INVALID', `redact.rules[${at}].pattern: expected a regular expression`);
  }
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '').concat('g'));
}

function isHinted({ hints = [] }: RedactRule, lower: string): boolean {
  return hints.length === 0 || hints.some((hint) => lower.includes(hint.toLowerCase()));
}

function findAll({ id, pattern, accept }: RedactRule, text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    // A pattern that matches nothing would stay where it is.
    if (match[0] === '') pattern.lastIndex += 1;
    const [whole, kept, hidden] = match;
    const secret = hidden ?? whole;
    const start = match.index + (hidden === undefined ? 0 : (kept ?? '').length);
    if (secret !== '' && accept?.(secret) !== false) spans.push({ start, end: start + secret.length, rule: id });
  }
  return spans;
}
