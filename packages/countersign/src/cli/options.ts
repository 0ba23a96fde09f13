/**
 * Options that commands share: how they are declared, and how what was typed becomes checked values.
 */

import { DECISIONS, OUTCOMES } from '@countersign/audit';
import { RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import { CommandError } from './errors.js';

const text = z.string().min(1, 'expected a text that is not empty');

/** What every command takes. */
export const commonSchema = z.object({
  db: text.optional(),
  key: text.optional(),
  keyDir: text.optional(),
  mark: text.optional(),
  json: z.boolean().default(false),
  jsonl: z.boolean().default(false),
  color: z.boolean().default(true),
  quiet: z.boolean().default(false),
});

/** The checked common options. */
export type CommonOptions = z.infer<typeof commonSchema>;

const listOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z
    .array(z.string())
    .transform((given) => given.flatMap((value) => value.split(',').map((item) => item.trim())))
    .pipe(z.array(z.enum(values, `expected one or more of ${values.join(', ')}, joined by commas`)));

/** Which calls are meant: a filter as the log takes it. */
export const filterSchema = z.object({
  risk: listOf(RISK_LEVELS).exactOptional(),
  session: z.string().exactOptional(),
  tool: text.exactOptional(),
  decision: listOf(DECISIONS).exactOptional(),
  outcome: listOf(OUTCOMES).exactOptional(),
  success: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')], 'expected true or false')
    .exactOptional(),
  actor: z.string().exactOptional(),
  since: text.exactOptional(),
  until: text.exactOptional(),
});

/** A number of things from 1 on. */
export const countSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/, 'expected a whole number from 1 on')
  .transform(Number);

/**
 * Checks the options of a command.
 * @throws CommandError `ARGUMENT_INVALID` naming every option that is wrong.
 */
export function parseOptions<T extends z.ZodType>(schema: T, options: unknown): z.infer<T> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => `${optionName(issue.path[0])}: ${issue.message}`);
  throw new CommandError('ARGUMENT_INVALID', `${[...new Set(places)].join('; ')}.`, {
    hint: 'Run the command with --help for what it takes.',
  });
}

/** `keyDir` was typed as `--key-dir`. */
function optionName(name: PropertyKey | undefined): string {
  return `--${String(name ?? 'options').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
