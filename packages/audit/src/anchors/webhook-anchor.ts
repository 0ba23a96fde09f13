/**
 * The webhook anchor: sends checkpoints to a URL, signed as Standard Webhooks (standardwebhooks.com) has it, so that whoever
 * receives them can tell them from anybody else's. The address is looked at when the connection is made: a name that leads into
 * a private network is refused, whatever it led to before.
 */

import { createHash, createHmac } from 'node:crypto';
import { ConfigError, checkIdentifier } from '@countersign/core';
import { encodeBase64 } from '@countersign/tlog';
import { type Anchor, type AnchorContext, type AnchorSubject, REMOTE_INTERVAL_MS } from './anchor.js';
import { postGuarded } from './guarded-post.js';
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
  const url = readUrl(options.url, allowPrivateAddresses);
  const secret = readSecret(options.secret);
  return {
    kind: 'webhook',
    name,
    intervalMs,
    anchor: async (subject, context) => {
      const { id, headers, body } = signDelivery(subject, secret, context);
      const answer = await postGuarded(
        { url, headers, body, timeoutMs: WEBHOOK_TIMEOUT_MS, allowPrivateAddresses },
        context,
      );
      if (answer.status < 200 || answer.status > 299) throw refused(url.href, answer.status);
      return { id, status: answer.status };
    },
  };
}

/** A delivery: the same id each time that the same checkpoint is sent, so that the receiver can tell a repetition. */
function signDelivery(
  { note, checkpoint }: AnchorSubject,
  secret: Uint8Array,
  { environment }: Pick<AnchorContext, 'environment'>,
): { readonly id: string; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const { origin, size, root } = checkpoint;
  const id = `msg_${createHash('sha256')
    .update(`${origin}\n${size}\n${encodeBase64(root)}`)
    .digest('hex')
    .slice(0, 32)}`;
  const seconds = Math.floor(environment.nowUs() / 1_000_000);
  const body = JSON.stringify({
    type: CHECKPOINT_EVENT,
    timestamp: new Date(seconds * 1000).toISOString(),
    data: { log: origin, size, root: encodeBase64(root), checkpoint: note },
  });
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'countersign',
    'webhook-id': id,
    'webhook-timestamp': `${seconds}`,
    'webhook-signature': `v1,${signature}`,
  };
  return { id, headers, body };
}

function readUrl(text: string, allowPrivateAddresses: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed = url?.protocol === 'https:' || (allowPrivateAddresses && url?.protocol === 'http:');
  if (url === undefined || !isAllowed) throw new ConfigError('OPTION_INVALID', 'url: expected an https: URL');
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError('OPTION_INVALID', 'url: expected one without a user and a password');
  }
  return url;
}

function readSecret(text: string): Uint8Array {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const secret = Buffer.from(encoded, 'base64');
  if (secret.length < 24 || secret.length > 64) {
    throw new ConfigError('OPTION_INVALID', 'secret: expected whsec_ and the base64 of 24 to 64 bytes', {
      hint: "Make one with: node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\"",
    });
  }
  return secret;
}
