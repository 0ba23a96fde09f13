/**
 * What leaves the process about a request, for the channels that send it somewhere. Secrets are markers already (the shown form of
 * the arguments); what is longer than a message should be is cut, and said to be cut. Pure.
 */

import {
  ConfigError,
  canonicalBytes,
  canonicalJson,
  formatTime,
  type JsonObject,
  type JsonValue,
} from '@countersign/core';
import type { ApprovalRequest } from '../request.js';
import type { SettledRequest } from '../waiting-room.js';

/** The largest arguments that a notice carries in full, in bytes of canonical JSON. */
export const MAX_NOTICE_ARGS_BYTES = 32 * 1024;

/** The most reasons that a notice carries; they stand worst first. */
export const MAX_NOTICE_REASONS = 10;

/** The longest text that a notice takes over from a reason. */
const MAX_REASON_LENGTH = 500;

/** How much of arguments that are too large a notice shows. */
const PREVIEW_LENGTH = 2_000;

/** Whether the arguments of a request fit into `maxBytes`: only what was shown in full can be approved where it was shown. */
export function fitsNotice({ args }: ApprovalRequest, maxBytes: number = MAX_NOTICE_ARGS_BYTES): boolean {
  return canonicalBytes(args).length <= maxBytes;
}

/** The request as an object for programs. */
export function noticeOf(request: ApprovalRequest): JsonObject {
  const { id, log, callId, run, session, step, plan, requester, tool, server, rule, policy, argsDigest } = request;
  return {
    id,
    log,
    callId,
    run,
    ...(session !== undefined && { session }),
    ...(step !== undefined && { step }),
    ...(plan !== undefined && { plan }),
    ...(requester !== undefined && { requester: { ...requester } }),
    tool,
    ...(server !== undefined && { server }),
    risk: request.risk,
    reversible: request.reversible,
    effects: [...request.effects],
    reasons: request.reasons.slice(0, MAX_NOTICE_REASONS).map(({ id: reason, level, text, alternative }) => ({
      id: reason,
      level,
      text: cut(text, MAX_REASON_LENGTH),
      ...(alternative !== undefined && { alternative: cut(alternative, MAX_REASON_LENGTH) }),
    })),
    rule,
    policy,
    argsDigest,
    redacted: request.redacted,
    ...argumentsOf(request),
    requestedAt: formatTime(request.requestedAtUs),
    expiresAt: formatTime(request.expiresAtUs),
  };
}

/** How a request ended, as an object for programs. */
export function endingOf({ request, state, decision, cause }: SettledRequest): JsonObject {
  return {
    id: request.id,
    log: request.log,
    callId: request.callId,
    tool: request.tool,
    risk: request.risk,
    argsDigest: request.argsDigest,
    // A call that runs has used its approval up; to whoever was asked, that is an approval.
    state: state === 'used' ? 'approved' : state,
    ...(cause !== undefined && { cause }),
    ...(decision !== undefined && {
      decision: decision.decision,
      approver: { ...decision.approver },
      attestation: decision.attestation,
      edited: decision.editedArgs !== undefined,
      decidedAt: formatTime(decision.decidedAtUs),
      ...(decision.channel !== undefined && { channel: decision.channel }),
    }),
  };
}

/** `text`, cut to `length` with a mark where it was. No half of a surrogate pair is left behind. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}\u2026`;
}

/** The place where a request can be looked at, made from a pattern with `{id}` in it. */
export type LinkTo = (request: Pick<ApprovalRequest, 'id'>) => string;

/**
 * Reads the pattern of links, such as `https://inbox.example.com/requests/{id}`. A link leads to a page that asks who is there; it
 * decides nothing by being opened.
 * @throws ConfigError `OPTION_INVALID`
 */
export function readLink(pattern: string): LinkTo {
  const url = URL.canParse(pattern) ? new URL(pattern) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === undefined || !isWeb || !pattern.includes('{id}') || url.username !== '' || url.password !== '') {
    throw new ConfigError(
      'OPTION_INVALID',
      'link: expected the URL of a page, with {id} where the id of the request stands',
    );
  }
  return ({ id }) => pattern.replaceAll('{id}', encodeURIComponent(id));
}

function argumentsOf(
  request: ApprovalRequest,
): { readonly args: JsonValue } | { readonly argsPreview: string; readonly argsCut: true } {
  if (fitsNotice(request)) return { args: request.args };
  return { argsPreview: cut(canonicalJson(request.args), PREVIEW_LENGTH), argsCut: true };
}
