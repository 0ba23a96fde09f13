/**
 * The bytes of a leaf: the one place where entries become canonical JSON and where leaves are read (log format, section 2).
 * Reading is strict: what was read must format to the same text. Pure.
 */

import { canonicalJson, type JsonValue, setMember } from '@countersign/core';
import { z } from 'zod';
import { EntryError } from '../errors.js';
import { findContradiction } from './consistency.js';
import { formatPlain } from './format-leaf.js';
import { type Entry, type EntryKind, entrySchema, PAYLOAD_NAMES } from './kinds.js';
import { scanLeaf } from './scan-leaf.js';

/** The longest leaf, in bytes of UTF-8. */
export const MAX_LEAF_BYTES = 8 * 1024;

/** The only version of entries so far. */
export const ENTRY_VERSION = 1;

/** Why a leaf is refused. */
export type EntryFailure =
  | 'ENTRY_TOO_LARGE'
  | 'ENTRY_NOT_UTF8'
  | 'ENTRY_NOT_CANONICAL'
  | 'ENTRY_UNKNOWN_VERSION'
  | 'ENTRY_UNKNOWN_KIND'
  | 'ENTRY_MEMBER_INVALID'
  | 'ENTRY_PAYLOAD_UNKNOWN';

/** A leaf that is refused. The message names members and never values. */
export interface DecodeFailure {
  readonly ok: false;
  readonly code: EntryFailure;
  readonly message: string;
}

/** The answer of `decodeEntry`. */
export type DecodeResult = { readonly ok: true; readonly entry: Entry } | DecodeFailure;

/**
 * The leaf of an entry: canonical JSON of at most `MAX_LEAF_BYTES`. Members that are undefined are left out.
 * @throws EntryError ENTRY_INVALID when the entry breaks the field table (the message names members, never values);
 * ENTRY_TOO_LARGE when the leaf would be too long.
 */
export function encodeEntry(entry: Entry): string {
  const leaf = formatScanned(entry) ?? formatChecked(entry);
  const length = Buffer.byteLength(leaf);
  if (length > MAX_LEAF_BYTES) {
    throw new EntryError('ENTRY_TOO_LARGE', `A leaf may have ${MAX_LEAF_BYTES} bytes; this entry has ${length}.`, {
      hint: 'Move free text and long lists into a payload.',
    });
  }
  return leaf;
}

/** The entry of a leaf, or why the leaf is none. Never throws. */
export function decodeEntry(leaf: string | Uint8Array): DecodeResult {
  if (leaf.length > MAX_LEAF_BYTES) return tooLong();
  const text = typeof leaf === 'string' ? leaf : decodeUtf8(leaf);
  if (text === undefined || !text.isWellFormed()) return failure('ENTRY_NOT_UTF8', 'The leaf is not UTF-8.');
  if (typeof leaf === 'string' && Buffer.byteLength(leaf) > MAX_LEAF_BYTES) return tooLong();
  const scanned = scanLeaf(text);
  if (scanned !== undefined) return checkAgreement(scanned);
  const value = parseCanonical(text);
  if (value === undefined) return failure('ENTRY_NOT_CANONICAL', 'The leaf is not canonical JSON (RFC 8785).');
  return checkEntry(value);
}

/** Checks a value against the field table: version, kind, payload names, members, and that they agree with each other. */
function checkEntry(value: unknown): DecodeResult {
  const members: Partial<Record<'v' | 'kind' | 'payload', unknown>> = isObject(value) ? value : {};
  const { v, kind, payload } = members;
  if (v !== ENTRY_VERSION)
    return failure('ENTRY_UNKNOWN_VERSION', `Only entries of version ${ENTRY_VERSION} are known.`);
  if (!isKind(kind)) return failure('ENTRY_UNKNOWN_KIND', 'The kind of the entry is not in the field table.');
  if (!hasKnownPayloads(kind, payload)) {
    return failure('ENTRY_PAYLOAD_UNKNOWN', `An entry of kind ${kind} names a payload that it cannot carry.`);
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return failure('ENTRY_MEMBER_INVALID', describeIssues(kind, parsed.error));
  return checkAgreement(parsed.data);
}

/** Members that fit their schemas may still contradict each other. */
function checkAgreement(entry: Entry): DecodeResult {
  const contradiction = findContradiction(entry);
  if (contradiction !== undefined) return failure('ENTRY_MEMBER_INVALID', `${entry.kind}: ${contradiction}.`);
  return { ok: true, entry };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isKind(kind: unknown): kind is EntryKind {
  return typeof kind === 'string' && Object.hasOwn(PAYLOAD_NAMES, kind);
}

/** True also where `payload` is no object at all: that is for the schema to say. */
function hasKnownPayloads(kind: EntryKind, payload: unknown): boolean {
  const known: readonly string[] = PAYLOAD_NAMES[kind];
  return !isObject(payload) || Object.keys(payload).every((name) => known.includes(name));
}

function invalid(message: string): EntryError {
  return new EntryError('ENTRY_INVALID', message, { hint: 'Compare the entry with the field table of its kind.' });
}

function tooLong(): DecodeFailure {
  return failure('ENTRY_TOO_LARGE', `The leaf has more than ${MAX_LEAF_BYTES} bytes.`);
}

function failure(code: EntryFailure, message: string): DecodeFailure {
  return { ok: false, code, message };
}

/** The members that are at fault, by path. A name that is not one of ours could be anything, so it is not repeated. */
function describeIssues(kind: EntryKind, error: z.ZodError): string {
  const paths = error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return issue.code === 'unrecognized_keys' ? `${path === '' ? '' : `${path}: `}unknown member` : path;
  });
  return `${kind}: at fault: ${[...new Set(paths)].slice(0, MAX_NAMED).join(', ')}.`;
}

const MAX_NAMED = 8;

/** The common case: what can be read back in one pass is in order, so the schema need not be asked. */
function formatScanned(entry: Entry): string | undefined {
  const leaf = formatPlain(entry, OPTIONAL.get(entry.kind));
  const scanned = leaf === undefined ? undefined : scanLeaf(leaf);
  return scanned !== undefined && checkAgreement(scanned).ok ? leaf : undefined;
}

/** The members of each kind that may be undefined. */
const OPTIONAL: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  entrySchema.options.map(({ shape }) => {
    const members = Object.entries(shape).filter(([, schema]) => schema instanceof z.ZodOptional);
    return [shape.kind.value, new Set(members.map(([name]) => name))];
  }),
);

/** The definition. */
function formatChecked(entry: Entry): string {
  const checked = checkEntry(entry);
  if (!checked.ok) throw invalid(checked.message);
  return canonicalJson(withoutUndefined(checked.entry) ?? null);
}

/** Absent and undefined mean the same in an entry; canonical JSON knows only the first. */
function withoutUndefined(value: unknown): JsonValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => withoutUndefined(item) ?? null);
  if (!isObject(value)) return undefined;
  const members: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    const kept = withoutUndefined(member);
    if (kept !== undefined) setMember(members, name, kept);
  }
  return members;
}

/**
 * The engine's parser is lenient in what it drops (a second member of one name) and rounds, and twice as fast as core's.
 * Whatever it forgave does not survive formatting again, so the comparison makes the two strict together.
 */
function parseCanonical(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    // No JSON, or JSON that has no canonical form: too deep, or with half of a surrogate pair.
    return undefined;
  }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
