/**
 * JSON Pointer (RFC 6901): text form and evaluation. Pure.
 */

import { isJsonObject, type JsonValue } from '@countersign/core';

/** True for `''` and for tokens that each begin with `/`, where `~` stands only in `~0` and `~1` (section 3). */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)*$/u.test(text);
}

/** One reference token in its escaped form (section 3). */
export function formatToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The value that a pointer points to; undefined where there is none, or for a text that is no pointer (section 4). */
export function resolvePointer(root: JsonValue, pointer: string): JsonValue | undefined {
  if (!isPointer(pointer)) return undefined;
  let value: JsonValue | undefined = root;
  for (const token of pointer.split('/').slice(1)) {
    value = member(value, token.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (value === undefined) return undefined;
  }
  return value;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (isJsonObject(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  if (Array.isArray(value) && /^(?:0|[1-9][0-9]*)$/.test(name)) return value[Number(name)];
  return undefined;
}
