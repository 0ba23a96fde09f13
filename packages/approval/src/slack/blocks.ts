/**
 * What stands in Slack: a request, how it ended, and the dialogue that asks for a message (Slack, "Block Kit"). What comes from an
 * agent stands in elements that hold plain text, so that nothing in it becomes a mention, a link or a format. Pure.
 */

import { canonicalBytes, canonicalJson, formatTime, type JsonObject, type Reason } from '@countersign/core';
import { cut, fitsNotice } from '../channels/notice.js';
import type { ApprovalRequest } from '../request.js';
import { escapeUnsafe, escapeUnsafeLines } from '../safe-text.js';
import { MAX_TEXT_BYTES } from '../schemas.js';
import type { SettledRequest } from '../waiting-room.js';

/** A message. */
export interface SlackMessage {
  /** For notifications and readers of the screen. */
  readonly text: string;
  readonly blocks: readonly JsonObject[];
}

/** The ids of the buttons. */
export const ACTIONS = {
  approve: 'countersign.approve',
  reject: 'countersign.reject',
  tell: 'countersign.tell',
  open: 'countersign.open',
} as const;

/** The id of the dialogue, and of the text in it. */
export const TELL_VIEW = { id: 'countersign.tell', block: 'message', action: 'text' } as const;

/** The longest arguments that a message shows in full, in UTF-16 code units of indented JSON. Slack refuses blocks of about 13,000 in sum. */
export const MAX_SLACK_ARGS_LENGTH = 9_000;

/** The longest text of one block (Slack, "Section block": 3,000). */
const MAX_BLOCK_LENGTH = 2_900;

/** The longest text of a header (Slack, "Header block"). */
const MAX_HEADER_LENGTH = 150;

const MAX_REASONS = 5;
const MAX_REASON_LENGTH = 250;
const MAX_NAME_LENGTH = 200;
const PREVIEW_LENGTH = 2_000;

/** What a message of a request needs beside it. */
export interface RequestMessageOptions {
  /** What stands behind the buttons. */
  readonly value: string;
  readonly link?: string | undefined;
  readonly allowCritical: boolean;
}

/** Whether a request may be approved in Slack: the arguments are shown in full, and the risk is not beyond what is decided there. */
export function mayApproveHere(request: ApprovalRequest, allowCritical: boolean): boolean {
  return (request.risk !== 'critical' || allowCritical) && argumentsText(request).isWhole;
}

/** A request that waits, with its buttons. */
export function requestMessage(request: ApprovalRequest, options: RequestMessageOptions): SlackMessage {
  const { text: args, isWhole } = argumentsText(request);
  const mayApprove = mayApproveHere(request, options.allowCritical);
  return {
    text: `Approval needed: ${escapeMrkdwn(name(request.tool))} (${request.risk})`,
    blocks: [
      header(`Approval needed: ${name(request.tool)}`),
      section(requestLines(request, isWhole).join('\n')),
      ...chunksOf(args).map(preformatted),
      ...(mayApprove ? [] : [section(whyNotHere(request, isWhole))]),
      { type: 'actions', elements: buttons(request, { ...options, mayApprove }) },
    ],
  };
}

/** A request that has ended. What approvers wrote for the record and the agent is not for everybody. */
export function endedMessage(record: SettledRequest): SlackMessage {
  const { request } = record;
  const how = endingText(record);
  return {
    text: `${escapeMrkdwn(name(request.tool))}: ${escapeMrkdwn(how)}`,
    blocks: [
      header(`${how.split(' ')[0] ?? how}: ${name(request.tool)}`),
      section([`Tool: ${name(request.tool)}`, `Risk: ${request.risk}`, how, `Request: ${request.id}`].join('\n')),
    ],
  };
}

/** The dialogue that asks what the agent is told. `metadata` comes back with the answer. */
export function tellView(request: ApprovalRequest, metadata: string): JsonObject {
  return {
    type: 'modal',
    callback_id: TELL_VIEW.id,
    private_metadata: metadata,
    title: plain('Reject'),
    submit: plain('Reject'),
    close: plain('Back'),
    blocks: [
      section(`${name(request.tool)} (${request.risk}) will not run.`),
      {
        type: 'input',
        block_id: TELL_VIEW.block,
        label: plain('What the agent is told'),
        element: {
          type: 'plain_text_input',
          action_id: TELL_VIEW.action,
          multiline: true,
          min_length: 1,
          // Slack counts characters up to 3,000; what is too long in bytes is refused when it is handed in.
          max_length: Math.min(3_000, MAX_TEXT_BYTES),
        },
      },
    ],
  };
}

/** Text for an element of the format `mrkdwn` (Slack, "Escaping text"). Characters that format are left: what they do is seen. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function buttons(
  request: ApprovalRequest,
  { value, link, mayApprove }: RequestMessageOptions & { readonly mayApprove: boolean },
): readonly JsonObject[] {
  const confirm = {
    title: plain('Approve this call?'),
    text: plain(cut(`${name(request.tool)} (${request.risk}) will run with the arguments shown.`, 300)),
    confirm: plain('Approve'),
    deny: plain('Back'),
  };
  return [
    ...(mayApprove ? [{ ...button(ACTIONS.approve, 'Approve', value), style: 'primary', confirm }] : []),
    { ...button(ACTIONS.reject, 'Reject', value), style: 'danger' },
    button(ACTIONS.tell, 'Reject with a message', value),
    ...(link === undefined ? [] : [{ type: 'button', action_id: ACTIONS.open, text: plain('Look at it'), url: link }]),
  ];
}

function button(action: string, label: string, value: string): JsonObject {
  return { type: 'button', action_id: action, text: plain(label), value };
}

function requestLines(request: ApprovalRequest, isWhole: boolean): readonly string[] {
  const { tool, server, session, requester, reversible, reasons, rule, args, redacted } = request;
  const size = `${canonicalBytes(args).length} bytes of JSON, ${isWhole ? 'shown in full' : 'of which this is the beginning'}`;
  return [
    `Tool: ${name(tool)}${server === undefined ? '' : ` (server ${name(server)})`}`,
    `Risk: ${request.risk.toUpperCase()}${reversible === false ? ', cannot be undone' : ''}`,
    ...reasons.slice(0, MAX_REASONS).map((reason) => `Why: ${reasonText(reason)}`),
    ...(reasons.length > MAX_REASONS ? [`Why: and ${reasons.length - MAX_REASONS} more reasons`] : []),
    ...(session === undefined ? [] : [`Session: ${name(session)}`]),
    ...(requester === undefined ? [] : [`Asked by: ${name(requester.kind)} ${name(requester.id)}`]),
    `Rule: ${name(rule)}`,
    `Expires: ${formatTime(request.expiresAtUs)}`,
    `Request: ${name(request.id)}`,
    `Arguments, as the agent gave them: ${size}${redacted ? '; secrets are replaced by markers' : ''}`,
  ];
}

function reasonText({ text, id }: Reason): string {
  return `${cut(escapeUnsafe(text), MAX_REASON_LENGTH)} [${name(id)}]`;
}

function whyNotHere({ risk }: ApprovalRequest, isWhole: boolean): string {
  const why = isWhole ? `A ${risk} call is not approved in Slack` : 'Only what is shown in full can be approved here';
  return `${why}: reject it, or decide elsewhere.`;
}

function endingText({ state, decision, cause }: SettledRequest): string {
  if (decision === undefined || state === 'expired') {
    return cause === 'aborted' ? 'Withdrawn: its caller gave up' : 'Expired: nobody decided in time';
  }
  const { approver, channel, decidedAtUs, attestation } = decision;
  // A call that runs has used its approval up; to whoever was asked, that is an approval.
  const what = decision.decision === 'approved' ? 'Approved' : 'Rejected';
  const through = channel === undefined ? '' : ` through ${name(channel)}`;
  return `${what} by ${name(approver.kind)} ${name(approver.id)}${through} at ${formatTime(decidedAtUs)} (${attestation}-attested)`;
}

function argumentsText(request: ApprovalRequest): { readonly text: string; readonly isWhole: boolean } {
  if (fitsNotice(request, MAX_SLACK_ARGS_LENGTH)) {
    const text = escapeUnsafeLines(JSON.stringify(request.args, null, 2));
    if (text.length <= MAX_SLACK_ARGS_LENGTH) return { text, isWhole: true };
  }
  // The longest character that is written out is one of two units that becomes ten.
  const text = escapeUnsafe(cut(canonicalJson(request.args), PREVIEW_LENGTH));
  return { text: cut(text, 2 * PREVIEW_LENGTH), isWhole: false };
}

/** Pieces that fit into blocks; no character is cut in two. */
function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  for (let from = 0; from < text.length; ) {
    const isCut = /[\ud800-\udbff]/.test(text.charAt(from + MAX_BLOCK_LENGTH - 1));
    const to = from + (isCut ? MAX_BLOCK_LENGTH - 1 : MAX_BLOCK_LENGTH);
    chunks.push(text.slice(from, to));
    from = to;
  }
  return chunks;
}

function preformatted(text: string): JsonObject {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  };
}

function header(text: string): JsonObject {
  return { type: 'header', text: plain(cut(text, MAX_HEADER_LENGTH)) };
}

function section(text: string): JsonObject {
  return { type: 'section', text: plain(cut(text, MAX_BLOCK_LENGTH)) };
}

function plain(text: string): JsonObject {
  return { type: 'plain_text', text, emoji: false };
}

function name(text: string): string {
  return cut(escapeUnsafe(text), MAX_NAME_LENGTH);
}
