/**
 * A witness over HTTP: `POST /add-checkpoint` and `GET /<hash of origin>/checkpoint`, bounded in size, time and number.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Environment } from '@countersign/core';
import { RateLimit } from './rate-limit.js';
import type { Witness } from './witness.js';

/** How to serve. */
export interface ServeOptions {
  readonly witness: Witness;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly environment: Pick<Environment, 'monotonicUs'>;
  /** How many requests one address may send in a second; 20 when not given, with bursts of ten times as many. */
  readonly ratePerSecond?: number;
  /** Called with what nobody foresaw. */
  readonly onError: (error: unknown) => void;
}

/** A witness that is served. */
export interface ServedWitness {
  readonly port: number;
  close(): Promise<void>;
}

/** The largest request that is read. A checkpoint has some hundred bytes, and its proof at most 63 lines. */
export const MAX_REQUEST_BYTES = 64 * 1024;

/** How many requests one address may send in a second. */
export const RATE_PER_SECOND = 20;

/** Serves a witness. Rejects when the address cannot be had. */
export async function serveWitness(options: ServeOptions): Promise<ServedWitness> {
  const { witness, host, port, environment, ratePerSecond = RATE_PER_SECOND, onError } = options;
  const limit = new RateLimit({ ratePerSecond, burst: ratePerSecond * 10, environment });
  const server = createServer((request, response) => {
    answer({ request, response, witness, limit }).catch((error: unknown) => {
      onError(error);
      send(response, { status: 500, body: 'The witness failed.\n' });
    });
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 5000;
  server.maxConnections = 256;
  await listen(server, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => closeServer(server),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly witness: Witness;
  readonly limit: RateLimit;
}

async function answer({ request, response, witness, limit }: Exchange): Promise<void> {
  if (!limit.take(request.socket.remoteAddress ?? '')) {
    send(response, { status: 429, body: 'Too many requests.\n', headers: { 'retry-after': '1' } });
    return;
  }
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const [, originHash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? [];
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return send(response, notAllowed('POST'));
    const body = await readBody(request);
    if (body === 'too large') return send(response, { status: 413, body: 'The request is too large.\n' });
    if (body === 'gone') return;
    const reply =
      body === 'no text' ? { status: 400, body: 'The request is not UTF-8.\n' } : witness.addCheckpoint(body.text);
    return send(response, reply);
  }
  if (originHash !== undefined) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, notAllowed('GET'));
    return send(response, witness.checkpoint(originHash));
  }
  send(response, { status: 404, body: 'There is nothing here.\n' });
}

interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(
  response: ServerResponse,
  { status, type = 'text/plain; charset=utf-8', body, headers = {} }: Reply,
): void {
  if (response.headersSent) return;
  // A request that was not read to its end leaves the connection of no use.
  const close = status === 413 || status === 429 ? { connection: 'close' } : {};
  response.writeHead(status, {
    'content-type': type,
    'content-length': `${Buffer.byteLength(body)}`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...close,
    ...headers,
  });
  response.end(body);
}

function notAllowed(method: string): Reply {
  return { status: 405, body: 'The method is another.\n', headers: { allow: method } };
}

async function readBody(
  request: IncomingMessage,
): Promise<{ readonly text: string } | 'too large' | 'no text' | 'gone'> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += chunk.length;
      if (length > MAX_REQUEST_BYTES) return 'too large';
      chunks.push(chunk);
    }
  } catch {
    // Whoever asked went away: there is nobody to answer.
    return 'gone';
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)) };
  } catch {
    // Bytes that are no text are no request.
    return 'no text';
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      done();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
