/**
 * Judges a path given as an argument of its own. Pure.
 */

import { type Analysis, type AnalyzerContext, signal } from '../signal.js';
import { classifyResolved } from './path-class.js';
import { pathVerdict } from './path-verdict.js';
import { resolvePath } from './resolve-path.js';

/** What is done at the path: reading, writing, or deleting whatever is there. */
export type ArgumentAccess = 'read' | 'write' | 'delete';

/** Judges reading, writing or deleting a path. Spans have pointer `''`; an over-long path fails closed. */
export function analyzePath(path: string, access: ArgumentAccess, context: AnalyzerContext): Analysis {
  const at = { pointer: '', start: 0, end: path.length };
  if (path.length > MAX_PATH_LENGTH) {
    const found = signal('path.too-long', 'destructive', 'The path is too long to be judged.', { at, confidence: 0.5 });
    return { kind: 'filesystem', ok: false, errors: ['PATH_TOO_LONG'], signals: [found] };
  }
  const resolved = resolvePath(path, context);
  context.facts?.addPath(resolved.absolute);
  const place = classifyResolved(resolved, context);
  const verdict = pathVerdict(place, access, { scoped: context.workspace !== undefined });
  const signals = [
    signal(verdict.id, verdict.level, verdict.text, {
      effects: verdict.effects,
      reversible: verdict.reversible,
      at,
      targets: [path],
    }),
  ];
  if (HIDDEN.test(path)) {
    signals.push(
      signal('path.hidden-characters', 'moderate', 'The path holds characters that cannot be seen.', { at }),
    );
  }
  return { kind: 'filesystem', ok: true, errors: [], signals };
}

/** Four times PATH_MAX of Linux. */
const MAX_PATH_LENGTH = 16_384;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/;
