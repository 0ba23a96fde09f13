/**
 * The connection over which Slack says what people did (Slack, "Socket Mode"). Slack closes it every few hours; it is opened again,
 * at growing intervals where that fails. Each envelope is acknowledged before anything else is done about it.
 */

import type { Environment } from '@countersign/core';
import { SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import { pause, retryWaitMs } from '../channels/pause.js';
import { DeliveryError } from '../webhooks/errors.js';
import { clientOptions, SILENT, SLACK_TIMEOUT_MS, slackFault } from './slack-api.js';

/** What a socket works with. */
export interface SlackSocketOptions {
  readonly appToken: string;
  readonly apiUrl: string;
  /** For how long the connection may be gone before it counts as lost, in milliseconds. It is tried again after, too. */
  readonly retryForMs: number;
  readonly environment: Environment;
  /** Told of each interaction once it is acknowledged. */
  readonly interaction: (envelope: { readonly id: string; readonly payload: unknown }) => void;
}

/** The longest frame that is looked at, in UTF-16 code units. */
export const MAX_FRAME_LENGTH = 1024 * 1024;

/** A connection that lasted longer than this was a good one: the next is tried for soon. */
const GOOD_CONNECTION_MS = 10_000;

interface Waiter {
  /** Whether it waits for the connection, or for its loss alone. */
  readonly forUp: boolean;
  readonly done: () => void;
  readonly fail: (error: DeliveryError) => void;
}

/** Owns the connection. */
export class SlackSocket {
  readonly #options: SlackSocketOptions;
  readonly #closing = new AbortController();
  readonly #waiters = new Set<Waiter>();
  #keeping: Promise<void> | undefined;
  #isUp = false;

  constructor(options: SlackSocketOptions) {
    this.#options = options;
  }

  /** Resolves once there is a connection, or when `signal` aborts. @throws DeliveryError where there is none in time. */
  async connected(signal: AbortSignal): Promise<void> {
    if (this.#isUp || this.#closing.signal.aborted) return;
    const up = this.#wait(true, signal);
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = undefined;
    });
    await up;
  }

  /** Resolves when `signal` aborts. @throws DeliveryError when the connection is lost meanwhile. */
  async untilLost(signal: AbortSignal): Promise<void> {
    await this.#wait(false, signal);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#keeping;
  }

  #wait(forUp: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', waiter.done);
      };
      const waiter: Waiter = {
        forUp,
        done: () => {
          leave();
          resolve();
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', waiter.done, { once: true });
      if (signal.aborted) waiter.done();
    });
  }

  /** Keeps a connection until the end, or until Slack refuses one for good. */
  async #keep(): Promise<void> {
    const { environment, retryForMs } = this.#options;
    const { signal } = this.#closing;
    let downSinceUs = environment.monotonicUs();
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const upUs = environment.monotonicUs();
        await this.#stay();
        downSinceUs = environment.monotonicUs();
        if (downSinceUs - upUs > GOOD_CONNECTION_MS * 1_000) failures = 0;
      } catch (error) {
        const fault = error instanceof DeliveryError ? error : slackFault('apps.connections.open', error);
        const downMs = (environment.monotonicUs() - downSinceUs) / 1_000;
        const isOver = fault.code === 'DELIVERY_REFUSED';
        if (isOver || downMs >= retryForMs) this.#lost(fault);
        if (isOver) return;
      }
      await pause(environment, retryWaitMs(failures, environment), signal);
    }
  }

  /** One connection, from its beginning to its end. */
  async #stay(): Promise<void> {
    const { appToken, apiUrl } = this.#options;
    const client = new SocketModeClient({
      appToken,
      logger: SILENT,
      autoReconnectEnabled: false,
      clientOptions: clientOptions(apiUrl),
    });
    keepOutGarbage(client);
    client.on('interactive', (event: unknown) => this.#take(event));
    const gone = new Promise<void>((resolve) => {
      client.once('disconnected', () => resolve());
    });
    const { signal } = this.#closing;
    const end = (): void => void client.disconnect().catch(() => undefined);
    try {
      await this.#begin(client);
      this.#up();
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      await gone;
    } finally {
      this.#isUp = false;
      signal.removeEventListener('abort', end);
    }
  }

  async #begin(client: SocketModeClient): Promise<void> {
    const { environment } = this.#options;
    const late = new AbortController();
    const cancel = environment.setTimer(() => late.abort(), SLACK_TIMEOUT_MS);
    const stopped = AbortSignal.any([late.signal, this.#closing.signal]);
    const given = new Promise<never>((_, reject) => {
      stopped.addEventListener('abort', () => reject(noConnection()), { once: true });
    });
    try {
      await Promise.race([client.start(), given]);
    } catch (error) {
      await client.disconnect().catch(() => undefined);
      // It is rejected with nothing where the connection ended before it began.
      throw error ?? noConnection();
    } finally {
      cancel();
    }
  }

  #up(): void {
    this.#isUp = true;
    for (const waiter of [...this.#waiters]) if (waiter.forUp) waiter.done();
  }

  #lost(fault: DeliveryError): void {
    for (const waiter of [...this.#waiters]) waiter.fail(fault);
  }

  #take(event: unknown): void {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success) return;
    const { envelope_id: id, body: payload, ack } = parsed.data;
    // Slack waits three seconds for this, and then sends the envelope again, perhaps to another process.
    // One that did not arrive brings it again here: it is known by its id then.
    void ack()
      .catch(() => undefined)
      .finally(() => this.#options.interaction({ id, payload }));
  }
}

const eventSchema = z.object({
  envelope_id: z.string().min(1).max(256),
  body: z.unknown().optional(),
  ack: z.custom<() => Promise<void>>((value) => typeof value === 'function'),
});

/** Slack's client takes frames for well-formed, and for messages of the kinds that it knows: others are dropped before it sees them. */
function keepOutGarbage(client: SocketModeClient): void {
  const listeners = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown, isBinary: unknown) => {
    if (!isEnvelope(data)) return;
    for (const listener of listeners) Reflect.apply(listener, client, [data, isBinary]);
  });
}

function isEnvelope(data: unknown): boolean {
  if (typeof data !== 'string' || data.length > MAX_FRAME_LENGTH) return false;
  try {
    return envelopeSchema.safeParse(JSON.parse(data)).success;
  } catch {
    // What is no JSON is no envelope.
    return false;
  }
}

const envelopeSchema = z.object({ type: z.enum(['hello', 'disconnect', 'interactive']) });

function noConnection(): DeliveryError {
  return new DeliveryError('DELIVERY_UNREACHABLE', 'Slack did not open a connection in time.', {
    hint: 'See whether WebSockets to wss-primary.slack.com can be opened from this machine.',
  });
}
