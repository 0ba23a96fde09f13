/**
 * Makes the rule of a token with a published beginning. Pure.
 */

import type { FormRule } from './secret-rule.js';
import { isVaried } from './value-tests.js';

/** A rule whose secret is one of the beginnings and, after it, what `body` matches: most tokens are. */
export function tokenRule(id: string, starts: readonly string[], body: string): FormRule {
  const beginnings = starts.map((start) => start.replace(/[.$]/g, '\\$&')).join('|');
  return { id, starts, pattern: new RegExp(`(?:${beginnings})${body}`, 'y'), accept: isVaried };
}
