/**
 * Requests for approval as tables, blocks of text and JSON. Pure. Arguments are the shown ones: secrets are markers in them.
 */

import {
  type ApprovalRecord,
  type ApprovalRequest,
  approvalsOf,
  type Decision,
  formatRequest,
  type GivenApproval,
  missingApprovals,
  quorumOf,
} from '@countersign/approval';
import { formatTime } from '@countersign/core';
import type { Palette } from './palette.js';
import { type Cell, type Column, formatTable } from './table.js';
import { visible } from './visible.js';
import { ageText } from './words.js';

/** How to print, and what time it is. */
export interface RequestFormat {
  readonly palette: Palette;
  readonly width: number;
  readonly nowUs: number;
}

/** The requests, one line each, under a line of titles. */
export function formatRequests(records: readonly ApprovalRecord[], format: RequestFormat): string {
  const isShared = records.some(({ request }) => quorumOf(request) > 1);
  const columns = isShared ? [...COLUMNS, APPROVED] : COLUMNS;
  const rows = records.map((record) => [...cells(record.request, format), ...(isShared ? [countCell(record)] : [])]);
  return formatTable(columns, rows, format.width);
}

/** How many approvals are missing yet, as the end of a sentence. */
export function missingText(record: ApprovalRecord): string {
  const missing = record.state === 'pending' ? missingApprovals(record) : 0;
  return missing === 0 ? '' : `; ${missing} more must approve`;
}

/** One request whole, with what became of it. */
export function formatRecord(record: ApprovalRecord, { color }: { color: boolean }): string {
  const { request, state, decision, cause } = record;
  const how = cause ?? (decision === undefined ? undefined : decisionText(decision));
  const given = quorumOf(request) > 1 ? approvalsOf(record) : [];
  const counted = given.map((one) => `  Approved   ${approvalText(one)}\n`).join('');
  const ending = `${state}${how === undefined ? '' : `, ${how}`}${missingText(record)}`;
  return `${formatRequest(request, { color })}${counted}  State      ${ending}\n`;
}

function approvalText({ approver, decidedAtUs, attestation }: GivenApproval): string {
  return `by ${visible(approver.kind)} ${visible(approver.id)} at ${formatTime(decidedAtUs)} (${attestation}-attested)`;
}

/** Who decided, when, through what, and what that proves. */
export function decisionText(decided: Decision): string {
  const { decision, approver, channel, decidedAtUs, attestation, reason, respondWith } = decided;
  const through = channel === undefined ? '' : ` through ${visible(channel)}`;
  const why = reason === undefined ? '' : `: ${visible(reason)}`;
  const by = `${visible(approver.kind)} ${visible(approver.id)}`;
  const how = respondWith === undefined ? decision : `${decision}, and answered in the tool's place,`;
  return `${how} by ${by} at ${formatTime(decidedAtUs)}${through} (${attestation}-attested)${why}`;
}

/** A request for programs: its times as text. */
export function requestJson({ requestedAtUs, expiresAtUs, ...request }: ApprovalRequest): object {
  return { ...request, requestedAt: formatTime(requestedAtUs), expiresAt: formatTime(expiresAtUs) };
}

/** A request that waits, for programs, with the approvals that count already. */
export function waitingJson(record: ApprovalRecord): object {
  const given = approvalsOf(record);
  return { ...requestJson(record.request), ...(given.length > 0 && { approvals: given.map(givenJson) }) };
}

function givenJson({ decidedAtUs, ...given }: GivenApproval): object {
  return { ...given, decidedAt: formatTime(decidedAtUs) };
}

/** A decision for programs: its time as text. */
export function decisionJson({ decidedAtUs, ...decision }: Decision): object {
  return { ...decision, decidedAt: formatTime(decidedAtUs) };
}

/** A request with what became of it, for programs. */
export function recordJson(record: ApprovalRecord): object {
  const { request, state, decision, cause } = record;
  const given = quorumOf(request) > 1 ? approvalsOf(record) : [];
  return {
    request: requestJson(request),
    state,
    ...(given.length > 0 && { approvals: given.map(givenJson) }),
    ...(decision !== undefined && { decision: decisionJson(decision) }),
    ...(cause !== undefined && { cause }),
  };
}

const COLUMNS: readonly Column[] = [
  { title: 'Request' },
  { title: 'Risk' },
  { title: 'Tool', minWidth: 6 },
  { title: 'Waits', align: 'right' },
  { title: 'Left', align: 'right' },
  { title: 'Asked by', minWidth: 4 },
  { title: 'Arguments', minWidth: 6 },
];

const APPROVED: Column = { title: 'Approved', align: 'right' };

function countCell(record: ApprovalRecord): Cell {
  return { text: `${approvalsOf(record).length} of ${quorumOf(record.request)}` };
}

function cells(request: ApprovalRequest, { palette, nowUs }: RequestFormat): readonly Cell[] {
  return [
    { text: visible(request.id) },
    { text: request.risk, paint: palette.risk(request.risk) },
    { text: visible(request.tool) },
    { text: ageText((nowUs - request.requestedAtUs) / 1000) },
    { text: ageText((request.expiresAtUs - nowUs) / 1000) },
    { text: visible(request.requester?.id ?? '') },
    { text: visible(JSON.stringify(request.args).slice(0, MOST_ARGUMENTS)) },
  ];
}

/** The most of the arguments that a table may show; `show` has them whole. */
const MOST_ARGUMENTS = 200;
