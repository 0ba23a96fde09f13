/**
 * The decision call-back: an HTTP handler that takes decisions, signed by the other side as Standard Webhooks has it. It is mounted
 * wherever a `Request` can be handed to it.
 *
 * What comes is believed to be from the holder of the key, who says which person decided: the decision is server-attested.
 */

import { createHash } from 'node:crypto';
import { CountersignError, createSystemEnvironment, type Environment, parseJson } from '@countersign/core';
import { z } from 'zod';
import type { DecisionDesk } from '../channel.js';
import { AlreadyDecidedError, ApprovalNotFoundError, DecisionInvalidError } from '../errors.js';
import { identifierSchema, responseSchema, textSchema } from '../schemas.js';
import { readVerifyingKeys, type WebhookVerifyingKey } from '../webhooks/keys.js';
import { verifyMessage } from '../webhooks/messages.js';
import { AnswerMemory, type StoredAnswer } from './answer-memory.js';
import { type ApproverNames, type ApproverOf, readApprovers, UNMAPPED } from './approver-map.js';
import { fitsNotice } from './notice.js';

/** What the handler works with. */
export interface DecisionHandlerOptions {
  /** The approval service: `cs.approvals`. */
  readonly approvals: DecisionDesk;
  /** `whsec_` or `whpk_` keys of the other side; a message is signed by one of them. */
  readonly secrets: string | readonly string[];
  /** The approver for each name that the other side may say. Nobody else decides. */
  readonly approvers: ApproverNames;
  /** Stands in the record of the decisions; default `webhook`. */
  readonly name?: string;
  /** Whether critical calls may be approved; default false: they may be rejected only. */
  readonly allowCritical?: boolean;
  readonly environment?: Environment;
}

/** Answers requests over HTTP. */
export type HttpHandler = (request: Request) => Promise<Response>;

/** The event that carries a decision. */
export const DECISION_EVENT = 'countersign.approval.decision';

/** The largest message that is read, in bytes. */
export const MAX_CALLBACK_BYTES = 64 * 1024;

/**
 * Creates the handler. It answers `POST` alone: nothing is decided by opening a link.
 * @throws ConfigError `OPTION_INVALID` for a key or an approver that cannot be used.
 */
export function createDecisionHandler(options: DecisionHandlerOptions): HttpHandler {
  const environment = options.environment ?? createSystemEnvironment();
  const callback = new Callback({
    desk: options.approvals,
    keys: readVerifyingKeys('secrets', options.secrets),
    approverOf: readApprovers('approvers', options.approvers),
    name: options.name ?? 'webhook',
    allowCritical: options.allowCritical === true,
    environment,
  });
  return async (request) => toResponse(await callback.answer(request));
}

interface CallbackParts {
  readonly desk: DecisionDesk;
  readonly keys: readonly WebhookVerifyingKey[];
  readonly approverOf: ApproverOf;
  readonly name: string;
  readonly allowCritical: boolean;
  readonly environment: Environment;
}

const decisionSchema = z.strictObject({
  type: z.literal(DECISION_EVENT),
  timestamp: z.string().max(64).optional(),
  data: z.strictObject({
    requestId: identifierSchema,
    argsDigest: z.string().max(64),
    decision: z.enum(['approved', 'rejected']),
    by: identifierSchema,
    reason: textSchema.exactOptional(),
    messageForModel: textSchema.exactOptional(),
    respondWith: responseSchema.exactOptional(),
  }),
});

type DecisionMessage = z.infer<typeof decisionSchema>['data'];

/** Owns the memory of what was answered. */
class Callback {
  readonly #parts: CallbackParts;
  readonly #memory = new AnswerMemory();

  constructor(parts: CallbackParts) {
    this.#parts = parts;
  }

  async answer(request: Request): Promise<StoredAnswer> {
    if (request.method !== 'POST') return refusal(405, 'METHOD_NOT_ALLOWED');
    const body = await readBody(request);
    if (body === 'too large') return refusal(413, 'MESSAGE_TOO_LARGE');
    if (body === 'unreadable') return refusal(400, 'MESSAGE_INVALID');
    const { keys, environment } = this.#parts;
    const nowSeconds = Math.floor(environment.nowUs() / 1_000_000);
    const header = (name: string): string | null => request.headers.get(name);
    const verified = verifyMessage({ header, body: body.text, keys, nowSeconds });
    // Whoever holds no key is not told what was wrong.
    if (!verified.ok) return refusal(401, 'MESSAGE_NOT_VERIFIED');
    const content = createHash('sha256').update(body.text).digest('hex');
    const work = (): Promise<StoredAnswer> => this.#decideSafely(body.text);
    const recalled = this.#memory.recall({ id: verified.id, content, nowSeconds, work });
    if (recalled === 'other-content') return refusal(409, 'MESSAGE_ID_REUSED');
    if (recalled === 'full') return refusal(503, 'TOO_MANY_MESSAGES');
    return recalled.answer;
  }

  async #decideSafely(text: string): Promise<StoredAnswer> {
    try {
      return await this.#decide(text);
    } catch (error) {
      return answerTo(error);
    }
  }

  async #decide(text: string): Promise<StoredAnswer> {
    const message = parseMessage(text);
    if (message === undefined) return refusal(400, 'MESSAGE_INVALID');
    const { desk, approverOf, name } = this.#parts;
    const approver = approverOf(message.by);
    if (approver === undefined) {
      await desk.refuse(message.requestId, {
        decision: message.decision,
        approver: { kind: UNMAPPED, id: message.by },
        channel: name,
      });
      return refusal(403, 'APPROVER_UNKNOWN');
    }
    const refused = await this.#whyNot(message);
    if (refused !== undefined) return refused;
    const { requestId, decision, reason, messageForModel, respondWith } = message;
    await desk.decide(requestId, {
      decision,
      approver,
      channel: name,
      ...(reason !== undefined && { reason }),
      ...(messageForModel !== undefined && { messageForModel }),
      ...(respondWith !== undefined && { respondWith }),
    });
    const state = (await desk.find(requestId))?.state ?? decision;
    return answer(200, { requestId, decision, state });
  }

  /** What keeps a decision from being taken here, beside what the service refuses by itself. */
  async #whyNot({ requestId, argsDigest, decision }: DecisionMessage): Promise<StoredAnswer | undefined> {
    const record = await this.#parts.desk.find(requestId);
    if (record === undefined) return refusal(404, 'REQUEST_NOT_FOUND');
    const { request } = record;
    // A decision is about what was shown, not about whatever goes by the same id.
    if (request.argsDigest !== argsDigest) return refusal(409, 'ARGUMENTS_DIFFER');
    if (decision === 'rejected') return undefined;
    if (request.risk === 'critical' && !this.#parts.allowCritical) return refusal(403, 'CRITICAL_NOT_HERE');
    if (!fitsNotice(request)) return refusal(403, 'NOT_SHOWN_IN_FULL');
    return undefined;
  }
}

function parseMessage(text: string): DecisionMessage | undefined {
  try {
    const parsed = decisionSchema.safeParse(parseJson(text));
    return parsed.success ? parsed.data.data : undefined;
  } catch {
    // A text that is no JSON, or says one thing twice, is no message.
    return undefined;
  }
}

function answerTo(error: unknown): StoredAnswer {
  if (error instanceof AlreadyDecidedError) {
    const { code, message, state } = error;
    return answer(409, { code, message, state });
  }
  if (error instanceof ApprovalNotFoundError) return refusal(404, error.code);
  if (error instanceof DecisionInvalidError) return answer(422, { code: error.code, message: error.message });
  // Whatever it was, it is of this side, and trying again may help.
  return refusal(503, error instanceof CountersignError ? error.code : 'INTERNAL_ERROR');
}

function refusal(status: number, code: string): StoredAnswer {
  return answer(status, { code });
}

function answer(status: number, body: Readonly<Record<string, string>>): StoredAnswer {
  return { status, body: `${JSON.stringify(body)}\n` };
}

function toResponse({ status, body }: StoredAnswer): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(status === 405 && { allow: 'POST' }),
    },
  });
}

async function readBody(request: Request): Promise<{ readonly text: string } | 'too large' | 'unreadable'> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length;
      if (length > MAX_CALLBACK_BYTES) return 'too large';
      chunks.push(chunk);
    }
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)) };
  } catch {
    // The sender went away, or sent what is no text.
    return 'unreadable';
  }
}
