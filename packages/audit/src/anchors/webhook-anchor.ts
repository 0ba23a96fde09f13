/**
 * The webhook anchor: sends checkpoints to a URL, signed as Standard Webhooks (standardwebhooks.com) has it, so that whoever
 * receives them can tell them from anybody else's. The address is looked at when the connection is made: a name that leads into
 * a private network is refused, whatever it led to before.
 */

import { createHash } from 'node:crypto';
import {
  DeliveryError,
  isPublicAddress,
  postGuarded,
  readDeliveryUrl,
  readSigningKeys,
  signMessage,
  type WebhookMessage,
} from '@countersign/approval/webhooks';
import { checkIdentifier } from '@countersign/core';
import { encodeBase64 } from '@countersign/tlog';
import { type Anchor, type AnchorContext, AnchorError, type AnchorSubject, REMOTE_INTERVAL_MS } from './anchor.js';
import { refused } from './http.js';

/** What `createWebhookAnchor` needs. */
export interface WebhookAnchorOptions {
  /** `https:`; `http:` only with `allowPrivateAddresses`. */
  readonly url: string;
  /** `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secret: string;
  /** Its name on record; `webhook` when not given. The URL is not recorded. */
  readonly name?: string;
  /** The least time from one delivery to the next; a minute when not given. */
  readonly intervalMs?: number;
  /** Deliver to addresses of private networks and of this machine as well, and over `http:`; false when not given. */
  readonly allowPrivateAddresses?: boolean;
}

/** The event that is sent. */
export const CHECKPOINT_EVENT = 'countersign.checkpoint';

/** How long a delivery may take. */
export const WEBHOOK_TIMEOUT_MS = 15_000;

/**
 * An anchor that delivers to a URL. The evidence is `{id, status}`: that it was delivered, which is worth what the receiver keeps.
 * @throws ConfigError `OPTION_INVALID` for a URL or a secret that cannot be used.
 */
export function createWebhookAnchor(options: WebhookAnchorOptions): Anchor {
  const { name = 'webhook', intervalMs = REMOTE_INTERVAL_MS, allowPrivateAddresses = false } = options;
  checkIdentifier('name', name);
  const url = readDeliveryUrl(options.url, { allowHttp: allowPrivateAddresses });
  const keys = readSigningKeys('secret', options.secret);
  const mayConnect = allowPrivateAddresses ? () => true : isPublicAddress;
  return {
    kind: 'webhook',
    name,
    intervalMs,
    anchor: async (subject, context) => {
      const message = messageOf(subject, context);
      const headers = signMessage(message, keys);
      const post = { url, headers, body: message.body, timeoutMs: WEBHOOK_TIMEOUT_MS, mayConnect };
      const { status } = await postGuarded(post, context).catch((error: unknown) => {
        throw error instanceof DeliveryError ? asAnchorError(error) : error;
      });
      if (status < 200 || status > 299) throw refused(url.href, status);
      return { id: message.id, status };
    },
  };
}

function asAnchorError(error: DeliveryError): AnchorError {
  const code = error.code === 'DELIVERY_REFUSED' ? 'ANCHOR_REFUSED' : 'ANCHOR_UNREACHABLE';
  const hint = error.code === 'DELIVERY_REFUSED' ? PRIVATE_HINT : error.hint;
  return new AnchorError(code, error.message, { ...(hint !== undefined && { hint }), cause: error.cause });
}

const PRIVATE_HINT = 'Give a public address, or set allowPrivateAddresses if this one is meant.';

/** A delivery: the same id each time that the same checkpoint is sent, so that the receiver can tell a repetition. */
function messageOf(
  { note, checkpoint }: AnchorSubject,
  { environment }: Pick<AnchorContext, 'environment'>,
): WebhookMessage {
  const { origin, size, root } = checkpoint;
  const id = `msg_${createHash('sha256')
    .update(`${origin}\n${size}\n${encodeBase64(root)}`)
    .digest('hex')
    .slice(0, 32)}`;
  const timestampSeconds = Math.floor(environment.nowUs() / 1_000_000);
  const body = JSON.stringify({
    type: CHECKPOINT_EVENT,
    timestamp: new Date(timestampSeconds * 1000).toISOString(),
    data: { log: origin, size, root: encodeBase64(root), checkpoint: note },
  });
  return { id, timestampSeconds, body };
}
