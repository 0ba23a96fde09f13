/**
 * Requests of anchors over the network: bounded in time and size, redirects not followed, failures as `AnchorError`.
 */

import type { FetchOptions } from '@countersign/core';
import { type AnchorContext, AnchorError } from './anchor.js';

/** An answer of HTTP. */
export interface HttpAnswer {
  readonly status: number;
  /** The media type without its parameters, in lower case; empty for none. */
  readonly type: string;
  readonly body: Uint8Array;
}

/** What is sent. */
export interface HttpRequest extends Pick<FetchOptions, 'method' | 'headers' | 'body'> {
  readonly url: string;
  /** How long the answer may take, its body included. */
  readonly timeoutMs: number;
  /** The largest body that is read. */
  readonly maxBytes: number;
}

/**
 * Sends one request through the environment's network.
 * @throws AnchorError `ANCHOR_UNREACHABLE` when there is no answer in time, `ANCHOR_ANSWER_INVALID` for one that is too large.
 */
export async function sendRequest(request: HttpRequest, { environment, signal }: AnchorContext): Promise<HttpAnswer> {
  const { url, timeoutMs, maxBytes, method, headers, body } = request;
  const timeout = new AbortController();
  const cancel = environment.setTimer(() => timeout.abort(), timeoutMs);
  try {
    const response = await environment.fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
    });
    const bytes = await readBody(response, maxBytes, url);
    return { status: response.status, type: mediaType(response.headers.get('content-type')), body: bytes };
  } catch (error) {
    throw error instanceof AnchorError ? error : unreachable(url, error);
  } finally {
    cancel();
  }
}

/** The text of a body; undefined when it is not UTF-8. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    // Bytes that are no text say nothing.
    return undefined;
  }
}

/** The error for a host that did not answer. Its name is told, never the path or the user of a URL. */
export function unreachable(url: string, cause: unknown): AnchorError {
  return new AnchorError('ANCHOR_UNREACHABLE', `${hostOf(url)} could not be reached.`, {
    hint: 'See whether the host can be reached from this machine, and whether its certificate is good.',
    cause,
  });
}

/** The error for a host that answered with this status. */
export function refused(url: string, status: number): AnchorError {
  const isTemporary = status === 429 || status >= 500;
  const code = isTemporary ? 'ANCHOR_UNREACHABLE' : 'ANCHOR_REFUSED';
  return new AnchorError(code, `${hostOf(url)} answered with status ${status}.`);
}

/** The host of a URL, for messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The host';
}

/** The media type in a header, without its parameters. */
export function mediaType(header: string | null | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

async function readBody(response: Response, maxBytes: number, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The error for an answer that is larger than it can honestly be. */
export function tooLarge(url: string, maxBytes: number): AnchorError {
  return new AnchorError('ANCHOR_ANSWER_INVALID', `${hostOf(url)} answered with more than ${maxBytes} bytes.`);
}
