/**
 * Judges what a command does at a path. Pure but for the report.
 */

import type { RiskLevel } from '@countersign/core';
import {
  classifyPath,
  isRebuildable,
  type PathAccess,
  type PathClass,
  pathVerdict,
  resolvePath,
  UNKNOWN,
} from '../filesystem/index.js';
import type { SignalDetails } from '../signal.js';
import { type Argument, pathContext, type Walk } from './walk.js';

/** Reports what the access to the path comes to; answers its level, which for `safe` isn't reported. */
export function judgePath(word: Argument, access: PathAccess, walk: Walk): RiskLevel {
  const isHiddenPattern = access === 'read' && word.glob && HIDDEN_PATTERN.test(word.text);
  const place = isHiddenPattern ? 'unknown' : placeOf(word, walk);
  const verdict = pathVerdict(place, access, { scoped: walk.context.workspace !== undefined });
  const details: SignalDetails = { effects: verdict.effects, reversible: verdict.reversible, targets: targetsOf(word) };
  walk.report.add(verdict.id, verdict.level, verdict.text, word, details);
  return verdict.level;
}

/** A pattern over hidden names, such as `~/.s*`, may stand for folders of secrets. */
const HIDDEN_PATTERN = /(?:^|\/)\.[^/]*[*?[]/;

/** What kind of place a word is as a path, where the walk stands. */
export function placeOf(word: Argument, walk: Walk): PathClass {
  return classifyPath(word.text, pathContext(walk));
}

/** Whether a build makes again what is at this path. */
export function isRebuildablePath(word: Argument, walk: Walk): boolean {
  if (word.text.startsWith(UNKNOWN)) return false;
  const context = pathContext(walk);
  return isRebuildable(resolvePath(word.text, context), context);
}

/** The path as a target, unless part of it isn't known. */
export function targetsOf(word: Argument): readonly string[] {
  return word.text.includes(UNKNOWN) || word.text === '' ? [] : [word.text];
}
