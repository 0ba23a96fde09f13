/**
 * Requests for approval as tables, blocks of text and JSON. Pure. Arguments are the shown ones: secrets are markers in them.
 */

import { type ApprovalRecord, type ApprovalRequest, type Decision, formatRequest } from '@countersign/approval';
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
export function formatRequests(requests: readonly ApprovalRequest[], format: RequestFormat): string {
  const rows = requests.map((request) => cells(request, format));
  return formatTable(COLUMNS, rows, format.width);
}

/** One request whole, with what became of it. */
export function formatRecord(
  { request, state, decision, cause }: ApprovalRecord,
  { color }: { color: boolean },
): string {
  const how = cause ?? (decision === undefined ? undefined : decisionText(decision));
  return `${formatRequest(request, { color })}  State      ${state}${how === undefined ? '' : `, ${how}`}\n`;
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

/** A decision for programs: its time as text. */
export function decisionJson({ decidedAtUs, ...decision }: Decision): object {
  return { ...decision, decidedAt: formatTime(decidedAtUs) };
}

/** A request with what became of it, for programs. */
export function recordJson({ request, state, decision, cause }: ApprovalRecord): object {
  return {
    request: requestJson(request),
    state,
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
