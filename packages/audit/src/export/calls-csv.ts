/**
 * Calls as CSV (RFC 4180), safe to open in a spreadsheet: a cell that would be read as a formula is quoted with an apostrophe.
 */

import { canonicalJson, type JsonValue } from '@countersign/core';
import type { AuditedCall } from '../call-view.js';

/** Rows of calls, the header first; every row ends in CR LF. */
export async function* callsCsv(calls: AsyncIterable<AuditedCall>): AsyncGenerator<string, void, undefined> {
  yield row(COLUMNS.map(([name]) => name));
  for await (const call of calls) yield row(COLUMNS.map(([, cell]) => cell(call)));
}

/** One cell, quoted where RFC 4180 asks for it, harmless where a spreadsheet would compute it. */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const COLUMNS: readonly (readonly [name: string, cell: (call: AuditedCall) => string])[] = [
  ['index', (call) => String(call.index)],
  ['startedAt', (call) => call.startedAt.toISOString()],
  ['callId', (call) => call.callId],
  ['run', (call) => call.run],
  ['session', (call) => call.session ?? ''],
  ['step', (call) => call.step ?? ''],
  ['plan', (call) => call.plan ?? ''],
  ['actor', (call) => call.actor?.id ?? ''],
  ['server', (call) => call.server ?? ''],
  ['tool', (call) => call.tool],
  ['risk', (call) => call.risk],
  ['approvalRequired', (call) => String(call.approvalRequired)],
  ['decision', (call) => call.decision],
  ['decisionBy', (call) => call.decisionBy],
  ['approvalTimeMs', (call) => numberCell(call.approvalTimeMs)],
  ['outcome', (call) => call.outcome],
  ['success', (call) => (call.success === undefined ? '' : String(call.success))],
  ['durationMs', (call) => numberCell(call.durationMs)],
  ['reasons', (call) => call.reasons.map((reason) => reason.text).join(' ')],
  ['args', (call) => jsonCell(call.args)],
  ['result', (call) => jsonCell(call.result)],
  ['error', (call) => jsonCell(call.error)],
];

function row(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function numberCell(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function jsonCell(value: JsonValue | undefined): string {
  return value === undefined ? '' : canonicalJson(value);
}
