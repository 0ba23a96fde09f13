/**
 * What is sealed of a row of the approvals: arguments, reasons, texts and edits of decisions, patterns of grants. The rest of a row
 * stands in the leaves of the log as well, and is what stores search by. At rest the row is what is left of it when the payloads are
 * gone, with the whole of it sealed in the place of its arguments or patterns. Pure, but for the key that is asked for.
 */

import {
  ApprovalError,
  type ApprovalRecord,
  type Decision,
  formatApprovalRecord,
  formatGrantRecord,
  type GrantRecord,
  parseApprovalRecord,
  parseGrantRecord,
} from '@countersign/approval';
import { isJsonObject, type JsonValue } from '@countersign/core';
import { clearGrant, clearRequest, type RowValue } from '../retention/clear-rows.js';

/** Seals and opens the text of a row. */
export interface RowCipher {
  seal(text: string): string;
  /** Undefined when the key is not there, or the text was changed. */
  open(sealed: string): string | undefined;
}

/** The row of a request as it is stored. */
export function sealRequest(record: ApprovalRecord, cipher: RowCipher): ApprovalRecord {
  const bare = clearRequest(record, CONTENT);
  return { ...bare, request: { ...bare.request, args: placeholder(cipher.seal(formatApprovalRecord(record))) } };
}

/** The row of a request as it was; without its content where the key is not there. One that is not sealed comes back as it is. */
export function openRequest(stored: ApprovalRecord, cipher: RowCipher): ApprovalRecord {
  const sealed = sealedText(stored.request.args);
  if (sealed === undefined) return stored;
  const text = cipher.open(sealed);
  const whole = text === undefined ? undefined : quietly(() => parseApprovalRecord(text));
  const bare = clearRequest(stored, CONTENT);
  if (whole === undefined) return bare;
  const { args, reasons } = whole.request;
  const { decision } = bare;
  return {
    ...bare,
    request: { ...bare.request, args, reasons },
    ...(decision !== undefined && { decision: { ...decision, ...contentOf(whole.decision) } }),
  };
}

/** The row of a grant as it is stored. */
export function sealGrant(record: GrantRecord, cipher: RowCipher): GrantRecord {
  const value = placeholder(cipher.seal(formatGrantRecord(record)));
  return { ...record, grant: { ...record.grant, arguments: [{ pointer: '', kind: 'equals', value }] } };
}

/** The row of a grant as it was; with patterns that nothing matches where the key is not there. */
export function openGrant(stored: GrantRecord, cipher: RowCipher): GrantRecord {
  const [pattern, ...others] = stored.grant.arguments;
  const sealed = pattern === undefined || others.length > 0 ? undefined : sealedText(pattern.value);
  if (sealed === undefined) return stored;
  const text = cipher.open(sealed);
  const whole = text === undefined ? undefined : quietly(() => parseGrantRecord(text));
  if (whole === undefined) return clearGrant(stored);
  return { ...stored, grant: { ...stored.grant, arguments: whole.grant.arguments } };
}

/** The payloads whose values stand in the row of a request. */
const CONTENT: readonly RowValue[] = [
  { kind: 'approval-requested', name: 'args' },
  { kind: 'approval-requested', name: 'reasons' },
  { kind: 'approval-decided', name: 'reason' },
  { kind: 'approval-decided', name: 'message' },
  { kind: 'approval-decided', name: 'response' },
  { kind: 'approval-decided', name: 'editedArgs' },
];

/** No arguments look like this: the normaliser escapes a `$t` of the caller's. */
function placeholder(sealed: string): JsonValue {
  return { $t: 'sealed', v: sealed };
}

function sealedText(value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null || !isJsonObject(value)) return undefined;
  return value.$t === 'sealed' && typeof value.v === 'string' ? value.v : undefined;
}

function contentOf(
  decision: Decision | undefined,
): Partial<Pick<Decision, 'reason' | 'messageForModel' | 'respondWith' | 'editedArgs'>> {
  if (decision === undefined) return {};
  const { reason, messageForModel, respondWith, editedArgs } = decision;
  return {
    ...(reason !== undefined && { reason }),
    ...(messageForModel !== undefined && { messageForModel }),
    ...(respondWith !== undefined && { respondWith }),
    ...(editedArgs !== undefined && { editedArgs }),
  };
}

function quietly<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ApprovalError) return undefined;
    throw error;
  }
}
