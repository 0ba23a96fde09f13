/**
 * A call as an example of a policy file writes it, as the classifier and the policy see it. Pure.
 */

import type { ClassifiedCall } from '@countersign/classification';
import type { CallContext, JsonValue, ToolDefinition } from '@countersign/core';
import type { ExampleCall } from './file-schema.js';

/** A call with its circumstances. */
export interface ExplainedCall extends ClassifiedCall {
  readonly context: Pick<CallContext, 'actor' | 'session'>;
}

/** The call that an example means. */
export function callOfExample(example: ExampleCall): ExplainedCall {
  if (typeof example === 'string') return callOfExample({ command: example });
  const { actor, role, session } = example;
  const who =
    actor === undefined && role === undefined
      ? undefined
      : { kind: 'agent', id: actor ?? 'agent', ...(role !== undefined && { role }) };
  return {
    tool: toolOf(example),
    args: argsOf(example),
    context: { ...(who !== undefined && { actor: who }), ...(session !== undefined && { session }) },
  };
}

function toolOf({ tool, command, server, title, description }: Exclude<ExampleCall, string>): ToolDefinition {
  return {
    name: tool ?? (command === undefined ? 'execute_sql' : 'run_shell'),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(server !== undefined && { server }),
  };
}

function argsOf({ command, sql, args }: Exclude<ExampleCall, string>): JsonValue {
  if (command !== undefined) return { command };
  return sql === undefined ? (args ?? {}) : { sql };
}
