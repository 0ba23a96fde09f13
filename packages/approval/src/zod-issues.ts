/**
 * What zod found wrong, in words that name places and types and never a value. Pure.
 */

import type { z } from 'zod';

/** One sentence part: every fault with its path, what was expected and the type of what was found. */
export function describeIssues(error: z.ZodError, input: unknown): string {
  const shown = error.issues.slice(0, MAX_LISTED_ISSUES).map((issue) => describeIssue(issue, input));
  const hidden = error.issues.length - shown.length;
  return shown.join('; ') + (hidden > 0 ? `; and ${hidden} more` : '');
}

/** The most faults that one message lists. */
const MAX_LISTED_ISSUES = 5;

function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const at = formatPath(issue.path);
  const found = typeName(valueAt(input, issue.path));
  switch (issue.code) {
    case 'invalid_type':
      return `${at}: expected ${issue.expected}, found ${found}`;
    case 'invalid_value':
      return `${at}: expected one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}, found ${anOther(found)}`;
    case 'unrecognized_keys':
      return `${at}: expected no other members, found ${issue.keys.map((key) => quoteName(key)).join(', ')}`;
    case 'too_small':
      return `${at}: expected ${issue.origin} of at least ${issue.minimum}, found less`;
    case 'too_big':
      return `${at}: expected ${issue.origin} of at most ${issue.maximum}, found more`;
    case 'invalid_union':
      return describeUnion(issue, input, found);
    case 'custom':
      return `${at}: ${issue.message}`;
    default:
      return `${at}: expected another form of value, found ${found}`;
  }
}

/** Our unions are "one, or a list of them": the form that was tried is the one that is explained. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, input: unknown, found: string): string {
  const tried = found === 'array' ? issue.errors.at(-1) : issue.errors.at(0);
  const inner = tried?.at(0);
  if (inner === undefined) return `${formatPath(issue.path)}: expected another form of value, found ${found}`;
  return describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, input);
}

function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(root)';
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${quoteName(String(part), '')}`))
    .join('')
    .replace(/^\./, '');
}

/** Names of members come from the input too: only short, plain ones are repeated. */
function quoteName(name: string, quote = '"'): string {
  return /^[\w.:/-]{1,64}$/.test(name) ? `${quote}${name}${quote}` : '(a name that is not printed)';
}

function anOther(type: string): string {
  return type === 'string' || type === 'number' ? `another ${type}` : type;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'array' : typeof value;
}
