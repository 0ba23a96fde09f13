/**
 * A process that holds the identity key of a log and signs over HTTP: says that it is ready, prints its port and its verifier
 * key, and signs each body that it is sent, until it is killed. The key is made from a fixed seed, so that one that is started
 * again is the same.
 *
 * Arguments: origin, port (0 for any).
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { formatVerifierKey } from '@countersign/tlog';
import { noteSignerOf, privateKeyOfSeed } from '../../packages/audit/src/keys/private-key.js';

const [origin = '', port = '0'] = process.argv.slice(2);
const { key, sign } = noteSignerOf(origin, privateKeyOfSeed(new Uint8Array(32).fill(5)));

const server = createServer((request, response) => {
  void buffer(request).then((body) => response.end(sign(body)));
});
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const bound = typeof address === 'object' ? address?.port : undefined;
process.stdout.write(`ready\n${bound} ${formatVerifierKey(key)}\n`);
