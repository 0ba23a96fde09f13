/**
 * What stands behind a button: which request it is about, and a tag that ties it to what was shown, so that a value made by anybody
 * else, or for another request, is none. The arguments never stand there. Pure.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '@countersign/core';
import type { ApprovalRequest } from '../request.js';

/** The longest value that Slack takes. */
export const MAX_BUTTON_VALUE_LENGTH = 2_000;

/** The key of the tags: every process that holds the token of the app has the same. */
export function buttonKey(appToken: string): Uint8Array {
  return createHash('sha256').update(`countersign/slack-button/v1\0${appToken}`).digest();
}

/** The value for the buttons of a request. */
export function formatButtonValue(request: ApprovalRequest, key: Uint8Array): string {
  return `${request.id}.${tagOf(request, key).toString('base64url')}`;
}

/** The id that a value names; undefined for a text that is no value. */
export function requestIdOf(value: string): string | undefined {
  const dot = value.length > MAX_BUTTON_VALUE_LENGTH ? -1 : value.lastIndexOf('.');
  return dot < 1 ? undefined : value.slice(0, dot);
}

/** Whether a value was made for this request, with these arguments and this time limit. */
export function isValueOf(value: string, request: ApprovalRequest, key: Uint8Array): boolean {
  const given = Buffer.from(value.slice(value.lastIndexOf('.') + 1), 'base64url');
  const expected = tagOf(request, key);
  return requestIdOf(value) === request.id && given.length === expected.length && timingSafeEqual(given, expected);
}

function tagOf({ log, id, argsDigest, expiresAtUs }: ApprovalRequest, key: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(canonicalJson([log, id, argsDigest, expiresAtUs]))
    .digest();
}
