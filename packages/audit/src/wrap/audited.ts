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

/** A wrapped function. One that is asynchronous already keeps its very type, generics and overloads included. */
export type AuditedFunction<F> = F extends (
  ...args: never[]
) => PromiseLike<unknown> | AsyncGenerator<unknown, unknown, never>
  ? F
  : F extends (this: infer This, ...args: infer Parameters) => infer Result
    ? WithMembers<
        F,
        unknown extends This
          ? (...args: Parameters) => AuditedResult<Result>
          : (this: This, ...args: Parameters) => AuditedResult<Result>
      >
    : never;

/** A wrapped tool object: only its tool methods change. An object in which none does keeps its very type. */
export type AuditedTool<T> = T extends AuditedMembers<T> ? T : AuditedMembers<T>;

/** A wrapped record or list of tools. */
export type AuditedRecord<T> = { [K in keyof T]: Audited<T[K]> };

/** What `withAudit` answers for a target. */
export type Audited<T> = T extends AnyFunction
  ? AuditedFunction<T>
  : HasToolMethod<T> extends true
    ? AuditedTool<T>
    : AuditedRecord<T>;

type AuditedMembers<T> = { [K in keyof T]: K extends ToolMethod ? AuditedMember<T[K]> : T[K] };

/** A method that may be missing stays one that may be missing. */
type AuditedMember<M> = M extends AnyFunction ? AuditedFunction<M> : M;

type HasToolMethod<T> = true extends {
  [K in keyof T & ToolMethod]: NonNullable<T[K]> extends AnyFunction ? true : never;
}[keyof T & ToolMethod]
  ? true
  : false;

/** The own properties of a function, where it has any. */
type WithMembers<F, Wrapped> = [keyof F] extends [never] ? Wrapped : Wrapped & Pick<F, keyof F>;

type AuditedResult<Result> = [Result] extends [AsyncGenerator<unknown, unknown, never>]
  ? Result
  : Promise<Awaited<Result>>;
