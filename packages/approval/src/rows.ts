/**
 * The text form of request and grant rows, for stores: canonical JSON (RFC 8785), one text for each row. Pure.
 */

import {
  CanonicalJsonError,
  CountersignError,
  canonicalJson,
  canonicalRecord,
  type JsonValue,
  parseCanonicalJson,
} from '@countersign/core';
import type { z } from 'zod';
import { ApprovalError } from './errors.js';
import type { GrantRecord } from './grant.js';
import { MAX_ROW_BYTES, toJson } from './json-schema.js';
import type { ApprovalRecord } from './request.js';
import { approvalRecordSchema, grantRecordSchema } from './schemas.js';
import { describeIssues } from './zod-issues.js';

/** The row of a request as text. */
export function formatApprovalRecord(record: ApprovalRecord): string {
  return formatRow(record);
}

/** The row of a request from its text. @throws ApprovalError RECORD_INVALID for every text that `formatApprovalRecord` does not give. */
export function parseApprovalRecord(text: string): ApprovalRecord {
  return parseRow('request', approvalRecordSchema, text);
}

/** The row of a grant as text. */
export function formatGrantRecord(record: GrantRecord): string {
  return formatRow(record);
}

/** The row of a grant from its text. @throws ApprovalError RECORD_INVALID for every text that `formatGrantRecord` does not give. */
export function parseGrantRecord(text: string): GrantRecord {
  return parseRow('grant', grantRecordSchema, text);
}

/** In one pass where the record is plain and not too long, as almost all are; else by the definition, which says what is wrong. */
function formatRow(record: object): string {
  return tryFormat(record) ?? canonicalJson(toJson(record));
}

function tryFormat(record: object): string | undefined {
  try {
    const text = canonicalRecord(record);
    return Buffer.byteLength(text) <= MAX_ROW_BYTES ? text : undefined;
  } catch (error) {
    if (error instanceof CanonicalJsonError) return undefined;
    throw error;
  }
}

function parseRow<T>(label: string, schema: z.ZodType<T>, text: string): T {
  const value = parseText(label, text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ApprovalError('RECORD_INVALID', `${label} row: ${describeIssues(parsed.error, value)}`);
}

function parseText(label: string, text: string): JsonValue {
  try {
    return parseCanonicalJson(text, { maxBytes: MAX_ROW_BYTES });
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new ApprovalError('RECORD_INVALID', `${label} row: expected canonical JSON, found a text that is not`, {
      cause,
    });
  }
}
