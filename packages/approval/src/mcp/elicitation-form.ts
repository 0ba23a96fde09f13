/**
 * What an MCP client is asked to show, and what comes back (Model Context Protocol, "Elicitation", form mode): a flat form of strings,
 * with no default that could be sent off unread. Pure.
 */

import { canonicalBytes, canonicalJson, formatTime } from '@countersign/core';
import { z } from 'zod';
import { cut, fitsNotice } from '../channels/notice.js';
import type { DecisionInput } from '../decision.js';
import type { ApprovalRequest } from '../request.js';
import { escapeUnsafe, escapeUnsafeLines } from '../safe-text.js';
import { textSchema } from '../schemas.js';

/** A form as `elicitation/create` takes it. */
export interface ElicitationForm {
  readonly mode: 'form';
  readonly message: string;
  readonly requestedSchema: {
    readonly type: 'object';
    readonly properties: Record<string, StringField>;
    readonly required: string[];
  };
}

/** A field of a form. */
export interface StringField {
  readonly type: 'string';
  readonly title: string;
  readonly description: string;
  readonly enum?: string[];
  readonly maxLength?: number;
}

/** What came of a form. */
export type FormAnswer =
  | { readonly kind: 'decided'; readonly input: Omit<DecisionInput, 'approver'> }
  /** The person closed it, or filled it in in a way that means nothing; `why` is the rest of a sentence. */
  | { readonly kind: 'open'; readonly why: string };

/** The longest arguments that are shown in full, in UTF-16 code units of indented JSON. */
export const MAX_ELICITATION_ARGS_LENGTH = 8_000;

const PREVIEW_LENGTH = 2_000;
const MAX_REASONS = 5;
const MAX_REASON_LENGTH = 250;
const MAX_NAME_LENGTH = 200;
const MAX_MESSAGE_LENGTH = 1_000;

/** The form for a request. Where it may not be approved, it can be rejected only. */
export function formOf(request: ApprovalRequest, allowCritical: boolean): ElicitationForm {
  const { text, isWhole } = argumentsText(request);
  const mayApprove = isWhole && (request.risk !== 'critical' || allowCritical);
  const needsName = mayApprove && request.risk === 'critical';
  return {
    mode: 'form',
    message: `${lines(request, isWhole).join('\n')}\n${text}${mayApprove ? '' : `\n${whyNot(request, isWhole)}`}`,
    requestedSchema: {
      type: 'object',
      properties: {
        decision: {
          type: 'string',
          title: 'Decision',
          description: mayApprove ? 'Whether the call runs' : 'The call can be rejected here only',
          enum: mayApprove ? ['approve', 'reject'] : ['reject'],
        },
        message: {
          type: 'string',
          title: 'Message',
          description: 'With reject: what the agent is told',
          maxLength: MAX_MESSAGE_LENGTH,
        },
        ...(needsName && {
          tool: {
            type: 'string',
            title: 'Name of the tool',
            description: 'This call is critical: with approve, type the name of its tool',
            maxLength: 4_096,
          } as const,
        }),
      },
      required: ['decision'],
    },
  };
}

/** Reads an answer. What does not fit the form decides nothing. */
export function readAnswer(answer: unknown, request: ApprovalRequest, allowCritical: boolean): FormAnswer {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return { kind: 'open', why: 'its client answered in a form that is none' };
  const { action, content } = parsed.data;
  if (action === 'decline') return { kind: 'decided', input: { decision: 'rejected' } };
  if (action === 'cancel') return { kind: 'open', why: 'the question was closed without an answer' };
  const filled = contentSchema.safeParse(content);
  if (!filled.success) return { kind: 'open', why: 'its client answered in a form that is none' };
  const { decision, message, tool } = filled.data;
  if (decision === 'reject') {
    const said = message === undefined || message === '' ? {} : { messageForModel: message };
    return { kind: 'decided', input: { decision: 'rejected', ...said } };
  }
  if (!formOf(request, allowCritical).requestedSchema.properties.decision?.enum?.includes('approve')) {
    return { kind: 'open', why: 'it cannot be approved there' };
  }
  if (request.risk === 'critical' && tool !== request.tool && tool !== escapeUnsafe(request.tool)) {
    return { kind: 'open', why: 'it was approved without the name of its tool' };
  }
  return { kind: 'decided', input: { decision: 'approved' } };
}

const answerSchema = z.object({ action: z.enum(['accept', 'decline', 'cancel']), content: z.unknown().optional() });

const contentSchema = z.object({
  decision: z.enum(['approve', 'reject']),
  message: textSchema.optional(),
  tool: z.string().max(4_096).optional(),
});

function lines(request: ApprovalRequest, isWhole: boolean): readonly string[] {
  const { tool, server, reversible, reasons, session, requester, args, redacted } = request;
  const size = `${canonicalBytes(args).length} bytes of JSON${isWhole ? '' : ', of which this is the beginning'}`;
  return [
    `Approval needed: ${name(tool)}${server === undefined ? '' : ` (server ${name(server)})`}`,
    `Risk: ${request.risk}${reversible === false ? ', cannot be undone' : ''}`,
    ...reasons.slice(0, MAX_REASONS).map(({ text }) => `Why: ${cut(escapeUnsafe(text), MAX_REASON_LENGTH)}`),
    ...(session === undefined ? [] : [`Session: ${name(session)}`]),
    ...(requester === undefined ? [] : [`Asked by: ${name(requester.kind)} ${name(requester.id)}`]),
    `Expires: ${formatTime(request.expiresAtUs)}`,
    `Request: ${name(request.id)}`,
    `Arguments, as the agent gave them (${size}${redacted ? '; secrets are replaced by markers' : ''}):`,
  ];
}

function whyNot({ risk }: ApprovalRequest, isWhole: boolean): string {
  const why = isWhole ? `A ${risk} call is not approved here` : 'Only what is shown in full can be approved here';
  return `${why}: reject it, or decide elsewhere.`;
}

function argumentsText(request: ApprovalRequest): { readonly text: string; readonly isWhole: boolean } {
  if (fitsNotice(request, MAX_ELICITATION_ARGS_LENGTH)) {
    const text = escapeUnsafeLines(JSON.stringify(request.args, null, 2));
    if (text.length <= MAX_ELICITATION_ARGS_LENGTH) return { text, isWhole: true };
  }
  return { text: cut(escapeUnsafe(cut(canonicalJson(request.args), PREVIEW_LENGTH)), PREVIEW_LENGTH), isWhole: false };
}

function name(text: string): string {
  return cut(escapeUnsafe(text), MAX_NAME_LENGTH);
}
