/**
 * A tool, and one call of it, as every part of Countersign sees them. Pure types.
 */

import type { CallContext } from './context.js';
import type { JsonObject, JsonValue } from './json.js';

/** MCP tool annotations (specification 2026-07-28): hints, believed only from trusted servers. */
export interface ToolAnnotations {
  readonly title?: string;
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** What is known of a tool before it is called. */
export interface ToolDefinition {
  /** At most 256 bytes of UTF-8. */
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema?: JsonObject;
  readonly annotations?: ToolAnnotations;
  /** The MCP server or other origin of the tool; at most 256 bytes. */
  readonly server?: string;
}

/** One call: a tool with its exact arguments. */
export interface ToolCall {
  /** Unique within a run; at most 256 bytes. */
  readonly callId: string;
  readonly tool: ToolDefinition;
  /** The exact arguments: normalised, never redacted, never truncated. */
  readonly args: JsonValue;
  readonly context: CallContext;
}
