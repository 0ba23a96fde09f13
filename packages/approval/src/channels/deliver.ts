/**
 * Delivering a signed message: again after failures that may pass, at longer and longer intervals, within a time that is bounded.
 */

import type { Environment } from '@countersign/core';
import type { MayConnect } from '../webhooks/addresses.js';
import { DeliveryError, notTaken } from '../webhooks/errors.js';
import { postGuarded } from '../webhooks/guarded-post.js';
import type { WebhookSigningKey } from '../webhooks/keys.js';
import { signMessage } from '../webhooks/messages.js';
import { pause, retryWaitMs } from './pause.js';

/** What is delivered, and how hard it is tried. */
export interface Delivery {
  readonly url: URL;
  readonly keys: readonly WebhookSigningKey[];
  readonly mayConnect: MayConnect;
  /** The id of the message: the same in every try. */
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  /** No try begins later than this many milliseconds after the first. */
  readonly retryForMs: number;
}

/** How long one try may take, in milliseconds. */
export const DELIVERY_TIMEOUT_MS = 10_000;

/**
 * Delivers, or throws what the last try failed with; returns where `signal` ended it.
 * @throws DeliveryError
 */
export async function deliver(delivery: Delivery, environment: Environment, signal: AbortSignal): Promise<void> {
  const startUs = environment.monotonicUs();
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await attempt(delivery, environment, signal);
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = retryWaitMs(failures, environment);
      const elapsedMs = (environment.monotonicUs() - startUs) / 1_000;
      const mayPass = error instanceof DeliveryError && error.code === 'DELIVERY_UNREACHABLE';
      if (!mayPass || elapsedMs + waitMs > delivery.retryForMs) throw error;
      await pause(environment, waitMs, signal);
    }
  }
}

async function attempt(delivery: Delivery, environment: Environment, signal: AbortSignal): Promise<void> {
  const { url, keys, mayConnect, id, type, data } = delivery;
  const timestampSeconds = Math.floor(environment.nowUs() / 1_000_000);
  const body = JSON.stringify({ type, timestamp: new Date(timestampSeconds * 1_000).toISOString(), data });
  const headers = signMessage({ id, timestampSeconds, body }, keys);
  const post = { url, headers, body, timeoutMs: DELIVERY_TIMEOUT_MS, mayConnect };
  const { status } = await postGuarded(post, { environment, signal });
  if (status < 200 || status > 299) throw notTaken(url.host, status);
}
