/**
 * A small listener for a decision handler, bounded in size, time and number. TLS is for a proxy in front of it.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type HttpHandler, MAX_CALLBACK_BYTES } from './decision-handler.js';

/** How to listen. */
export interface ServeDecisionsOptions {
  readonly handler: HttpHandler;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Called with what nobody foresaw. */
  readonly onError: (error: unknown) => void;
}

/** A handler that is served. */
export interface ServedDecisions {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a handler. Rejects when the address cannot be had. */
export async function serveDecisions(options: ServeDecisionsOptions): Promise<ServedDecisions> {
  const { handler, host = '127.0.0.1', port, onError } = options;
  const server = createServer((request, response) => {
    exchange(handler, request, response).catch((error: unknown) => {
      onError(error);
      if (!response.headersSent) response.writeHead(500, { connection: 'close' });
      response.end();
    });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 5_000;
  server.maxConnections = 256;
  await listen(server, host, port);
  const address = server.address();
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => closeServer(server),
  };
}

async function exchange(handler: HttpHandler, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  if (body === 'gone') return;
  const answer = await handler(toRequest(incoming, body));
  const text = await answer.text();
  // A request that was not read to its end leaves the connection of no use.
  const close = incoming.complete ? {} : { connection: 'close' };
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...close });
  response.end(text);
}

function toRequest(incoming: IncomingMessage, body: Buffer<ArrayBuffer>): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const method = incoming.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // Where it was sent to says nothing: a handler goes by method, headers and body.
  return new Request('http://localhost/', { method, headers, ...(hasBody && { body }) });
}

/** One byte more than is allowed is enough for the handler to refuse it. */
async function readBody(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer> | 'gone'> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // The connection is still needed for the answer.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_CALLBACK_BYTES) break;
    }
  } catch {
    // Whoever asked went away: there is nobody to answer.
    return 'gone';
  }
  return Buffer.concat(chunks).subarray(0, MAX_CALLBACK_BYTES + 1);
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
