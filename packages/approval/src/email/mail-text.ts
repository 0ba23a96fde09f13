/**
 * What stands in an e-mail about a request: the same as text and as HTML, with a link to the page where it can be decided. Nothing is
 * decided by the mail: programs that read mail open the links in it. Pure.
 */

import { canonicalBytes, canonicalJson, formatTime } from '@countersign/core';
import { cut } from '../channels/notice.js';
import type { ApprovalRequest } from '../request.js';
import { escapeUnsafe, escapeUnsafeLines } from '../safe-text.js';

/** A mail without its addresses. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The longest arguments that a mail shows, in UTF-16 code units; the page has them whole. */
export const MAX_MAIL_ARGS_LENGTH = 4_000;

const MAX_REASONS = 5;
const MAX_REASON_LENGTH = 250;
const MAX_NAME_LENGTH = 200;

/** The longest name in a subject. */
const MAX_SUBJECT_NAME_LENGTH = 80;

/** The mail about a request. */
export function mailText(request: ApprovalRequest, link: string): MailText {
  const fields = fieldsOf(request);
  const { args, isWhole } = argumentsOf(request);
  const title = `Arguments, as the agent gave them (${sizeOf(request, isWhole)})`;
  const lines = fields.map(([label, value]) => `${label.padEnd(9)} ${value}`);
  return {
    subject: `Approval needed: ${cut(escapeUnsafe(request.tool), MAX_SUBJECT_NAME_LENGTH)} (${request.risk})`,
    text: `${[...lines, '', `${title}:`, args, '', `Look at it, and decide: ${link}`, '', NOTHING_HERE].join('\n')}\n`,
    html: [
      '<!doctype html><html><body>',
      `<table>${fields.map(rowOf).join('')}</table>`,
      `<p>${escapeHtml(title)}:</p><pre>${escapeHtml(args)}</pre>`,
      `<p><a href="${escapeHtml(link)}">Look at it, and decide</a></p>`,
      `<p>${escapeHtml(NOTHING_HERE)}</p>`,
      '</body></html>',
    ].join('\n'),
  };
}

/** Text for a place between or inside the tags of HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const NOTHING_HERE = 'Opening the link decides nothing, and neither does an answer to this mail.';

type Field = readonly [label: string, value: string];

function fieldsOf(request: ApprovalRequest): readonly Field[] {
  const { tool, server, risk, reversible, reasons, session, requester, rule, expiresAtUs, id } = request;
  return [
    ['Tool', `${name(tool)}${server === undefined ? '' : ` (server ${name(server)})`}`],
    ['Risk', `${risk}${reversible === false ? ', cannot be undone' : ''}`],
    ...reasons.slice(0, MAX_REASONS).map(({ text }): Field => ['Why', cut(escapeUnsafe(text), MAX_REASON_LENGTH)]),
    ...(session === undefined ? [] : [['Session', name(session)] as const]),
    ...(requester === undefined ? [] : [['Asked by', `${name(requester.kind)} ${name(requester.id)}`] as const]),
    ['Rule', name(rule)],
    ['Expires', formatTime(expiresAtUs)],
    ['Request', name(id)],
  ];
}

function argumentsOf({ args }: ApprovalRequest): { readonly args: string; readonly isWhole: boolean } {
  const text = canonicalJson(args);
  if (text.length <= MAX_MAIL_ARGS_LENGTH) {
    const whole = escapeUnsafeLines(JSON.stringify(args, null, 2));
    if (whole.length <= 2 * MAX_MAIL_ARGS_LENGTH) return { args: whole, isWhole: true };
  }
  return { args: cut(escapeUnsafe(cut(text, MAX_MAIL_ARGS_LENGTH)), MAX_MAIL_ARGS_LENGTH), isWhole: false };
}

function sizeOf({ args, redacted }: ApprovalRequest, isWhole: boolean): string {
  const size = `${canonicalBytes(args).length} bytes of JSON${isWhole ? '' : ', of which this is the beginning'}`;
  return `${size}${redacted ? '; secrets are replaced by markers' : ''}`;
}

function rowOf([label, value]: Field): string {
  return `<tr><td>${escapeHtml(label)}</td><td>${escapeHtml(value)}</td></tr>`;
}

function name(text: string): string {
  return cut(escapeUnsafe(text), MAX_NAME_LENGTH);
}
