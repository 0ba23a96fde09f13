/**
 * What a target says of itself: its name, description, schema and annotations, read once when it is wrapped. Pure.
 */

import {
  ConfigError,
  checkIdentifier,
  isJsonObject,
  type JsonObject,
  normalise,
  type ToolAnnotations,
  type ToolDefinition,
} from '@countersign/core';
import { z } from 'zod';

/** What a caller of `withAudit` can say of a tool; it wins over what the target says of itself. */
export interface DefinitionOptions {
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  /** JSON Schema, or a zod 4 schema. */
  readonly inputSchema?: unknown;
  readonly annotations?: ToolAnnotations;
  /** The MCP server or other origin of the tool. */
  readonly server?: string;
}

/**
 * The definition of a tool function or tool object.
 * @param fallbackName The key in a record of tools, or the function's own name.
 * @throws ConfigError OPTION_INVALID when there is no usable name.
 */
export function readDefinition(target: object, fallbackName: string, options: DefinitionOptions): ToolDefinition {
  const read = (name: string): unknown => options[asOption(name)] ?? Reflect.get(target, name);
  const ownName = typeof target === 'function' ? undefined : Reflect.get(target, 'name');
  const name = options.name ?? (typeof ownName === 'string' && ownName !== '' ? ownName : fallbackName);
  if (name === '') {
    throw new ConfigError('OPTION_INVALID', 'withAudit: expected a tool with a name, found a nameless function', {
      hint: 'Give the function a name, put it in a record of tools, or pass { name }.',
    });
  }
  checkIdentifier('tool.name', name);
  if (options.server !== undefined) checkIdentifier('tool.server', options.server);
  const inputSchema = readSchema(options.inputSchema ?? firstOf(target, SCHEMA_NAMES));
  const annotations = readAnnotations(read('annotations'));
  // Frozen: the gate takes it as it is, and the classifier knows it again.
  return Object.freeze({
    name,
    ...text('title', read('title')),
    ...text('description', read('description')),
    ...(inputSchema === undefined ? {} : { inputSchema }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(options.server === undefined ? {} : { server: options.server }),
  });
}

/** Where frameworks keep the schema of a tool's input. */
const SCHEMA_NAMES = ['inputSchema', 'input_schema', 'parameters', 'schema'] as const;

function asOption(name: string): 'title' | 'description' | 'annotations' {
  return name === 'title' || name === 'annotations' ? name : 'description';
}

function text<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  const kept: { [P in K]?: string } = {};
  if (typeof value === 'string' && value.isWellFormed()) kept[name] = value;
  return kept;
}

function firstOf(target: object, names: readonly string[]): unknown {
  if (typeof target === 'function') return undefined;
  return names.map((name): unknown => Reflect.get(target, name)).find((value) => value !== undefined);
}

function readSchema(schema: unknown): JsonObject | undefined {
  if (schema instanceof z.core.$ZodType) return readZod(schema);
  // The AI SDK's jsonSchema() keeps the schema one level down.
  if (typeof schema === 'object' && schema !== null && 'jsonSchema' in schema) return asJsonObject(schema.jsonSchema);
  return asJsonObject(schema);
}

function readZod(schema: z.core.$ZodType): JsonObject | undefined {
  try {
    return asJsonObject(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  } catch {
    // A schema that has no JSON form says nothing to the classifier; the tool's own check of its input still holds.
    return undefined;
  }
}

/** A schema in any form that is not plain data says nothing to the classifier, and is left out. */
function asJsonObject(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { json, bindable } = normalise(value);
  return bindable && isJsonObject(json) ? json : undefined;
}

function readAnnotations(value: unknown): ToolAnnotations | undefined {
  const parsed = annotationsSchema.safeParse(value);
  return parsed.success ? Object.freeze(dropUndefined(parsed.data)) : undefined;
}

const annotationsSchema = z.object({
  title: z.string().optional(),
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
});

function dropUndefined({
  title,
  readOnlyHint,
  destructiveHint,
  idempotentHint,
  openWorldHint,
}: z.infer<typeof annotationsSchema>): ToolAnnotations {
  return {
    ...(title === undefined ? {} : { title }),
    ...(readOnlyHint === undefined ? {} : { readOnlyHint }),
    ...(destructiveHint === undefined ? {} : { destructiveHint }),
    ...(idempotentHint === undefined ? {} : { idempotentHint }),
    ...(openWorldHint === undefined ? {} : { openWorldHint }),
  };
}
