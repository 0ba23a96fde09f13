/**
 * What the memory store searches by: columns read out of leaves, as a database derives its own. Pure.
 */

import { z } from 'zod';
import type { CallFilter } from './store.js';

/** The searchable columns of a leaf. */
export type LeafColumns = z.infer<typeof columnsSchema>;

/** The columns of a leaf; a text that is no JSON object has none of them. */
export function readColumns(leaf: string): LeafColumns {
  try {
    const parsed = columnsSchema.safeParse(JSON.parse(leaf));
    return parsed.success ? parsed.data : {};
  } catch {
    // A store keeps what it is given; whether that is a leaf is for others to say.
    return {};
  }
}

/** Whether an entry begins a call. */
export function beginsCall({ kind }: LeafColumns): boolean {
  return kind === 'tool-call' || kind === 'tool-refused';
}

/** Whether an entry begins a call that the filter asks for; its paging members are not looked at. */
export function matchesCall(columns: LeafColumns, filter: CallFilter): boolean {
  const { session, risk, tool, decision, actor, since, until } = filter;
  const { time = '' } = columns;
  return (
    beginsCall(columns) &&
    (session === undefined || columns.session === session) &&
    (risk === undefined || risk.some((level) => level === columns.risk)) &&
    (tool === undefined || matchesPattern(columns.tool ?? '', tool)) &&
    (decision === undefined || decision.some((one) => one === columns.decision)) &&
    (actor === undefined || columns.actor?.id === actor) &&
    (since === undefined || time >= since) &&
    (until === undefined || time < until)
  );
}

const column = z.string().optional();

const columnsSchema = z.object({
  id: column,
  kind: column,
  time: column,
  run: column,
  call: column,
  session: column,
  risk: column,
  tool: column,
  decision: column,
  actor: z.object({ id: z.string() }).optional(),
});

/** `*` stands for any text, all else for itself; upper and lower case differ. Linear in both lengths, times the stars. */
function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
