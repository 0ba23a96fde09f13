/** What is classified. Pure types. */

import type { CallContext, JsonValue, ToolDefinition } from '@countersign/core';

/** A tool and the arguments that it would get. A `ToolCall` of core is one. */
export interface ClassifiedCall {
  readonly tool: ToolDefinition;
  readonly args: JsonValue;
  /** Who calls, and in which session: for rules that ask. */
  readonly context?: Pick<CallContext, 'actor' | 'session'>;
}
