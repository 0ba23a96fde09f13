/**
 * `withAudit()`: wraps a function, a tool object, or a record or list of tools. A thin caller of the gate.
 */

import { type CallContext, ConfigError } from '@countersign/core';
import type { Gate } from './gate.js';
import { type Audited, type AuditedRecord, type AuditedTool, TOOL_METHODS, type ToolMethod } from './wrap/audited.js';
import { type DefinitionOptions, readDefinition } from './wrap/tool-definition.js';
import { type LooseFunction, wrapFunction } from './wrap/wrap-function.js';
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

function wrapRecord(record: object, wrapping: Wrapping): object {
  const wrapMember = (value: unknown, key: string): object => {
    if (isFunction(value) || (typeof value === 'object' && value !== null && methodOf(value) !== undefined)) {
      return wrapTool(value, key, wrapping);
    }
    // Leaving a member unwrapped in silence would let it run unrecorded.
    throw unusable('a function or a tool object under every key of a record of tools', value);
  };
  if (Array.isArray(record))
    return record.map((value: unknown, index) => wrapMember(value, nameOf(value) ?? `tool-${index}`));
  const wrapped: Record<string, object> = {};
  for (const [key, value] of Object.entries(record)) {
    Object.defineProperty(wrapped, key, {
      value: wrapMember(value, key),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return wrapped;
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
    return wrapFunction(target, { ...shared, tool, parameters: options.parameters ?? 'all', receiver: (self) => self });
  }
  const method = methodOf(target);
  if (method === undefined) throw unusable(`a function under one of ${TOOL_METHODS.join(', ')}`, target);
  const tool = readDefinition(target, key === '' ? method : key, options);
  const fn: unknown = Reflect.get(target, method);
  if (!isFunction(fn)) throw unusable(`a function under ${method}`, fn);
  return wrapObject(target, method, (self) =>
    wrapFunction(fn, {
      ...shared,
      tool,
      parameters: options.parameters ?? 'first',
      receiver: (caller) => (caller === self() ? target : caller),
    }),
  );
}

/** A tool has a tool method; an object with further functions beside it and nothing that describes a tool could be either. */
function kindOf(target: object): 'tool' | 'record' {
  if (Array.isArray(target) || methodOf(target) === undefined) return 'record';
  const values = Object.entries(target);
  const described = DESCRIBING.some((name) => name in target && !isFunction(Reflect.get(target, name)));
  const functions = values.filter(([, value]) => isFunction(value)).length;
  if (functions > 1 && !described) {
    throw unusable(
      '{ kind: "tool" } or { kind: "record" } for an object with a tool method and other functions',
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

function methodOf(target: object): ToolMethod | undefined {
  return TOOL_METHODS.find((name) => isFunction(Reflect.get(target, name)));
}

function nameOf(value: unknown): string | undefined {
  if (isFunction(value)) return value.name === '' ? undefined : value.name;
  return undefined;
}

function isFunction(value: unknown): value is LooseFunction {
  return typeof value === 'function';
}

function unusable(expected: string, found: unknown): ConfigError {
  const type = found === null ? 'null' : Array.isArray(found) ? 'a list' : typeof found;
  return new ConfigError('OPTION_INVALID', `withAudit: expected ${expected}, found ${type}`, {
    hint: 'Pass a function, an object with one of the tool methods, or a record whose values are those.',
  });
}
