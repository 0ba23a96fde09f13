/**
 * One call in full, for people. Pure.
 */

import type { AuditedCall, OpenedEntry } from '@countersign/audit';
import type { JsonValue, Reason } from '@countersign/core';
import { fieldLines } from './fields.js';
import type { Palette } from './palette.js';
import { visible, visibleLines } from './visible.js';
import { durationText, timeText } from './words.js';

/** A call with the entries that tell its story. */
export interface CallStory {
  readonly call: AuditedCall;
  /** Every entry that names the call, ascending. */
  readonly entries: readonly OpenedEntry[];
}

/** The call as lines that end in a line feed. */
export function formatCall({ call, entries }: CallStory, palette: Palette): string {
  const fields = fieldLines([
    ['Call', visible(call.callId)],
    ['Run', visible(call.run)],
    ['Tool', visible(call.tool) + (call.server === undefined ? '' : ` (server ${visible(call.server)})`)],
    ['Risk', palette.risk(call.risk)(call.risk)],
    ...call.reasons.map((reason, at): Field => [at === 0 ? 'Why' : '', reasonText(reason)]),
    ['Decision', `${call.decision}, by ${visible(call.decisionBy)}`],
    ...optional('Waited', call.approvalTimeMs === undefined ? undefined : durationText(call.approvalTimeMs)),
    ['Outcome', palette.outcome(call.outcome)(call.outcome)],
    ['Started', timeText(call.startedAt)],
    ...optional('Took', call.durationMs === undefined ? undefined : durationText(call.durationMs)),
    ...optional('Session', call.session),
    ...optional('Step', call.step),
    ...optional('Plan', call.plan),
    ...optional('Actor', call.actor === undefined ? undefined : `${call.actor.kind} ${call.actor.id}`),
  ]);
  const blocks = [
    block('Arguments', call.args, palette),
    block('Result', call.result, palette),
    block('Error', call.error, palette),
    ...approvals(entries, palette),
    `${palette.strong('Entries')}\n${entries.map((opened) => `  ${entryLine(opened)}\n`).join('')}`,
  ];
  return `${fields}\n${blocks.filter((text) => text !== '').join('\n')}`;
}

/** One entry that belongs to no call, with its payloads. */
export function formatEntry(opened: OpenedEntry, palette: Palette): string {
  const payloads = [...opened.payloads].map(([name, value]) => block(name, value, palette));
  const entry = visibleLines(JSON.stringify(opened.entry, undefined, 2));
  return `${entryLine(opened)}\n${entry}\n${payloads.map((text) => `\n${text}`).join('')}`;
}

type Field = readonly [label: string, text: string];

function optional(label: string, text: string | undefined): readonly Field[] {
  return text === undefined ? [] : [[label, visible(text)]];
}

function reasonText({ text, id, alternative }: Reason): string {
  return `${visible(text)} [${visible(id)}]${alternative === undefined ? '' : ` Safer: ${visible(alternative)}`}`;
}

function block(title: string, value: JsonValue | undefined, palette: Palette): string {
  if (value === undefined) return '';
  return `${palette.strong(title)}\n${visibleLines(JSON.stringify(value, undefined, 2))}\n`;
}

/** What approvers answered, and why: free text stands in payloads. */
function approvals(entries: readonly OpenedEntry[], palette: Palette): readonly string[] {
  const lines = entries.flatMap(({ entry, payloads }) => {
    if (entry.kind === 'approval-expired') return [`${entry.time}  expired (${entry.cause})`];
    if (entry.kind === 'approval-withdrawn') {
      return [`${entry.time}  withdrawn by ${entry.approver.kind} ${visible(entry.approver.id)}`];
    }
    if (entry.kind === 'approval-escalated') return [`${entry.time}  escalated to ${visible(entry.roles.join(', '))}`];
    if (entry.kind !== 'approval-decided') return [];
    const { decision, approver, attestation, channel, time } = entry;
    const through = channel === undefined ? '' : ` through ${visible(channel)}`;
    const edited = entry.editedDigest === undefined ? '' : ', with edited arguments';
    const answered = 'response' in entry.payload ? ", and answered in the tool's place" : '';
    const reason = payloads.get('reason');
    const message = payloads.get('message');
    return [
      `${time}  ${decision} by ${approver.kind} ${visible(approver.id)}${through} (attested by: ${attestation})${edited}${answered}`,
      ...(typeof reason === 'string' ? [`  "${visible(reason)}"`] : []),
      ...(typeof message === 'string' ? [`  to the agent: "${visible(message)}"`] : []),
    ];
  });
  return lines.length === 0 ? [] : [`${palette.strong('Approvals')}\n${lines.map((line) => `  ${line}\n`).join('')}`];
}

function entryLine({ index, entry }: OpenedEntry): string {
  return `${String(index).padStart(6)}  ${entry.time}  ${entry.kind.padEnd(18)}  ${entry.id}`;
}
