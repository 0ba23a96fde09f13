/**
 * Calls as a table. Pure.
 */

import type { AuditedCall } from '@countersign/audit';
import type { Palette } from './palette.js';
import { type Cell, type Column, formatTable } from './table.js';
import { visible } from './visible.js';
import { durationText, timeText } from './words.js';

/** The calls, one line each, under a line of titles. A narrow table leaves columns out; `show` has them all. */
export function formatCalls(
  calls: readonly AuditedCall[],
  { palette, width }: { readonly palette: Palette; readonly width: number },
): string {
  const plain = width < WIDE ? NARROW : wideColumns(calls, width);
  const columns = calls.some(({ proofs }) => proofs !== undefined) ? [...plain, PROOF] : plain;
  return formatTable(
    columns,
    calls.map((call) => columns.map(({ cell }) => cell(call, palette))),
    width,
  );
}

/** From this width on there is room for all columns. */
const WIDE = 100;

/** From this width on there is room for the year. */
const VERY_WIDE = 120;

type CallColumn = Column & { readonly cell: (call: AuditedCall, palette: Palette) => Cell };

const INDEX: CallColumn = { title: 'Index', align: 'right', cell: (call) => ({ text: String(call.index) }) };

/** `2026-11-21 06:11:00` */
const TIME: CallColumn = { title: 'Time (UTC)', cell: (call) => ({ text: timeText(call.startedAt).slice(0, 19) }) };

/** `11-21 06:11:00` */
const SHORT_TIME: CallColumn = {
  title: 'Time (UTC)',
  cell: (call) => ({ text: timeText(call.startedAt).slice(5, 19) }),
};

const SESSION: CallColumn = { title: 'Session', minWidth: 6, cell: (call) => ({ text: visible(call.session ?? '') }) };

const TOOL: CallColumn = { title: 'Tool', minWidth: 6, cell: (call) => ({ text: visible(call.tool) }) };

const RISK: CallColumn = {
  title: 'Risk',
  cell: (call, palette) => ({ text: call.risk, paint: palette.risk(call.risk) }),
};

const DECISION: CallColumn = { title: 'Decision', cell: (call) => ({ text: call.decision }) };

/** Where no decision was needed, the rule that says so is for `show`. */
const BY: CallColumn = {
  title: 'By',
  minWidth: 4,
  cell: (call) => ({ text: call.decision === 'not_required' ? '' : visible(call.decisionBy) }),
};

const TOOK: CallColumn = { title: 'Took', align: 'right', cell: (call) => ({ text: durationText(call.durationMs) }) };

const OUTCOME: CallColumn = {
  title: 'Outcome',
  cell: (call, palette) => ({ text: call.outcome, paint: palette.outcome(call.outcome) }),
};

/** Every call of a query with proofs is proven, or there is no answer at all; the badge says by how many entries. */
const PROOF: CallColumn = {
  title: 'Proof',
  cell: (call, palette) => ({
    text: call.proofs === undefined ? '' : call.proofs.length > 1 ? 'call+result' : 'call',
    paint: palette.good,
  }),
};

const NARROW: readonly CallColumn[] = [INDEX, SHORT_TIME, TOOL, RISK, DECISION, OUTCOME];

/** A session that all calls share says nothing about each of them. */
function wideColumns(calls: readonly AuditedCall[], width: number): readonly CallColumn[] {
  const sessions = new Set(calls.map(({ session }) => session));
  const time = width < VERY_WIDE ? SHORT_TIME : TIME;
  return [INDEX, time, ...(sessions.size > 1 ? [SESSION] : []), TOOL, RISK, DECISION, BY, TOOK, OUTCOME];
}
