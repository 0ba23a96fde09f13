/**
 * The call that a command was asked about: what was typed, checked. Pure.
 */

import { CountersignError, type JsonValue, parseJson, type ToolDefinition } from '@countersign/core';
import { z } from 'zod';
import { CommandError } from './errors.js';

const text = z.string().min(1, 'expected a text that is not empty');

/** The options that say which call is meant (`declareCallOptions`). */
export const callSchema = z.object({
  sql: text.exactOptional(),
  tool: text.exactOptional(),
  args: text.exactOptional(),
});

/** A definition as it may be typed. */
const toolSchema = z.strictObject({
  name: text,
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  inputSchema: z.record(z.string(), z.json()).exactOptional(),
  annotations: z
    .strictObject({
      title: z.string().exactOptional(),
      readOnlyHint: z.boolean().exactOptional(),
      destructiveHint: z.boolean().exactOptional(),
      idempotentHint: z.boolean().exactOptional(),
      openWorldHint: z.boolean().exactOptional(),
    })
    .exactOptional(),
  server: text.exactOptional(),
});

/** What was asked about: a command, a statement, a definition alone, or a call. */
export type GivenCall =
  | { readonly kind: 'shell'; readonly text: string }
  | { readonly kind: 'sql'; readonly text: string }
  | { readonly kind: 'tool'; readonly tool: ToolDefinition }
  | { readonly kind: 'call'; readonly tool: ToolDefinition; readonly args: JsonValue };

/** What may have been typed. */
export interface TypedCall extends z.infer<typeof callSchema> {
  readonly command?: string | undefined;
}

/**
 * The call that was typed; undefined for none.
 * @throws CommandError `ARGUMENT_INVALID` for two of them, and for what is no JSON.
 */
export function givenCall({ command, sql, tool, args }: TypedCall): GivenCall | undefined {
  const said = [command, sql, tool].filter((each) => each !== undefined);
  if (said.length > 1) throw invalid('expected a command, --sql or --tool, found several of them');
  if (args !== undefined && tool === undefined) throw invalid('--args: expected --tool beside it');
  if (command !== undefined) return { kind: 'shell', text: command };
  if (sql !== undefined) return { kind: 'sql', text: sql };
  if (tool === undefined) return undefined;
  const definition = toolOf(tool);
  return args === undefined
    ? { kind: 'tool', tool: definition }
    : { kind: 'call', tool: definition, args: jsonOf(args, '--args') };
}

/** The text of a call's argument that a reason is about. */
export function argumentOf(call: GivenCall): JsonValue {
  switch (call.kind) {
    case 'shell':
    case 'sql':
      return call.text;
    case 'call':
      return call.args;
    case 'tool':
      return {};
    default:
      return call satisfies never;
  }
}

function toolOf(given: string): ToolDefinition {
  if (!given.trimStart().startsWith('{')) return { name: given };
  const result = toolSchema.safeParse(jsonOf(given, '--tool'));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`--tool: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'expected a definition'}`);
}

function jsonOf(given: string, option: string): JsonValue {
  try {
    return parseJson(given);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new CommandError('ARGUMENT_INVALID', `${option}: expected JSON, found a text that is not.`, {
      hint: `Put it in single quotes, so that the shell leaves it alone: ${option} '{"path":"notes.txt"}'`,
      cause,
    });
  }
}

function invalid(what: string): CommandError {
  return new CommandError('ARGUMENT_INVALID', `${what}.`, { hint: 'Run the command with --help for what it takes.' });
}
