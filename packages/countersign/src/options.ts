/**
 * The check of `openCountersign`'s options: a typing mistake in a safety setting must not pass in silence.
 */

import { ConfigError, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';

const levels = z.union([z.enum(RISK_LEVELS), z.array(z.enum(RISK_LEVELS)).min(1)]);

const optionsSchema = z.strictObject({
  path: z.string().min(1).optional(),
  create: z.boolean().optional(),
  config: z.union([z.string().min(1), z.looseObject({})]).optional(),
  policy: z.union([z.string().min(1), z.looseObject({})]).optional(),
  watchPolicy: z.boolean().optional(),
  rules: z.unknown().optional(),
  judge: z.union([z.function(), z.strictObject({ name: z.string().min(1).max(100), ask: z.function() })]).optional(),
  workspace: z.string().min(1).optional(),
  trustedServers: z.array(z.string()).optional(),
  actor: z
    .strictObject({
      kind: z.string().min(1),
      id: z.string().min(1),
      keyId: z.string().optional(),
      role: z.string().optional(),
    })
    .optional(),
  session: z.union([z.string().min(1), z.function()]).optional(),
  keyDir: z.string().min(1).optional(),
  signer: z.looseObject({ origin: z.string() }).optional(),
  markFile: z.union([z.string().min(1), z.literal(false)]).optional(),
  anchors: z
    .array(
      z.looseObject({ kind: z.string(), name: z.string(), intervalMs: z.number().nonnegative(), anchor: z.function() }),
    )
    .max(64)
    .optional(),
  anchorHeartbeatMs: z.union([z.int().min(1000), z.literal(false)]).optional(),
  requireWitness: z
    .union([levels, z.strictObject({ risk: levels, timeoutMs: z.int().min(1).max(3_600_000).optional() })])
    .optional(),
  redact: z
    .strictObject({
      paths: z.array(z.unknown()).optional(),
      names: z.array(z.string().min(1)).optional(),
      allowNames: z.array(z.string().min(1)).optional(),
      rules: z.array(z.unknown()).optional(),
    })
    .optional(),
  epochs: z.strictObject({ maxAgeMs: z.number().optional(), maxEntries: z.number().optional() }).optional(),
  channels: z.array(z.looseObject({ name: z.string() })).optional(),
  onRefused: z.enum(['throw', 'result']).optional(),
  encryptPayloads: z.boolean().optional(),
  maxPayloadBytes: z
    .int()
    .min(1024)
    .max(10 * 1024 * 1024)
    .optional(),
  warn: z.unknown().optional(),
  environment: z.unknown().optional(),
});

/** @throws ConfigError OPTION_INVALID naming every member that is wrong, and never its value. */
export function parseOptions(options: unknown): void {
  const result = optionsSchema.safeParse(options);
  if (result.success) return;
  const places = result.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'options' : issue.path.join('.');
    const what = issue.code === 'unrecognized_keys' ? `unknown ${issue.keys.join(', ')}` : issue.message;
    return `${where}: ${what}`;
  });
  throw new ConfigError('OPTION_INVALID', `openCountersign: ${places.join('; ')}`, {
    hint: 'Correct the options named; the README lists them.',
  });
}
