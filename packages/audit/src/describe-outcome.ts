/**
 * What is recorded of a result or of something thrown: normalised, redacted, never running anybody's code. Pure.
 */

import { types } from 'node:util';
import { type JsonValue, normalise } from '@countersign/core';
import type { Redactor } from './redact/redactor.js';

/** The shown form of a result, and whether parts of it could not be recorded. */
export function describeResult(
  result: unknown,
  redactor: Redactor,
): { readonly value: JsonValue; readonly lossy: boolean } {
  const normalised = normalise(result);
  return { value: redactor.redact(normalised.json).value, lossy: !normalised.bindable };
}

/** The shown form of something thrown: `{ name, message, stack?, code?, cause? }` for an error, `{ thrown }` for all else. */
export function describeThrown(thrown: unknown, redactor: Redactor): JsonValue {
  return redactor.redact(thrownValue(thrown, 0)).value;
}

/** True for what an abort looks like: the signal's own reason, or an error named `AbortError`. */
export function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || (isError(thrown) && ownText(thrown, 'name') === 'AbortError');
}

function thrownValue(thrown: unknown, depth: number): JsonValue {
  if (!isError(thrown)) return { thrown: normalise(thrown).json };
  const stack = ownText(thrown, 'stack');
  const code = ownText(thrown, 'code');
  const cause = ownValue(thrown, 'cause');
  return {
    name: ownText(thrown, 'name') ?? 'Error',
    message: ownText(thrown, 'message') ?? '',
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || depth >= MAX_CAUSES ? {} : { cause: thrownValue(cause, depth + 1) }),
  };
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) && !types.isProxy(value);
}

/**
 * A text property found as data on the error or on its prototypes: accessors and Proxies are never asked. Looking at `stack`
 * formats it, and a program can have hooked that for the whole process; a hook that throws leaves the stack out.
 */
function ownText(error: Error, name: string): string | undefined {
  const value = ownValueOrNothing(error, name);
  // The normaliser makes a text with broken surrogates safe; anything that it does not answer as text is left out.
  const text = typeof value === 'string' ? normalise(value).json : undefined;
  return typeof text === 'string' ? text : undefined;
}

function ownValueOrNothing(error: Error, name: string): unknown {
  try {
    return ownValue(error, name);
  } catch {
    return undefined;
  }
}

function ownValue(error: Error, name: string): unknown {
  let holder: unknown = error;
  for (let hops = 0; typeof holder === 'object' && holder !== null && hops < MAX_PROTOTYPES; hops += 1) {
    if (types.isProxy(holder)) return undefined;
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property !== undefined) return 'value' in property ? property.value : undefined;
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}

const MAX_CAUSES = 5;
const MAX_PROTOTYPES = 20;
