/**
 * What is recorded of a result or of something thrown: normalised, redacted, never running anybody's code. Pure.
 */

import { types } from 'node:util';
import { isJsonObject, type JsonValue, normalise } from '@countersign/core';
import type { ObserveInput } from './call-record.js';
import type { Redactor } from './redact/redactor.js';
import { showValue } from './shown-form.js';

/** What a provider says of a call that it ran itself. */
export interface ObservedOutcome {
  readonly success: boolean;
  /** Milliseconds; left out of the record where it is no finite number. */
  readonly durationMs?: number;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** The shown form of a result, and whether parts of it could not be recorded. */
export function describeResult(
  result: unknown,
  redactor: Redactor,
  tool?: string,
): { readonly value: JsonValue; readonly lossy: boolean } {
  const normalised = normalise(result);
  return {
    value: showValue(normalised.json, redactor, { ...(tool !== undefined && { tool }), part: 'result' }).value,
    lossy: !normalised.bindable,
  };
}

/**
 * The shown form of something thrown: `{ name, message, code?, stack?, cause?, errors?, moreErrors? }` for an error,
 * `{ thrown }` for all else. Of nested errors the first `MAX_ERRORS` are described.
 */
export function describeThrown(thrown: unknown, redactor: Redactor, tool?: string): JsonValue {
  return showValue(describe(thrown, { left: MAX_ERRORS }), redactor, {
    ...(tool !== undefined && { tool }),
    part: 'error',
  }).value;
}

/** What is recorded of a call that a provider ran itself. */
export function describeObserved(
  { success, durationMs, result, error }: ObservedOutcome,
  redactor: Redactor,
  tool?: string,
): Pick<ObserveInput, 'success' | 'durationUs' | 'result' | 'error'> {
  const durationUs = Math.max(0, Math.round((durationMs ?? Number.NaN) * 1000));
  return {
    success,
    ...(Number.isSafeInteger(durationUs) && { durationUs }),
    ...(result !== undefined && { result: describeResult(result, redactor, tool).value }),
    ...(error !== undefined && { error: describeThrown(error, redactor, tool) }),
  };
}

/** True for what an abort looks like: the signal's own reason, or an error named `AbortError`. */
export function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || (isError(thrown) && nameAndMessage(thrown).name === 'AbortError');
}

/** The most errors that are described of one with causes and parts. */
const MAX_ERRORS = 32;

const MAX_PROTOTYPES = 20;

/** The most bytes of something thrown that is no error. */
const MAX_THROWN_BYTES = 1024 * 1024;

function describe(thrown: unknown, budget: { left: number }): JsonValue {
  budget.left -= 1;
  if (!isError(thrown)) return { thrown: normalise(thrown, { maxBytes: MAX_THROWN_BYTES }).json };
  const code = textOf(thrown, 'code');
  const stack = stackOf(thrown);
  const cause = propertyOf(thrown, 'cause');
  return {
    ...nameAndMessage(thrown),
    ...(code !== undefined && { code }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && budget.left > 0 && { cause: describe(cause, budget) }),
    ...describeParts(propertyOf(thrown, 'errors'), budget),
  };
}

/** The errors inside an AggregateError, as far as the budget goes, and how many there are beyond. */
function describeParts(
  errors: unknown,
  budget: { left: number },
): { readonly errors?: readonly JsonValue[]; readonly moreErrors?: number } {
  if (types.isProxy(errors) || !Array.isArray(errors)) return {};
  const described: JsonValue[] = [];
  for (let at = 0; at < errors.length && budget.left > 0; at += 1) {
    const property = Object.getOwnPropertyDescriptor(errors, at);
    described.push(describe(property === undefined ? undefined : property.value, budget));
  }
  const more = errors.length - described.length;
  return { errors: described, ...(more > 0 && { moreErrors: more }) };
}

function isError(value: unknown): value is Error {
  return !types.isProxy(value) && (types.isNativeError(value) || isDomException(value));
}

/** Its name and message are accessors of its prototype, and no data. */
function isDomException(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === DOMException.prototype;
}

function nameAndMessage(error: Error): { readonly name: string; readonly message: string } {
  if (!isDomException(error))
    return { name: textOf(error, 'name') ?? 'Error', message: textOf(error, 'message') ?? '' };
  // The normaliser knows how to read one without asking it.
  const { json } = normalise(error, { maxBytes: MAX_THROWN_BYTES });
  const contents = isJsonObject(json) ? json.v : undefined;
  const name = isJsonObject(json) ? json.name : undefined;
  const message = contents !== undefined && isJsonObject(contents) ? contents.message : undefined;
  return {
    name: typeof name === 'string' ? name : 'DOMException',
    message: typeof message === 'string' ? message : '',
  };
}

/** A text property, with halves of surrogate pairs replaced; undefined for anything that is no text. */
function textOf(error: Error, name: string): string | undefined {
  const value = propertyOf(error, name);
  return typeof value === 'string' ? value.toWellFormed() : undefined;
}

/**
 * The stack, where nothing of the error's owner runs for it: it is made when it is first looked at, out of name and message.
 * A program can have hooked that for the whole process; a hook that throws leaves the stack out.
 */
function stackOf(error: Error): string | undefined {
  const isData = ['name', 'message'].every((name) => findProperty(error, name)?.get === undefined);
  return isData && !hasProxy(error) ? textOf(error, 'stack') : undefined;
}

/** A property found as data on the error or on its prototypes: accessors and Proxies are never asked. */
function propertyOf(error: Error, name: string): unknown {
  try {
    return findProperty(error, name)?.value;
  } catch {
    // Nothing of the error of a hook is told.
    return undefined;
  }
}

function findProperty(error: Error, name: string): PropertyDescriptor | undefined {
  for (const holder of chainOf(error)) {
    if (types.isProxy(holder)) return undefined;
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property !== undefined) return property;
  }
  return undefined;
}

function hasProxy(error: Error): boolean {
  return chainOf(error).some((holder) => types.isProxy(holder));
}

/** The error and its prototypes, up to the first Proxy. */
function chainOf(error: Error): readonly object[] {
  const chain: object[] = [];
  let holder: unknown = error;
  while (typeof holder === 'object' && holder !== null && chain.length < MAX_PROTOTYPES) {
    chain.push(holder);
    holder = types.isProxy(holder) ? null : Object.getPrototypeOf(holder);
  }
  return chain;
}
