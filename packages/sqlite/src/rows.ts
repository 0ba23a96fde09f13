/**
 * Rows as SQLite answers them, checked before anybody believes them.
 */

import { isUtf8 } from 'node:buffer';
import { type ApprovalRecord, type GrantRecord, parseApprovalRecord, parseGrantRecord } from '@countersign/approval';
import {
  StoreCorruptError,
  type StoredCheckpoint,
  type StoredHash,
  type StoredHead,
  type StoredLeaf,
  type StoredOutline,
  type StoredPayload,
  type StoredRowText,
} from '@countersign/audit';
import { z } from 'zod';
import type { Statements } from './statements.js';

const blob = z.instanceof(Uint8Array);

const leafRow = z.strictObject({ idx: z.int(), leaf: blob.nullable(), leaf_hash: blob });
const outlineRow = z.strictObject({ idx: z.int(), leaf_hash: blob, gone: z.int() });
const payloadRow = z.strictObject({ idx: z.int(), name: z.string(), salt: blob, bytes: blob });
const headRow = z.strictObject({ size: z.int().nonnegative(), edge: blob });
const approvalRow = z.strictObject({ id: z.string(), record: z.string() });
const checkpointRow = z.strictObject({ size: z.int().nonnegative(), note: z.string(), kept: z.int() });

/** A leaf; bytes that are no UTF-8 are reported as such. */
export function toLeaf(row: unknown): StoredLeaf {
  const { idx, leaf, leaf_hash: leafHash } = isLeafRow(row) ? row : checked(leafRow, row, 'entries');
  if (leaf === null) return { index: idx, leafHash };
  const text = decodeText(leaf);
  return text === undefined ? { index: idx, leafHash, unreadable: true } : { index: idx, leaf: text, leafHash };
}

/**
 * Leaves from an index on. Their texts come as strings, which takes half the time of bytes that are decoded here; one in which the
 * engine may have replaced bytes that are no UTF-8 is read again as it is.
 */
export function readLeaves(sql: Statements, from: number, limit: number): readonly StoredLeaf[] {
  return sql.leavesFrom.all(from, limit).flatMap((row) => (isPlainLeaf(row) ? plainLeaf(row) : leafAgain(sql, row)));
}

function plainLeaf({ idx, leaf, leaf_hash: leafHash }: PlainLeafRow): StoredLeaf {
  return leaf === null ? { index: idx, leafHash } : { index: idx, leaf, leafHash };
}

function leafAgain(sql: Statements, row: unknown): readonly StoredLeaf[] {
  if (typeof row !== 'object' || row === null || !('idx' in row)) throw damaged('entries');
  return sql.leafAt.all(row.idx).map(toLeaf);
}

/** The hash of a leaf. Read by the hundred thousand, so it is looked at by hand. */
export function toHash(row: unknown): StoredHash {
  if (typeof row === 'object' && row !== null && 'idx' in row && 'leaf_hash' in row) {
    const { idx, leaf_hash: leafHash } = row;
    if (Number.isSafeInteger(idx) && typeof idx === 'number' && leafHash instanceof Uint8Array) {
      return { index: idx, leafHash };
    }
  }
  throw damaged('entries');
}

/** A leaf without its text. */
export function toOutline(row: unknown): StoredOutline {
  const { idx, leaf_hash: leafHash, gone } = checked(outlineRow, row, 'entries');
  return { index: idx, leafHash, isGone: gone === 1 };
}

/** A payload. */
export function toPayload(row: unknown): StoredPayload {
  const { idx, name, salt, bytes } = isPayloadRow(row) ? row : checked(payloadRow, row, 'payloads');
  return { index: idx, name, salt, bytes };
}

/** Size and edge. Where nothing was written yet, the edge of an empty tree: its size, 0, in eight bytes. */
export function toHead(row: unknown): Pick<StoredHead, 'size' | 'edge'> {
  if (row === undefined) return { size: 0, edge: new Uint8Array(8) };
  return isHeadRow(row) ? row : checked(headRow, row, 'head');
}

/** A checkpoint. */
export function toCheckpoint(row: unknown): StoredCheckpoint {
  const { size, note, kept } = checked(checkpointRow, row, 'checkpoints');
  return { size, note, kept: kept === 1 };
}

/** A row of the approvals as it stands. @throws StoreCorruptError STORE_DAMAGED */
export function toRowText(row: unknown): StoredRowText {
  const { id, record } = checked(approvalRow, row, 'approval rows');
  return { id, text: record };
}

/** A request row; its key must be the id in its record. @throws StoreCorruptError STORE_DAMAGED */
export function requestRow(row: unknown): ApprovalRecord {
  const { id, record } = checked(approvalRow, row, 'approval_requests');
  const parsed = parsedRow(() => parseApprovalRecord(record), 'approval_requests');
  if (parsed.request.id !== id) throw damaged('approval_requests');
  return parsed;
}

/** A grant row, likewise. @throws StoreCorruptError STORE_DAMAGED */
export function grantRow(row: unknown): GrantRecord {
  const { id, record } = checked(approvalRow, row, 'approval_grants');
  const parsed = parsedRow(() => parseGrantRecord(record), 'approval_grants');
  if (parsed.grant.id !== id) throw damaged('approval_grants');
  return parsed;
}

/** Strict UTF-8; a byte order mark stays part of the text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

interface PlainLeafRow {
  readonly idx: number;
  readonly leaf: string | null;
  readonly leaf_hash: Uint8Array;
}

/** A row whose text is whole for certain, or gone. */
function isPlainLeaf(row: unknown): row is PlainLeafRow {
  if (typeof row !== 'object' || row === null || !('idx' in row && 'leaf' in row && 'leaf_hash' in row)) return false;
  const { idx, leaf, leaf_hash: leafHash } = row;
  if (!Number.isSafeInteger(idx) || !(leafHash instanceof Uint8Array)) return false;
  return leaf === null || (typeof leaf === 'string' && !leaf.includes(REPLACEMENT));
}

/** What the engine puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/** The same as the schema says, at a tenth of its time: a verification looks at millions of these rows. */
function isLeafRow(row: unknown): row is z.infer<typeof leafRow> {
  if (typeof row !== 'object' || row === null || !('idx' in row && 'leaf' in row && 'leaf_hash' in row)) return false;
  const { idx, leaf, leaf_hash: leafHash } = row;
  return Number.isSafeInteger(idx) && (leaf === null || leaf instanceof Uint8Array) && leafHash instanceof Uint8Array;
}

/** Likewise: each commit begins with it. */
function isHeadRow(row: unknown): row is z.infer<typeof headRow> {
  if (typeof row !== 'object' || row === null || !('size' in row && 'edge' in row)) return false;
  return (
    typeof row.size === 'number' && Number.isSafeInteger(row.size) && row.size >= 0 && row.edge instanceof Uint8Array
  );
}

/** Likewise. */
function isPayloadRow(row: unknown): row is z.infer<typeof payloadRow> {
  if (typeof row !== 'object' || row === null) return false;
  if (!('idx' in row && 'name' in row && 'salt' in row && 'bytes' in row)) return false;
  const { idx, name, salt, bytes } = row;
  const hasBytes = salt instanceof Uint8Array && bytes instanceof Uint8Array;
  return Number.isSafeInteger(idx) && typeof name === 'string' && hasBytes;
}

function checked<T>(schema: z.ZodType<T>, row: unknown, table: string): T {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  throw damaged(table);
}

function parsedRow<T>(parse: () => T, table: string): T {
  try {
    return parse();
  } catch (cause) {
    throw damaged(table, cause);
  }
}

function damaged(table: string, cause?: unknown): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `A row of ${table} has not the form that was written.`, {
    hint: 'Run `countersign verify`.',
    cause,
  });
}
