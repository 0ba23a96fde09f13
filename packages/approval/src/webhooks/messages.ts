/**
 * Signing and checking messages as Standard Webhooks has it (standardwebhooks.com, "Webhook headers" and "Signature scheme"). Pure.
 */

import type { WebhookSigningKey, WebhookVerifyingKey } from './keys.js';

/** A message on its way. */
export interface WebhookMessage {
  /** The same for every try to deliver it: the receiver tells a repetition by it. No dot is in it. */
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
}

/** A message that was signed by somebody who holds a key, not long ago. */
export interface VerifiedMessage {
  readonly ok: true;
  readonly id: string;
  readonly timestampSeconds: number;
}

/** Why a message is not taken. */
export interface UnverifiedMessage {
  readonly ok: false;
  readonly why: 'headers' | 'time' | 'signature';
}

/** How far the time of a message may be from this clock, in seconds, either way. */
export const WEBHOOK_TOLERANCE_SECONDS = 300;

/** The longest id of a message. */
export const MAX_WEBHOOK_ID_LENGTH = 256;

/** The headers that go with a message: one signature by each key, in their order. */
export function signMessage(
  { id, timestampSeconds, body }: WebhookMessage,
  keys: readonly WebhookSigningKey[],
): Readonly<Record<string, string>> {
  const content = `${id}.${timestampSeconds}.${body}`;
  return {
    'content-type': 'application/json',
    'user-agent': 'countersign',
    'webhook-id': id,
    'webhook-timestamp': `${timestampSeconds}`,
    'webhook-signature': keys.map((key) => key.sign(content)).join(' '),
  };
}

/** Whether a message was signed by one of the keys, and when. */
export function verifyMessage(options: {
  readonly header: (name: string) => string | null;
  readonly body: string;
  readonly keys: readonly WebhookVerifyingKey[];
  readonly nowSeconds: number;
}): VerifiedMessage | UnverifiedMessage {
  const { header, body, keys, nowSeconds } = options;
  const id = header('webhook-id') ?? '';
  const time = header('webhook-timestamp') ?? '';
  const signatures = parseSignatures(header('webhook-signature') ?? '');
  if (!ID.test(id) || !TIME.test(time) || signatures.length === 0) return { ok: false, why: 'headers' };
  const content = `${id}.${time}.${body}`;
  const isSigned = keys.some((key) =>
    signatures.some(({ version, bytes }) => version === key.version && key.verify(content, bytes)),
  );
  if (!isSigned) return { ok: false, why: 'signature' };
  const timestampSeconds = Number(time);
  if (Math.abs(nowSeconds - timestampSeconds) > WEBHOOK_TOLERANCE_SECONDS) return { ok: false, why: 'time' };
  return { ok: true, id, timestampSeconds };
}

/** What is signed puts dots between its parts: an id with a dot in it could be read in two ways. */
const ID = new RegExp(`^[\\x21-\\x2d\\x2f-\\x7e]{1,${MAX_WEBHOOK_ID_LENGTH}}$`);
const TIME = /^[1-9][0-9]{0,11}$/;

/** More signatures than this are nobody's rotation of keys. */
const MAX_SIGNATURES = 16;

interface Signature {
  readonly version: string;
  readonly bytes: Uint8Array;
}

function parseSignatures(text: string): readonly Signature[] {
  return text
    .split(' ', MAX_SIGNATURES)
    .map((part) => /^(v1a?),([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.exec(part))
    .flatMap((found) =>
      found === null ? [] : [{ version: found[1] ?? '', bytes: Buffer.from(found[2] ?? '', 'base64') }],
    );
}
