/**
 * Definitions that show a person, or a model, something other than what they are: invisible, bidirectional and control characters in the name,
 * the texts or the schema of a tool, and look-alike letters in its name. Pure.
 */

import { isJsonObject, type JsonValue, type Signal, type ToolDefinition } from '@countersign/core';
import { signal } from '../signal.js';
import { judgeCharacters } from '../text-signals.js';

/** At most one signal of each sort, whatever the number of places. */
export function misleadingSignals(tool: ToolDefinition): readonly Signal[] {
  const budget = { left: MAX_TEXT };
  const texts = [tool.name, tool.title ?? '', tool.description ?? '', ...textsOf(tool.inputSchema ?? null, 0, budget)];
  const isHidden = texts.some((text) => judgeCharacters(text.slice(0, MAX_TEXT), false).length > 0);
  const looksAlike = judgeCharacters(tool.name, true).some(({ id }) => id === 'text.look-alike');
  return [...(isHidden ? [HIDDEN] : []), ...(looksAlike ? [LOOK_ALIKE] : [])];
}

const HIDDEN = signal(
  'text.hidden-characters',
  'destructive',
  'The definition of the tool holds characters that cannot be seen or that change the order of what is seen.',
);
const LOOK_ALIKE = signal('text.look-alike', 'moderate', 'The name of the tool holds letters that look like others.', {
  confidence: 0.7,
});

/** UTF-16 code units of a schema that are searched. */
const MAX_TEXT = 50_000;
const MAX_DEPTH = 32;

/** Keys and texts of a schema; what is beyond the bounds is left out. */
function textsOf(value: JsonValue, depth: number, budget: { left: number }): readonly string[] {
  if (depth > MAX_DEPTH || budget.left <= 0) return [];
  if (typeof value === 'string') {
    budget.left -= value.length;
    return [value];
  }
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, depth + 1, budget));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item, depth + 1, budget)]);
}
