/**
 * A wrapped function: the gate before and after, the function itself unchanged.
 */

import type { CallContext, ToolDefinition } from '@countersign/core';
import { CallRefusedError } from '../errors.js';
import { completeCall, type Gate, type OpenCall } from '../gate.js';
import type { GateCall } from '../gate-call.js';
import { refusalResult } from '../refusal.js';
import { type ParameterShape, parameterNames, shapeAll, shapeFirst } from './parameters.js';
import { type AnyStream, passThrough } from './stream.js';

/** A function of any shape, as the wrapper calls it. */
export type LooseFunction = (this: unknown, ...args: unknown[]) => unknown;

/** How a function is wrapped. */
export interface FunctionWrap {
  readonly gate: Gate;
  readonly tool: ToolDefinition;
  /** `all`: every positional value is an argument. `first`: the first value is, the others are the framework's. */
  readonly parameters: 'all' | 'first';
  readonly onRefused: 'throw' | 'result';
  /** True for a plain function that answers an asynchronous generator. */
  readonly streams: boolean;
  readonly context?: (...values: readonly unknown[]) => CallContext & { readonly callId?: string };
  /** The `this` that the function gets for the `this` that the wrapper got. */
  readonly receiver: (self: unknown) => unknown;
}

/** Wraps one function; its name, length and own properties stay. */
export function wrapFunction(fn: LooseFunction, wrap: FunctionWrap): LooseFunction {
  const names = wrap.parameters === 'all' ? parameterNames(fn) : undefined;
  const shape = (values: readonly unknown[]): ParameterShape =>
    wrap.parameters === 'all' ? shapeAll(names, values) : shapeFirst(values);

  async function audited(this: unknown, ...values: unknown[]): Promise<unknown> {
    const { args, spread } = shape(values);
    const open = await openOrRefuse(gateCall(wrap, args, values), wrap);
    if (open instanceof CallRefusedError) return refusalResult(open);
    return completeCall(open, () => Reflect.apply(fn, wrap.receiver(this), spread(open.args)));
  }

  async function* auditedStream(this: unknown, ...values: unknown[]): AnyStream {
    const { args, spread } = shape(values);
    const open = await openOrRefuse(gateCall(wrap, args, values), wrap);
    if (open instanceof CallRefusedError) return refusalResult(open);
    return yield* passThrough(
      open,
      startStream(() => Reflect.apply(fn, wrap.receiver(this), spread(open.args))),
    );
  }

  const wrapped: LooseFunction = wrap.streams || isAsyncGeneratorFunction(fn) ? auditedStream : audited;
  return withPropertiesOf(fn, wrapped);
}

/** Opens the call, or answers the refusal where refusals are results. What the tool itself throws is never taken for one. */
async function openOrRefuse(call: GateCall, wrap: FunctionWrap): Promise<OpenCall | CallRefusedError> {
  try {
    return await wrap.gate.open(call);
  } catch (error) {
    if (wrap.onRefused === 'result' && error instanceof CallRefusedError) return error;
    throw error;
  }
}

function gateCall(wrap: FunctionWrap, args: unknown, values: readonly unknown[]): GateCall {
  const { callId, ...context } = wrap.context?.(...values) ?? {};
  const signal = context.signal ?? (wrap.parameters === 'first' ? signalAmong(values.slice(1)) : undefined);
  return {
    tool: wrap.tool,
    args,
    ...(callId === undefined ? {} : { callId }),
    context: signal === undefined ? context : { ...context, signal },
  };
}

/** The abort signal among the framework's own values: the AI SDK calls it `abortSignal`, most others `signal`. */
function signalAmong(values: readonly unknown[]): AbortSignal | undefined {
  for (const value of values) {
    if (value instanceof AbortSignal) return value;
    if (typeof value !== 'object' || value === null) continue;
    for (const name of ['abortSignal', 'signal']) {
      const candidate: unknown = Reflect.get(value, name);
      if (candidate instanceof AbortSignal) return candidate;
    }
  }
  return undefined;
}

/** Starts the stream inside its own first step, so that a function that throws at once is a failure of the stream. */
async function* startStream(start: () => unknown): AnyStream {
  const source = await start();
  if (!isAsyncGenerator(source))
    throw new TypeError('The tool was wrapped as a stream and did not answer an asynchronous generator.');
  return yield* source;
}

function isAsyncGenerator(value: unknown): value is AnyStream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

function isAsyncGeneratorFunction(fn: LooseFunction): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncGeneratorFunction]';
}

function withPropertiesOf(fn: LooseFunction, wrapped: LooseFunction): LooseFunction {
  const { prototype: _prototype, ...descriptors } = Object.getOwnPropertyDescriptors(fn);
  return Object.defineProperties(wrapped, descriptors);
}
