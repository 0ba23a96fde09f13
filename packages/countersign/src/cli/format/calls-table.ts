/**
 * Calls as a table. Pure.
 */

import type { AuditedCall } from '@countersign/audit';
import type { Palette } from './palette.js';
import { type Cell, type Column, formatTable } from './table.js';
import { visible } from './visible.js';
import { durationText, timeText } from './words.js';

/** The calls, one line each, under a line of titles. */
export function formatCalls(
  calls: readonly AuditedCall[],
  { palette, width }: { readonly palette: Palette; readonly width: number },
): string {
  return formatTable(
    COLUMNS,
    calls.map((call) => cells(call, palette)),
    width,
  );
}

const COLUMNS: readonly Column[] = [
  { title: 'Index', align: 'right' },
  { title: 'Time', minWidth: 19 },
  { title: 'Session', minWidth: 8 },
  { title: 'Tool', minWidth: 10 },
  { title: 'Risk' },
  { title: 'Decision' },
  { title: 'By', minWidth: 6 },
  { title: 'Took', align: 'right' },
  { title: 'Outcome' },
];

function cells(call: AuditedCall, palette: Palette): readonly Cell[] {
  return [
    { text: String(call.index) },
    { text: timeText(call.startedAt) },
    { text: visible(call.session ?? '') },
    { text: visible(call.tool) },
    { text: call.risk, paint: palette.risk(call.risk) },
    { text: call.decision },
    { text: visible(call.decisionBy) },
    { text: durationText(call.durationMs) },
    { text: call.outcome, paint: palette.outcome(call.outcome) },
  ];
}
