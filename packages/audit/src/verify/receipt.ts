/**
 * Receipts: what an auditor is handed instead of the log. A receipt is one JSON document that holds entries with their exact
 * leaves, the payloads that are opened, and for each the inclusion proof and checkpoint in C2SP tlog-proof form, verbatim. A
 * document of the second form holds two states of a log and the proof that the later one goes on from the earlier. Pure.
 */

import { isJsonObject, type JsonValue, parseJson } from '@countersign/core';
import { z } from 'zod';

/** A payload as it stands in a receipt. */
export interface ReceiptPayload {
  readonly name: string;
  /** 16 bytes in standard base64. */
  readonly salt: string;
  /** The exact text of the payload, canonical JSON: it is hashed as it stands. */
  readonly json: string;
}

/** One entry, its opened payloads, and what proves it. */
export interface ReceiptEntry {
  /** The exact text whose UTF-8 bytes were hashed. */
  readonly leaf: string;
  /** Those that are opened; the leaf commits to the others too, and says nothing else of them. */
  readonly payloads: readonly ReceiptPayload[];
  /** C2SP tlog-proof, verbatim: index, inclusion proof and checkpoint. */
  readonly proof: string;
}

/** One entry, or the begin entry and the result entry of one call. */
export interface Receipt {
  readonly format: 'countersign-receipt';
  readonly version: 1;
  readonly entries: readonly ReceiptEntry[];
}

/** A log at one size. */
export interface TreeState {
  readonly size: number;
  /** Standard base64 of 32 bytes. */
  readonly root: string;
  /** The signed note over it; absent where whoever made the document had none: a verifier then brings its own. */
  readonly checkpoint?: string;
}

/** Two states of one log, and the proof that the later one goes on from the earlier. */
export interface ConsistencyReceipt {
  readonly format: 'countersign-consistency';
  readonly version: 1;
  readonly from: TreeState;
  readonly to: TreeState;
  /** The consistency proof (RFC 9162): standard base64 of 32 bytes each. */
  readonly proof: readonly string[];
}

/** What `readReceipt` answers. */
export type ReadReceiptResult =
  | { readonly ok: true; readonly receipt: Receipt | ConsistencyReceipt }
  | {
      readonly ok: false;
      /** Names what is at fault, and never repeats what stands there. */
      readonly message: string;
      /** True where not even the member `format` is one of ours: another kind of file altogether. */
      readonly foreign: boolean;
    };

/** The largest document that is read, in bytes of UTF-8: four payloads of the greatest size, escaped, fit. */
export const MAX_RECEIPT_BYTES = 64 * 1024 * 1024;

/** The most entries in a receipt: a call's begin and its result. */
export const MAX_RECEIPT_ENTRIES = 2;

/** The text of the document: JSON over several lines, ended by a line feed. */
export function formatReceipt(receipt: Receipt | ConsistencyReceipt): string {
  return `${JSON.stringify(receipt, undefined, 2)}\n`;
}

/** Reads a document from its text, its bytes or its value. Nothing is verified yet. Never throws on bad evidence. */
export function readReceipt(input: unknown): ReadReceiptResult {
  try {
    return read(input);
  } catch {
    // A value whose own code throws when it is looked at.
    return refused('its members cannot be read', true);
  }
}

const FORMATS = ['countersign-receipt', 'countersign-consistency'] as const;

const MAX_NAMED = 8;

function read(input: unknown): ReadReceiptResult {
  const value = typeof input === 'string' || input instanceof Uint8Array ? tryParse(input) : input;
  if (value === undefined) return refused('it is no strict JSON of a size that is read', true);
  if (typeof value !== 'object' || value === null || !('format' in value)) {
    return refused('it is no JSON object with a member format', true);
  }
  const schema = value.format === 'countersign-consistency' ? consistencySchema : receiptSchema;
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, receipt: parsed.data };
  const paths = new Set(parsed.error.issues.map(({ path }) => path.map(String).join('.')));
  const named = [...paths].slice(0, MAX_NAMED).map((path) => (path === '' ? 'its members' : path));
  return refused(`at fault: ${named.join(', ')}`, !FORMATS.some((format) => format === value.format));
}

const text = z.string().refine((value) => value.isWellFormed());
/** No document of ours holds more proof hashes, and none of them is longer. */
const hashText = z.string().max(64);

const receiptSchema = z.strictObject({
  format: z.literal('countersign-receipt'),
  version: z.literal(1),
  entries: z
    .array(
      z.strictObject({
        leaf: text,
        payloads: z.array(z.strictObject({ name: text.max(255), salt: z.string().max(64), json: text })).max(16),
        proof: text,
      }),
    )
    .min(1)
    .max(MAX_RECEIPT_ENTRIES),
});

const stateSchema = z.strictObject({
  size: z.int().nonnegative(),
  root: hashText,
  checkpoint: text.exactOptional(),
});

const consistencySchema = z.strictObject({
  format: z.literal('countersign-consistency'),
  version: z.literal(1),
  from: stateSchema,
  to: stateSchema,
  proof: z.array(hashText).max(128),
});

function tryParse(input: string | Uint8Array): JsonValue | undefined {
  try {
    const value = parseJson(input, { maxBytes: MAX_RECEIPT_BYTES });
    return isJsonObject(value) ? value : null;
  } catch {
    // Whatever is wrong with it, it is no document of ours.
    return undefined;
  }
}

function refused(reason: string, foreign: boolean): ReadReceiptResult {
  return { ok: false, message: `This is no receipt of this project: ${reason}.`, foreign };
}
