/** Changes to items and lines, from which the broken logs among the vectors are made. */

import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, parseJson } from '@countersign/core';
import { type BuildOptions, buildLog, type EntryLine, type Item, KEY } from './log-builder.js';

/** A log that must be found wanting. */
export interface BrokenLog {
  readonly name: string;
  readonly clause: string;
  /** A finding that must be made. */
  readonly code: string;
  readonly items: readonly Item[];
  readonly options?: BuildOptions;
  /** The key that the caller pins. */
  readonly key?: string;
  /** Checkpoints that the caller kept. */
  readonly against?: readonly string[];
}

/** A log among the vectors, as it is written down. */
export interface LogVector {
  readonly name: string;
  readonly clause: string;
  /** Without `.jsonl`. */
  readonly file: string;
  readonly key: string;
  readonly against?: readonly string[];
  /** `ok`, or the code of a finding that must be made. */
  readonly expect: string;
  readonly text: string;
}

/** The vector of a broken log. */
export function vectorOf({ name, clause, code, items, options, key = KEY, against }: BrokenLog): LogVector {
  const file = `${clause.toLowerCase()}-${name.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase()}`;
  const text = buildLog(items, options);
  return { name, clause, file, key, ...(against !== undefined && { against }), expect: code, text };
}

/** Items with the one at `index` changed. */
export function at(items: readonly Item[], index: number, change: (item: Item) => Partial<Item>): readonly Item[] {
  return items.map((item, i) => (i === index ? { ...item, ...change(item) } : item));
}

/** Items with members of the entry at `index` put in place of its own. */
export function over(items: readonly Item[], index: number, members: JsonObject): readonly Item[] {
  return at(items, index, (item) => ({ over: { ...item.over, ...members } }));
}

/** Items with the leaf at `index` changed as an object. */
export function leafAt(
  items: readonly Item[],
  index: number,
  change: (members: Record<string, JsonValue>) => void,
): readonly Item[] {
  return at(items, index, () => ({
    leaf: (leaf) => {
      const value = parseJson(leaf);
      const members = { ...(isJsonObject(value) ? value : {}) };
      change(members);
      return canonicalJson(members);
    },
  }));
}

/** Items with the leaf at `index` changed as text. */
export function textAt(items: readonly Item[], index: number, from: string, to: string): readonly Item[] {
  return at(items, index, () => ({
    leaf: (leaf) => {
      if (!leaf.includes(from)) throw new Error(`nothing to change: ${from}`);
      return leaf.replace(from, to);
    },
  }));
}

/** Items without the one at `index`. */
export const without = (items: readonly Item[], index: number): readonly Item[] => items.filter((_, i) => i !== index);

/** Items with others put before `index`. */
export function insert(items: readonly Item[], index: number, ...more: readonly Item[]): readonly Item[] {
  return [...items.slice(0, index), ...more, ...items.slice(index)];
}

/** Changes one entry line. */
export const entry = (index: number, change: (line: EntryLine) => void): BuildOptions => ({
  entries: (entries) => {
    const line = entries[index];
    if (line === undefined) throw new Error(`no entry ${index}`);
    change(line);
  },
});

/** Changes the lines; the header is line 0. */
export const lines = (change: (lines: string[]) => void): BuildOptions => ({ lines: change });

/** Changes one line as text. */
export const line = (index: number, from: string, to: string): BuildOptions =>
  lines((all) => {
    const text = all.at(index);
    if (text === undefined || !text.includes(from)) throw new Error(`nothing to change in line ${index}: ${from}`);
    all.splice(index, 1, text.replace(from, to));
  });
