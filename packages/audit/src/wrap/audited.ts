/**
 * The type of a wrapped target: names, `this`, parameters and asynchronous results stay; a synchronous result R becomes
 * Promise<R>, because nothing may run before its record is durable. Pure types.
 */

/** The property names under which frameworks keep a tool's function, in the order in which they are looked for. */
export const TOOL_METHODS = ['execute', 'call', 'invoke', 'handler', 'run', 'func'] as const;

/** One of the tool method names. */
export type ToolMethod = (typeof TOOL_METHODS)[number];

/** A function of any shape. */
export type AnyFunction = (this: never, ...args: never[]) => unknown;

/** An object that keeps its function under one of the tool method names. */
export type ToolObject = { [K in ToolMethod]: { readonly [P in K]: AnyFunction } }[ToolMethod];

/** A wrapped function. One that is asynchronous already keeps its very type, generics and overloads included. */
export type AuditedFunction<F> = F extends (
  ...args: never[]
) => PromiseLike<unknown> | AsyncGenerator<unknown, unknown, never>
  ? F
  : F extends (this: infer This, ...args: infer Parameters) => infer Result
    ? unknown extends This
      ? (...args: Parameters) => AuditedResult<Result>
      : (this: This, ...args: Parameters) => AuditedResult<Result>
    : never;

/** A wrapped tool object: only its tool method changes. */
export type AuditedTool<T> = {
  [K in keyof T]: K extends ToolMethod ? (T[K] extends AnyFunction ? AuditedFunction<T[K]> : T[K]) : T[K];
};

/** A wrapped record or list of tools. */
export type AuditedRecord<T> = { [K in keyof T]: Audited<T[K]> };

/** What `withAudit` answers for a target. */
export type Audited<T> = T extends AnyFunction
  ? AuditedFunction<T>
  : T extends ToolObject
    ? AuditedTool<T>
    : AuditedRecord<T>;

type AuditedResult<Result> = Result extends PromiseLike<unknown> | AsyncGenerator<unknown, unknown, never>
  ? Result
  : Promise<Result>;
