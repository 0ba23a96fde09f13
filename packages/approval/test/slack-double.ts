/**
 * A double of Slack's side: its Web API over HTTP and its Socket Mode over WebSocket, on this machine. It holds messages to the limits
 * that Slack documents, and keeps what it is sent. The clients that talk to it are Slack's own.
 */

import { createServer, type IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

/** One call of a method. */
export interface SlackCall {
  readonly method: string;
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What the double answers instead of success: an error of Slack's, a status, or a limit of the rate. */
export type Trouble = { readonly error: string } | { readonly status: number } | { readonly retryAfter: number };

/** A double of Slack. */
export interface SlackDouble {
  readonly apiUrl: string;
  readonly calls: readonly SlackCall[];
  readonly connections: number;
  /** The calls of one method, in order. */
  of(method: string): readonly SlackCall[];
  /** Answers the next calls of a method with trouble, one each. */
  trouble(method: string, ...troubles: readonly Trouble[]): void;
  /** Sends an interaction to the newest connection, and answers how long its acknowledgement took, in milliseconds. */
  interact(payload: object, envelopeId?: string): Promise<number>;
  /** Sends a frame as it is. */
  frame(text: string | Uint8Array): void;
  /** Ends all connections: as Slack does when it wants a new one, or by cutting them. */
  refresh(): void;
  cut(): void;
  close(): Promise<void>;
}

export const BOT_TOKEN = 'xoxb-1-test-bot-secret';
export const APP_TOKEN = 'xapp-1-test-app-secret';

/** Starts a double on 127.0.0.1. */
export async function startSlack(): Promise<SlackDouble> {
  const calls: SlackCall[] = [];
  const troubles = new Map<string, Trouble[]>();
  const sockets = new Set<WebSocket>();
  const acknowledged = new Map<string, () => void>();
  let connections = 0;
  let envelopes = 0;
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      const trouble = troubles.get(call.method)?.shift();
      if (trouble !== undefined && 'status' in trouble) return response.writeHead(trouble.status).end('no');
      if (trouble !== undefined && 'retryAfter' in trouble) {
        return response.writeHead(429, { 'retry-after': `${trouble.retryAfter}` }).end();
      }
      const body = trouble === undefined ? answer(call, calls.length) : { ok: false, error: trouble.error };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const socketServer = new WebSocketServer({ server });
  socketServer.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data: Buffer) =>
      acknowledged.get(ackSchema.parse(JSON.parse(data.toString())).envelope_id)?.(),
    );
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.');
  const { port } = address;
  const newest = (): WebSocket => {
    const socket = [...sockets].at(-1);
    if (socket === undefined) throw new Error('Nothing is connected.');
    return socket;
  };
  const answer = ({ method, token, args }: SlackCall, at: number): object => {
    const expected = method === 'apps.connections.open' ? APP_TOKEN : BOT_TOKEN;
    if (token !== expected) return { ok: false, error: 'invalid_auth' };
    if (method === 'apps.connections.open') return { ok: true, url: `ws://127.0.0.1:${port}/link/?ticket=${at}` };
    if (!keepsLimits(args)) return { ok: false, error: 'invalid_blocks' };
    return { ok: true, channel: args.channel, ts: `1760000000.${String(at).padStart(6, '0')}` };
  };
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    calls,
    get connections() {
      return connections;
    },
    of: (method) => calls.filter((call) => call.method === method),
    trouble: (method, ...list) => void troubles.set(method, [...list]),
    interact: async (payload, envelopeId) => {
      envelopes += 1;
      const id = envelopeId ?? `envelope-${envelopes}`;
      const started = performance.now();
      const done = new Promise<void>((resolve) => acknowledged.set(id, resolve));
      const frame = { type: 'interactive', envelope_id: id, payload, accepts_response_payload: true };
      newest().send(JSON.stringify(frame));
      await done;
      return performance.now() - started;
    },
    frame: (text) => newest().send(text),
    refresh: () => {
      for (const socket of sockets) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    cut: () => {
      for (const socket of sockets) socket.terminate();
    },
    close: async () => {
      for (const socket of sockets) socket.terminate();
      await new Promise((done) => socketServer.close(done));
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const ackSchema = z.object({ envelope_id: z.string() });

async function readCall(request: IncomingMessage): Promise<SlackCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const args = Object.fromEntries([...form].map(([name, text]) => [name, asJson(text)]));
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  return { method: (request.url ?? '').replace('/api/', ''), token, args };
}

function asJson(text: string): unknown {
  return /^[[{]/.test(text) ? JSON.parse(text) : text;
}

const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean() });

const buttonSchema = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: plainText(75),
  value: z.string().max(2_000).optional(),
  url: z.url().max(3_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z
    .strictObject({ title: plainText(100), text: plainText(300), confirm: plainText(30), deny: plainText(30) })
    .optional(),
});

/** The blocks that are used, with the limits that docs.slack.dev states for them. */
const blocksSchema = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('header'), text: plainText(150) }),
      z.strictObject({ type: z.literal('section'), text: plainText(3_000) }),
      z.strictObject({ type: z.literal('actions'), elements: z.array(buttonSchema).min(1).max(25) }),
      z.strictObject({
        type: z.literal('rich_text'),
        elements: z.array(
          z.strictObject({
            type: z.literal('rich_text_preformatted'),
            elements: z.array(z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(3_000) })),
          }),
        ),
      }),
    ]),
  )
  .min(1)
  .max(50);

function keepsLimits({ blocks, text }: Readonly<Record<string, unknown>>): boolean {
  if (blocks === undefined) return true;
  const whole = JSON.stringify(blocks).length + (typeof text === 'string' ? text.length : 0);
  return blocksSchema.safeParse(blocks).success && whole <= 40_000;
}
