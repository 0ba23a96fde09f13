/** A real HTTP server on this machine that keeps what it is sent. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

/** One request that arrived. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server, and what it has got. */
export interface Receiver {
  readonly got: readonly Received[];
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1; `answer` is called with the number of the request, from 0 on. */
export async function startReceiver(answer: (response: ServerResponse, at: number) => void): Promise<Receiver> {
  const got: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response, got.length - 1);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.');
  return {
    got,
    port: address.port,
    url: `http://127.0.0.1:${address.port}/hook`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
