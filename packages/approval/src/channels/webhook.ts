/**
 * The webhook channel: tells a URL that a request waits, and how it ended, signed as Standard Webhooks has it. An answer comes
 * through `createDecisionHandler`, wherever that is mounted.
 */

import { createHash } from 'node:crypto';
import { ConfigError, checkIdentifier, createSystemEnvironment, type Environment } from '@countersign/core';
import type { Channel } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import { addressList, isPublicAddress, type MayConnect } from '../webhooks/addresses.js';
import { readDeliveryUrl } from '../webhooks/guarded-post.js';
import { readSigningKeys } from '../webhooks/keys.js';
import { deliver } from './deliver.js';
import { endingOf, noticeOf, readLink } from './notice.js';

/** What the webhook channel works with. */
export interface WebhookChannelOptions {
  /** `https:`; `http:` only with `allowAddresses`. */
  readonly url: string;
  /** `whsec_` (HMAC) or `whsk_` (Ed25519) keys; each message is signed by all of them, so that they can be replaced one after the other. */
  readonly secrets: string | readonly string[];
  /** Its name on record; default `webhook`. */
  readonly name?: string;
  /** Where a person can look at the request: a URL with `{id}` in it. */
  readonly link?: string;
  /** Addresses and ranges that may be connected to although they are not of the open Internet, such as `127.0.0.1`; default none. */
  readonly allowAddresses?: readonly string[];
  /** For how long failed deliveries are tried again, in milliseconds: 0 to 600,000, default 30,000. */
  readonly retryForMs?: number;
  readonly environment?: Environment;
}

/** The event that says that a request waits. */
export const REQUESTED_EVENT = 'countersign.approval.requested';

/** The event that says how a request ended. */
export const ENDED_EVENT = 'countersign.approval.ended';

/** For how long failed deliveries are tried again: its default, and the most that it may be. */
export const RETRY_FOR_MS = { default: 30_000, max: 600_000 } as const;

/**
 * A channel that delivers to a URL. What it sends carries the shown arguments, up to 32 KiB of them, and never a secret.
 * @throws ConfigError `OPTION_INVALID` for a URL, a key or a list that cannot be used.
 */
export function createWebhookChannel(options: WebhookChannelOptions): Channel {
  const { name = 'webhook', allowAddresses = [], retryForMs = RETRY_FOR_MS.default } = options;
  checkIdentifier('name', name);
  if (!Number.isInteger(retryForMs) || retryForMs < 0 || retryForMs > RETRY_FOR_MS.max) {
    throw new ConfigError('OPTION_INVALID', `retryForMs: expected 0 to ${RETRY_FOR_MS.max} milliseconds`);
  }
  const url = readDeliveryUrl(options.url, { allowHttp: allowAddresses.length > 0 });
  const target = {
    url,
    keys: readSigningKeys('secrets', options.secrets),
    mayConnect: guardOf(url, allowAddresses),
    retryForMs,
  };
  const linkTo = options.link === undefined ? undefined : readLink(options.link);
  const environment = options.environment ?? createSystemEnvironment();
  const closing = new AbortController();
  const shown = new Set<string>();
  return {
    name,
    show: async (request, _decide, signal) => {
      shown.add(request.id);
      const data = { request: noticeOf(request), ...(linkTo !== undefined && { link: linkTo(request) }) };
      const message = { ...target, id: messageId(REQUESTED_EVENT, request), type: REQUESTED_EVENT, data };
      await deliver(message, environment, AbortSignal.any([signal, closing.signal]));
    },
    ended: async (record) => {
      if (!shown.delete(record.request.id)) return;
      const data = { request: endingOf(record) };
      const message = { ...target, id: messageId(ENDED_EVENT, record.request), type: ENDED_EVENT, data };
      await deliver(message, environment, closing.signal);
    },
    close: () => closing.abort(),
  };
}

/** Without TLS nothing goes to an address that was not named. */
function guardOf({ protocol }: URL, allowAddresses: readonly string[]): MayConnect {
  const isListed = addressList('allowAddresses', allowAddresses);
  return protocol === 'http:' ? isListed : (address) => isPublicAddress(address) || isListed(address);
}

/** The same each time that the same thing is told, also by another process. */
function messageId(type: string, { log, id }: ApprovalRequest): string {
  return `msg_${createHash('sha256').update(`${type}\n${log}\n${id}`).digest('hex').slice(0, 32)}`;
}
