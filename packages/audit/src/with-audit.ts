/**
 * `withAudit()`: wraps a function, a tool object, or a record or list of tools. A thin caller of the gate.
 */

import { type CallContext, ConfigError } from '@countersign/core';
import type { Gate } from './gate.js';
import { type Audited, type AuditedRecord, type AuditedTool, TOOL_METHODS, type ToolMethod } from './wrap/audited.js';
import { isFunction, isPlain, isUncallable, type LooseFunction } from './wrap/plain.js';
import { type DefinitionOptions, readDefinition } from './wrap/tool-definition.js';
import { wrapFunction } from './wrap/wrap-function.js';
import { wrapObject } from './wrap/wrap-object.js';

/** How to wrap. */
export interface WithAuditOptions extends DefinitionOptions {
  /** What an object is, where it could be either: a tool with its method, or a record of tools. */
  readonly kind?: 'tool' | 'record';
  /** `all` (default for functions): every positional value is an argument. `first` (for tool methods): the first is; the others pass through. */
  readonly parameters?: 'all' | 'first';
  /** `throw` (default) raises CallRefusedError; `result` answers `{ refused: true, code, message, callId }`. */
  readonly onRefused?: 'throw' | 'result';
  /** True for a plain function that answers an asynchronous generator; `async function*` is recognised without it. */
  readonly streams?: boolean;
  /** The context and the call id of one call, from the values that it was called with. */
  readonly context?: (...values: readonly unknown[]) => CallContext & { readonly callId?: string };
}

/** `withAudit` over one gate. */
export interface WithAudit {
  /**
   * Wraps a function, a tool object (`execute`, `call`, `invoke`, `handler`, `run` or `func`), or a record or list of them.
   * @throws ConfigError OPTION_INVALID for anything else, and for an object that could be a tool as well as a record.
   */
  <T extends object>(target: T, options: WithAuditOptions & { readonly kind: 'record' }): AuditedRecord<T>;
  <T extends object>(target: T, options: WithAuditOptions & { readonly kind: 'tool' }): AuditedTool<T>;
  <T extends object>(target: T, options?: WithAuditOptions): Audited<T>;
}

/** Makes `withAudit` for a gate. */
export function createWithAudit(gate: Gate, defaults: Pick<WithAuditOptions, 'onRefused'> = {}): WithAudit {
  // The one place where a wrapped object is returned as the type that stands for it: what was built has that shape, and no
  // expression can say so.
  return ((target: object, options: WithAuditOptions = {}) =>
    wrapTarget(target, { ...defaults, ...options }, gate)) as WithAudit;
}

function wrapTarget(target: object, options: WithAuditOptions, gate: Gate): object {
  if (isFunction(target)) return wrapTool(target, target.name, { options, gate });
  if (typeof target !== 'object' || target === null)
    throw unusable('a function, a tool object or a record of tools', target);
  const kind = options.kind ?? kindOf(target);
  if (kind === 'tool') return wrapTool(target, '', { options, gate });
  if (options.name !== undefined) throw unusable('no `name` for a record of tools: each has its key', target);
  return wrapRecord(target, { options, gate });
}

interface Wrapping {
  readonly options: WithAuditOptions;
  readonly gate: Gate;
}

/** Every member is wrapped, or nothing is: one that was left out or left as it is could run unrecorded. */
function wrapRecord(record: object, wrapping: Wrapping): object {
  const wrapMember = (value: unknown, key: string): object => {
    if (isFunction(value) || isToolObject(value)) return wrapTool(value, key, wrapping);
    throw unusable('a function or a tool object under every key of a record of tools', value);
  };
  if (Array.isArray(record)) {
    return keepFrozen(
      record,
      Array.from(record, (value: unknown, index) => wrapMember(value, nameOf(value) ?? `tool-${index}`)),
    );
  }
  if (!isPlain(record)) throw unusable('a tool object, or a plain record of tools', record);
  if (Object.getOwnPropertySymbols(record).some((key) => Object.prototype.propertyIsEnumerable.call(record, key))) {
    throw unusable('names that are strings in a record of tools', record);
  }
  const wrapped: Record<string, object> = {};
  for (const [key, value] of Object.entries(record)) {
    Object.defineProperty(wrapped, key, {
      value: wrapMember(value, key),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return keepFrozen(record, wrapped);
}

function wrapTool(target: object, key: string, { options, gate }: Wrapping): object {
  const shared = {
    gate,
    onRefused: options.onRefused ?? 'throw',
    streams: options.streams ?? false,
    ...(options.context === undefined ? {} : { context: options.context }),
  };
  if (isFunction(target)) {
    const tool = readDefinition(target, key, options);
    const parameters = options.parameters ?? 'all';
    return wrapFunction(callable(target), { ...shared, tool, parameters, receiver: (self) => self });
  }
  const methods = methodsOf(target);
  const [first] = methods;
  if (first === undefined) throw unusable(`a function under one of ${TOOL_METHODS.join(', ')}`, target);
  const tool = readDefinition(target, key === '' ? first.name : key, options);
  const functions = new Map<string, LooseFunction>(methods.map(({ name, fn }) => [name, callable(fn)]));
  return wrapObject(target, [...functions.keys()], (method, self) =>
    wrapFunction(functions.get(method) ?? first.fn, {
      ...shared,
      tool,
      parameters: options.parameters ?? 'first',
      // One method may call another: inside the tool these are steps of one call, and only that call is recorded.
      receiver: (caller) => (caller === self() ? target : caller),
    }),
  );
}

function callable(fn: LooseFunction): LooseFunction {
  if (!isUncallable(fn)) return fn;
  throw new ConfigError('OPTION_INVALID', 'withAudit: expected a function, found a class or a `function*`', {
    hint: 'Wrap an ordinary function, an `async` one or an `async function*`: their outcome is known when they end.',
  });
}

/** A tool has a tool method; an object with further tools beside it and nothing that describes a tool could be either. */
function kindOf(target: object): 'tool' | 'record' {
  if (Array.isArray(target) || !isToolObject(target)) return 'record';
  const isTool = (value: unknown): boolean => isFunction(value) || isToolObject(value);
  const described = DESCRIBING.some((name) => name in target && !isTool(Reflect.get(target, name)));
  // Accessors are left alone: what they answer belongs to the one who asks for it.
  const members = Object.values(Object.getOwnPropertyDescriptors(target)).filter(({ enumerable }) => enumerable);
  const tools = members.filter(({ value }) => isTool(value)).length;
  if (tools > 1 && !described) {
    throw unusable(
      '{ kind: "tool" } or { kind: "record" } for an object with a tool method and other functions or tools',
      target,
    );
  }
  return 'tool';
}

/** Properties that tools have and records of tools do not. */
const DESCRIBING = [
  'name',
  'description',
  'inputSchema',
  'input_schema',
  'parameters',
  'schema',
  'annotations',
  'title',
];

interface Method {
  readonly name: ToolMethod;
  readonly fn: LooseFunction;
}

/** All tool methods of an object: each is a way to run the tool, so each is wrapped. */
function methodsOf(target: object): readonly Method[] {
  return TOOL_METHODS.flatMap((name) => {
    const fn: unknown = Reflect.get(target, name);
    return isFunction(fn) ? [{ name, fn }] : [];
  });
}

function isToolObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && methodsOf(value).length > 0;
}

function nameOf(value: unknown): string | undefined {
  return isFunction(value) && value.name !== '' ? value.name : undefined;
}

function keepFrozen(original: object, wrapped: object): object {
  return Object.isFrozen(original) ? Object.freeze(wrapped) : wrapped;
}

function unusable(expected: string, found: unknown): ConfigError {
  return new ConfigError('OPTION_INVALID', `withAudit: expected ${expected}, found ${describeType(found)}`, {
    hint: 'Pass a function, an object with one of the tool methods, or a record whose values are those.',
  });
}

function describeType(found: unknown): string {
  if (found === null) return 'null';
  if (Array.isArray(found)) return 'a list';
  return isFunction(found) ? 'a function' : typeof found;
}
