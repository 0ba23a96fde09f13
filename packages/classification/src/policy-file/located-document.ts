/**
 * A YAML 1.2 or JSON text that remembers where everything stands, so that an error names file, line and column. Pure.
 */

import { ConfigError } from '@countersign/core';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Names of members and positions in lists, from the root. */
export type Path = readonly (string | number)[];

/** A text that was read. */
export interface LocatedDocument {
  readonly value: unknown;
  /** `file:line:column member.path` of what stands there, or of what it belongs to where it is not there. */
  place(path: Path): string;
}

/**
 * Reads a text.
 * @throws ConfigError `CONFIG_INVALID` naming file, line and column.
 */
export function readDocument(text: string, file: string, { maxBytes }: { readonly maxBytes: number }): LocatedDocument {
  if (Buffer.byteLength(text) > maxBytes) throw invalid(`${file}: expected at most ${maxBytes} bytes`);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, strict: true, prettyErrors: false });
  const position = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw invalid(`${position(error.pos[0])} ${error.code}: expected YAML or JSON`);
  return {
    value: toValue(document, file),
    place: (path) => `${position(offsetOf(document, path))} ${formatPath(path)}`.trimEnd(),
  };
}

/** What is wrong, one clause for each issue: where, what was expected, and the type of what was found; never its value. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], document: LocatedDocument): readonly string[] {
  return issues.slice(0, MAX_ISSUES).flatMap((issue) => describe(issue, [], document));
}

/** Issues that one message lists. */
const MAX_ISSUES = 10;

function describe(issue: z.core.$ZodIssue, before: Path, document: LocatedDocument): readonly string[] {
  const path = [...before, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const at = document.place(path);
  const found = typeName(valueAt(document.value, path));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `${document.place([...path, key])}: there is no such member`);
    case 'invalid_type':
      return [`${at}: expected ${issue.expected}, found ${found}`];
    case 'invalid_value':
      return [
        `${at}: expected ${issue.values.map(String).join(', ')}, found ${found === 'nothing' ? found : `another ${found}`}`,
      ];
    case 'invalid_union':
      return describeUnion(issue, path, document);
    default:
      return [`${at}: ${issue.message}`];
  }
}

/** Of the forms that a value may have, the one that it comes closest to is explained. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, document: LocatedDocument): readonly string[] {
  if (issue.errors.length === 0) return [`${document.place(path)}: ${issue.message}`];
  const depthOf = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map((each) => each.path.length));
  const isPlain = typeof valueAt(document.value, path) !== 'object';
  const closest = issue.errors.reduce((best, each) => (!isPlain && depthOf(each) >= depthOf(best) ? each : best));
  return closest.slice(0, 1).flatMap((inner) => describe(inner, path, document));
}

/** What the document holds; a text without any says nothing. */
function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch (cause) {
    throw invalid(`${file}: its aliases cannot be resolved, or are too many`, cause);
  }
}

const MAX_ALIASES = 20;

/** Where a member or an item stands; where it is not there, what it belongs to. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const found = nodeIn(parent, path[length - 1]);
    if (isNode(found)) return found.range?.[0] ?? 0;
  }
  return 0;
}

function nodeIn(parent: unknown, name: string | number | undefined): unknown {
  if (isSeq(parent) && typeof name === 'number') return parent.items[name];
  return isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))?.key
    : undefined;
}

function formatPath(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.getOwnPropertyDescriptor(at, name)?.value;
  }
  return at;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'array' : typeof value;
}

function invalid(message: string, cause?: unknown): ConfigError {
  return new ConfigError('CONFIG_INVALID', message, { hint: 'Correct what is named.', cause });
}
