/**
 * The lines of an export (spec, section 12), read strictly: a member that is not in the table is not skipped. Pure.
 */

import { z } from 'zod';

/** What the first line says of the form. */
export const EXPORT_FORMAT = 'countersign-log-export';
export const EXPORT_VERSION = 1;

/** The longest line, in bytes: an entry with payloads far above the default limit of 64 KiB. */
export const MAX_EXPORT_LINE_BYTES = 64 * 1024 * 1024;

const count = z.int().nonnegative();

const header = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  log: z.string(),
  size: count,
});

const entry = z.strictObject({
  index: count,
  leaf: z.string().exactOptional(),
  leafHash: z.string(),
  unreadable: z.literal(true).exactOptional(),
  payloads: z.array(z.strictObject({ name: z.string(), salt: z.string(), json: z.string() })),
});

const checkpoint = z.strictObject({ size: count, note: z.string() });

const end = z.strictObject({ checkpoint: z.string(), identityKey: z.string() });

/** One entry: its exact leaf, the hash as it is stored, and its payloads. No leaf where a purge took it. */
export type EntryLine = z.infer<typeof entry>;

/** A checkpoint that is kept for good. The newest stands in the end. */
export type CheckpointLine = z.infer<typeof checkpoint>;

/** A line of any form, with its place in the order of lines. */
export type ExportLine =
  | { readonly kind: 'header'; readonly value: z.infer<typeof header> }
  | { readonly kind: 'entry'; readonly value: EntryLine }
  | { readonly kind: 'checkpoint'; readonly value: CheckpointLine }
  | { readonly kind: 'end'; readonly value: z.infer<typeof end> };

/** The line in this text; undefined for a text that is none. */
export function parseExportLine(text: string): ExportLine | undefined {
  const value = tryParse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, 'format')) return lineOf('header', header.safeParse(value));
  if (Object.hasOwn(value, 'index')) return lineOf('entry', entry.safeParse(value));
  if (Object.hasOwn(value, 'note')) return lineOf('checkpoint', checkpoint.safeParse(value));
  return lineOf('end', end.safeParse(value));
}

function lineOf<Kind extends string, Value>(
  kind: Kind,
  parsed: z.ZodSafeParseResult<Value>,
): { readonly kind: Kind; readonly value: Value } | undefined {
  return parsed.success ? { kind, value: parsed.data } : undefined;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A line that is no JSON is reported by whoever reads the export.
    return undefined;
  }
}
