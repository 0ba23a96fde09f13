/**
 * The circumstances of a call: session, step, plan, actor, signal. They are passed by hand,
 * or set for everything inside a callback by `runInSession` (AsyncLocalStorage).
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from './actor.js';

/** The circumstances of a call. Every string is at most 256 bytes of UTF-8. */
export interface CallContext {
  /** Groups the calls of one task or conversation. */
  readonly session?: string;
  /** The agent's run within the session; call ids are unique within it. */
  readonly run?: string;
  /** The step of the plan, as the agent names it. */
  readonly step?: string;
  /** The plan that the step belongs to. */
  readonly plan?: string;
  readonly actor?: Actor;
  /** Aborts waiting for approval, and reaches the tool. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `callback` with `context` in force for every call begun inside it, however deep and asynchronous.
 * A nested `runInSession` adds to the outer context: its members win, the others stay.
 */
export function runInSession<T>(context: string | CallContext, callback: () => T): T {
  const own = typeof context === 'string' ? { session: context } : context;
  return storage.run(resolveContext(own), callback);
}

/** The context in force here: what the surrounding `runInSession` set, or an empty one. */
export function currentContext(): CallContext {
  return storage.getStore() ?? {};
}

/**
 * One context out of several: the context in force here is the ground, and each one given adds to it, later ones winning
 * member by member. A member that is undefined says nothing and overrides nothing.
 */
export function resolveContext(...contexts: readonly (CallContext | undefined)[]): CallContext {
  let resolved = currentContext();
  for (const context of contexts) resolved = { ...resolved, ...definedMembers(context) };
  return resolved;
}

// The one piece of module state that the house rules allow beside getAuditLog().
const storage = new AsyncLocalStorage<CallContext>();

function definedMembers(context: CallContext | undefined): CallContext {
  return Object.fromEntries(Object.entries(context ?? {}).filter(([, value]) => value !== undefined));
}
