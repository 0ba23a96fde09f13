/**
 * Answers as JSON: one object over several lines, or one object per line. Pure.
 */

import { visibleJson } from './visible.js';

/** One object, for people and programs alike. */
export function jsonDocument(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** One object on one line. */
export function jsonLine(value: unknown): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}

/** Which of the two was asked for. */
export function jsonText(value: unknown, { jsonl }: { readonly jsonl: boolean }): string {
  return jsonl ? jsonLine(value) : jsonDocument(value);
}
