/**
 * The configuration of a deployment, `audit.yaml` or an object (api.md). Every member is checked, an unknown one is an error, and an
 * error names file, line and column. Pure.
 */

import { ConfigError } from '@countersign/core';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { createRetentionPolicy, daysSchema, PROFILE_NAMES, type RetentionPolicy } from './retention/policy.js';

/** How often the automatic purge runs when nothing else is said. */
export const DEFAULT_PURGE_EVERY_MS = 24 * 60 * 60 * 1000;

/** The longest configuration, in bytes. */
export const MAX_CONFIG_BYTES = 256 * 1024;

const EVERY = { error: 'expected off, or a time such as 90s, 30m, 24h or 7d' };
const every = z.union([z.literal('off'), z.string().regex(/^[1-9][0-9]{0,5}[smhd]$/, EVERY)], EVERY);
const days = daysSchema.describe('A number of days; fractions are allowed.');

/** What a configuration may hold. */
export const configSchema = z
  .strictObject({
    retention: z
      .strictObject({
        profile: z.enum(PROFILE_NAMES).optional().describe('Ages by name; payloadDays and entryDays differ from it.'),
        payloadDays: days.optional().describe('How long payloads are kept, in days.'),
        entryDays: days.optional().describe('How long entries are kept, in days; never shorter than payloads.'),
        purge: z
          .strictObject({
            every: every
              .optional()
              .describe('How often what is past its age is removed while a process has the log open; off for never.'),
            archive: z
              .string()
              .min(1)
              .optional()
              .describe('A folder: what is removed is archived there, and verified, before it goes.'),
          })
          .optional()
          .describe('The automatic purge.'),
      })
      .optional()
      .describe('How long things are kept. On record in the log once it is given.'),
  })
  .describe('The configuration of Countersign.');

/** The configuration as a person writes it. */
export type Config = z.input<typeof configSchema>;

/** When what is past its age goes by itself. */
export interface PurgeSchedule {
  readonly everyMs: number;
  /** A folder. */
  readonly archive?: string;
}

/** A checked configuration, every choice made. */
export interface CheckedConfig {
  /** Undefined where nothing is said: then nothing of retention is put on record. */
  readonly retention: RetentionPolicy | undefined;
  /** Undefined for off. */
  readonly purge: PurgeSchedule | undefined;
}

/**
 * The configuration in an object.
 * @throws ConfigError `CONFIG_INVALID` naming every member that is wrong, and never its value.
 */
export function checkConfig(value: unknown): CheckedConfig {
  return check(value, (path) => (path.length === 0 ? 'config' : `config.${path.join('.')}`));
}

/**
 * The configuration in a text, YAML 1.2 or JSON.
 * @throws ConfigError `CONFIG_INVALID` naming file, line and column of everything that is wrong.
 */
export function parseConfig(text: string, file: string): CheckedConfig {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    throw invalid(`${file}: expected at most ${MAX_CONFIG_BYTES} bytes`);
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, strict: true, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw invalid(`${place(file, counter, error.pos[0])} ${error.code}: this is no YAML`);
  return check(
    toValue(document, file),
    (path) => `${place(file, counter, offsetOf(document, path))} ${path.join('.')}`,
  );
}

/** What the document holds; a text without any is a configuration that says nothing. */
function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch (cause) {
    throw invalid(`${file}: its aliases cannot be resolved, or are too many`, cause);
  }
}

const MAX_ALIASES = 20;

type Path = readonly (string | number)[];

function check(value: unknown, where: (path: Path) => string): CheckedConfig {
  const result = configSchema.safeParse(value);
  if (!result.success) throw invalid(result.error.issues.flatMap((issue) => describe(issue, where)).join('; '));
  const { retention } = result.data;
  const { every: interval = `${DEFAULT_PURGE_EVERY_MS / 1000}s`, archive } = retention?.purge ?? {};
  const purge = interval === 'off' ? undefined : { everyMs: toMs(interval), ...(archive !== undefined && { archive }) };
  return { retention: retentionOf(retention, where), purge };
}

function retentionOf(
  retention: z.infer<typeof configSchema>['retention'],
  where: (path: Path) => string,
): RetentionPolicy | undefined {
  if (retention === undefined) return undefined;
  const { profile, payloadDays, entryDays } = retention;
  // A schedule alone says nothing of ages.
  if (profile === undefined && payloadDays === undefined && entryDays === undefined) return undefined;
  try {
    return createRetentionPolicy({ profile, payloadDays, entryDays });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw invalid(`${where(['retention'])}: ${error.message.replace(/^retention: /, '')}`);
  }
}

function describe(issue: z.core.$ZodIssue, where: (path: Path) => string): readonly string[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${where([...path, key])}: there is no such member`);
  return [`${where(path)}: ${issue.message}`];
}

/** Where a member stands: its name for one that is there, else that of what it belongs to. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const name = path[length - 1];
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  return 0;
}

function place(file: string, counter: LineCounter, offset: number): string {
  const { line, col } = counter.linePos(offset);
  return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

function toMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS.get(text.slice(-1)) ?? 0);
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

function invalid(message: string, cause?: unknown): ConfigError {
  return new ConfigError('CONFIG_INVALID', message, {
    hint: 'Correct what is named; docs/configuration.md lists every member.',
    cause,
  });
}
