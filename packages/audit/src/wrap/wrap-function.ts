/**
 * A wrapped function: the gate before and after, the function itself unchanged.
 */

import { types } from 'node:util';
import { type CallContext, ConfigError, currentContext, type ToolDefinition } from '@countersign/core';
import { CallAnsweredError, CallRefusedError } from '../errors.js';
import type { Gate } from '../gate.js';
import type { GateCall } from '../gate-call.js';
import { completeCall, type OpenCall } from '../open-call.js';
import { refusalResult } from '../refusal.js';
import { type ParameterShape, parameterNames, shapeAll, shapeFirst } from './parameters.js';
import { isAsyncGeneratorFunction, type LooseFunction } from './plain.js';
import { type AnyStream, passThrough } from './stream.js';

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
  const streams = wrap.streams || isAsyncGeneratorFunction(fn);
  const start = createStart(fn, wrap);
  return withPropertiesOf(fn, streams ? streaming(start, wrap) : answering(start, wrap));
}

/** One call of the wrapped function: what the gate is asked, and how the function runs once it may. */
interface Started {
  readonly call: GateCall;
  readonly run: (open: OpenCall) => unknown;
}

type Start = (self: unknown, values: readonly unknown[], context: CallContext) => Started;

function createStart(fn: LooseFunction, wrap: FunctionWrap): Start {
  const names = wrap.parameters === 'all' ? parameterNames(fn) : undefined;
  const shape = (values: readonly unknown[]): ParameterShape =>
    wrap.parameters === 'all' ? shapeAll(names, values) : shapeFirst(values);
  return (self, values, context) => {
    const { args, spread } = shape(values);
    const { callId, ...own } = wrap.context?.(...values) ?? {};
    const signal = own.signal ?? (wrap.parameters === 'first' ? signalAmong(values.slice(1)) : undefined);
    const call = { tool: wrap.tool, args, context: { ...context, ...own, ...(signal !== undefined && { signal }) } };
    return {
      call: callId === undefined ? call : { ...call, callId },
      run: (open) => Reflect.apply(fn, wrap.receiver(self), spread(open.args)),
    };
  };
}

function answering(start: Start, wrap: FunctionWrap): LooseFunction {
  return async function audited(this: unknown, ...values: unknown[]): Promise<unknown> {
    const { call, run } = start(this, values, {});
    const open = await openOrRefuse(call, wrap);
    if (open instanceof CallRefusedError) return answerOf(open);
    return completeCall(open, () => refuseStream(run(open)));
  };
}

function streaming(start: Start, wrap: FunctionWrap): LooseFunction {
  async function* stream(self: unknown, values: readonly unknown[], context: CallContext): AnyStream {
    const { call, run } = start(self, values, context);
    const open = await openOrRefuse(call, wrap);
    if (!(open instanceof CallRefusedError)) return yield* passThrough(open, startStream(open, run));
    // Whoever reads with `for await` sees what is yielded only; whoever reads by hand may look at what is returned.
    const result = answerOf(open);
    yield result;
    return result;
  }
  return function auditedStream(this: unknown, ...values: unknown[]): AnyStream {
    // The session is the one in which the tool was called, not the one in which its first chunk is asked for.
    return stream(this, values, currentContext());
  };
}

/** What the caller gets in the tool's place. */
function answerOf(refused: CallRefusedError): unknown {
  return refused instanceof CallAnsweredError ? refused.answer : refusalResult(refused);
}

/** Opens the call, or answers the refusal where it is a result: an approver's own answer always is. What the tool itself throws is never taken for one. */
async function openOrRefuse(call: GateCall, wrap: FunctionWrap): Promise<OpenCall | CallRefusedError> {
  try {
    return await wrap.gate.open(call);
  } catch (error) {
    if (error instanceof CallAnsweredError) return error;
    if (wrap.onRefused === 'result' && error instanceof CallRefusedError) return error;
    throw error;
  }
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

/** A stream that nobody said was one would run after its outcome was recorded. Nothing of it has run yet. */
function refuseStream(answer: unknown): unknown {
  if (!types.isGeneratorObject(answer) || types.isProxy(answer) || !(Symbol.asyncIterator in answer)) return answer;
  throw new ConfigError('OPTION_INVALID', 'withAudit: expected a result, found that the tool answered a stream', {
    hint: 'Wrap it with { streams: true }, or make it an `async function*`.',
  });
}

/** Starts the stream inside its own first step, so that a function that throws at once is a failure of the stream. */
async function* startStream(open: OpenCall, run: Started['run']): AnyStream {
  const source = await run(open);
  if (isAsyncIterable(source)) return yield* source;
  throw new TypeError('The tool was wrapped as a stream and did not answer an asynchronous iterable.');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> & AnyStream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function withPropertiesOf(fn: LooseFunction, wrapped: LooseFunction): LooseFunction {
  for (const key of Reflect.ownKeys(fn)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(fn, key);
    if (descriptor !== undefined && !OWN_PROPERTIES.has(key)) Object.defineProperty(wrapped, key, descriptor);
  }
  // An `async function*` stays one to those who ask; so does a function of a class of its own.
  const prototype = Reflect.getPrototypeOf(fn);
  if (prototype !== Function.prototype) Reflect.setPrototypeOf(wrapped, prototype);
  return wrapped;
}

/** What a function has for itself alone. */
const OWN_PROPERTIES: ReadonlySet<PropertyKey> = new Set(['prototype', 'arguments', 'caller']);
