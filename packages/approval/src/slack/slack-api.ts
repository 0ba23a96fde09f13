/**
 * Calls of Slack's Web API, through Slack's own client: again after failures that may pass, within a time that is bounded. Errors say
 * which method failed and how, and nothing of what was sent.
 */

import type { Environment } from '@countersign/core';
import {
  LogLevel,
  type WebAPICallResult,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '@slack/web-api';
import { pause, retryWaitMs } from '../channels/pause.js';
import { DeliveryError } from '../webhooks/errors.js';

/** How Slack is reached. */
export interface SlackApiOptions {
  readonly token: string;
  readonly apiUrl: string;
  /** No try begins later than this many milliseconds after the first. */
  readonly retryForMs: number;
  readonly environment: Environment;
}

/** How long one try may take, in milliseconds. */
export const SLACK_TIMEOUT_MS = 10_000;

/** What both of Slack's clients are told: to leave trying again to this package, and to write nothing, since what they would write holds messages. */
export function clientOptions(apiUrl: string) {
  return {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: SLACK_TIMEOUT_MS,
    allowAbsoluteUrls: false,
  } as const;
}

/** A logger of Slack's clients that writes nothing. */
export const SILENT = Object.freeze({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  setName: () => undefined,
  getLevel: () => LogLevel.ERROR,
});

/** Calls methods with one token. */
export class SlackApi {
  readonly #client: WebClient;
  readonly #options: SlackApiOptions;

  constructor(options: SlackApiOptions) {
    this.#options = options;
    this.#client = new WebClient(options.token, { ...clientOptions(options.apiUrl), logger: SILENT });
  }

  /**
   * Calls a method, again where that may help.
   * @throws DeliveryError `DELIVERY_REFUSED` for what Slack does not do, `DELIVERY_UNREACHABLE` where it could not be reached in time.
   */
  async call(method: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<WebAPICallResult> {
    const { environment, retryForMs } = this.#options;
    const startUs = environment.monotonicUs();
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#client.apiCall(method, { ...args });
      } catch (error) {
        const fault = slackFault(method, error);
        const askedMs = error instanceof WebAPIRateLimitedError ? error.retryAfter * 1_000 : 0;
        const waitMs = Math.max(askedMs, retryWaitMs(failures, environment));
        const elapsedMs = (environment.monotonicUs() - startUs) / 1_000;
        if (fault.code !== 'DELIVERY_UNREACHABLE' || elapsedMs + waitMs > retryForMs || signal.aborted) throw fault;
        await pause(environment, waitMs, signal);
        if (signal.aborted) throw fault;
      }
    }
  }
}

/** The error for a call that failed. Slack's own stays out of it: it may carry headers and the message. */
export function slackFault(method: string, error: unknown): DeliveryError {
  if (error instanceof WebAPIPlatformError) {
    const { error: code } = error.data;
    const known = typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : 'an error of an unknown form';
    const kind = PASSING.has(known) ? 'DELIVERY_UNREACHABLE' : 'DELIVERY_REFUSED';
    return new DeliveryError(kind, `Slack answered ${method} with ${known}.`, { hint: HINTS[known] ?? LOOK_UP });
  }
  if (error instanceof WebAPIRateLimitedError) {
    return new DeliveryError('DELIVERY_UNREACHABLE', `Slack answered ${method} with a limit of the rate.`);
  }
  if (error instanceof WebAPIHTTPError) {
    const kind = error.statusCode >= 500 ? 'DELIVERY_UNREACHABLE' : 'DELIVERY_REFUSED';
    return new DeliveryError(kind, `Slack answered ${method} with status ${error.statusCode}.`);
  }
  return new DeliveryError('DELIVERY_UNREACHABLE', `Slack could not be reached for ${method}.`, {
    hint: 'See whether slack.com can be reached from this machine.',
  });
}

/** Errors of Slack's own that pass. */
const PASSING: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
]);

const LOOK_UP = 'docs.slack.dev lists the errors of each method.';

const HINTS: Readonly<Record<string, string>> = {
  channel_not_found: 'Give the id of a channel (C...), and invite the app to it.',
  not_in_channel: 'Invite the app to the channel.',
  invalid_auth: 'Give the tokens that the page of the app shows now.',
  missing_scope: 'Give the app the scopes chat:write, and connections:write for its app-level token.',
};
