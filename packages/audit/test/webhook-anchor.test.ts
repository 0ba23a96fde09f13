/** The webhook anchor over real HTTP: what is sent, what counts as delivered, and where nothing is sent. */

import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { isPublicAddress } from '@countersign/approval/webhooks';
import { createSystemEnvironment } from '@countersign/core';
import { parseCheckpoint, parseNote } from '@countersign/tlog';
import { afterEach, describe, expect, test } from 'vitest';
import { CHECKPOINT_EVENT, createWebhookAnchor } from '../src/anchors/webhook-anchor.js';
import { createTestLog } from '../src/testing/test-log.js';

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A receiver, and what it has got. */
async function receiver(answer: (response: ServerResponse) => void) {
  const got: Delivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.');
  return { got, port: address.port, url: `http://127.0.0.1:${address.port}/hook` };
}

async function subject() {
  const { log } = await createTestLog();
  const note = await log.checkpoint();
  return { note, checkpoint: parseCheckpoint(parseNote(note).text), prove: async () => [] };
}

const context = () => ({ environment: createSystemEnvironment(), signal: new AbortController().signal });

describe('A webhook anchor', () => {
  test('sends the checkpoint, signed as Standard Webhooks has it', async () => {
    const { got, url } = await receiver((response) => void response.writeHead(204).end());
    const anchor = createWebhookAnchor({ url, secret: SECRET, allowPrivateAddresses: true });
    const anchored = await subject();
    const receipt = await anchor.anchor(anchored, context());
    const [{ headers, body }] = got.length === 1 && got[0] !== undefined ? [got[0]] : [{ headers: {}, body: '' }];
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
    expect(signature).toBe(`v1,${createHmac('sha256', KEY).update(`${id}.${time}.${body}`).digest('base64')}`);
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(300);
    expect(JSON.parse(body)).toMatchObject({
      type: CHECKPOINT_EVENT,
      data: { log: 'example.test/log', size: 1, checkpoint: anchored.note },
    });
    expect(receipt).toEqual({ id, status: 204 });
    await anchor.anchor(anchored, context());
    expect(got.map((delivery) => delivery.headers['webhook-id'])).toEqual([id, id]);
  });

  test.each([
    [301, 'ANCHOR_REFUSED'],
    [307, 'ANCHOR_REFUSED'],
    [400, 'ANCHOR_REFUSED'],
    [410, 'ANCHOR_REFUSED'],
    [429, 'ANCHOR_UNREACHABLE'],
    [500, 'ANCHOR_UNREACHABLE'],
  ])('takes status %i for %s, and follows nobody elsewhere', async (status, code) => {
    const elsewhere = await receiver((response) => void response.writeHead(200).end());
    const { url } = await receiver((response) => void response.writeHead(status, { location: elsewhere.url }).end('x'));
    const anchor = createWebhookAnchor({ url, secret: SECRET, allowPrivateAddresses: true });
    await expect(anchor.anchor(await subject(), context())).rejects.toMatchObject({ code });
    expect(elsewhere.got).toEqual([]);
  });

  test('does not wait for an answer that has no end', async () => {
    const { url } = await receiver((response) => {
      response.writeHead(200);
      response.write('on and on');
    });
    const anchor = createWebhookAnchor({ url, secret: SECRET, allowPrivateAddresses: true });
    expect(await anchor.anchor(await subject(), context())).toMatchObject({ status: 200 });
  });

  test.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '10.1.2.3', '169.254.169.254', '0.0.0.0'])(
    'sends nothing to %s unless that is allowed',
    async (host) => {
      const { got, port } = await receiver((response) => void response.writeHead(200).end());
      const anchor = createWebhookAnchor({ url: `https://${host}:${port}/`, secret: SECRET });
      await expect(anchor.anchor(await subject(), context())).rejects.toMatchObject({ code: 'ANCHOR_REFUSED' });
      expect(got).toEqual([]);
    },
  );

  test('knows the addresses of the open Internet from all others', () => {
    const open = ['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111'];
    const closed = ['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.1.1', '224.0.0.1'];
    const closed6 = ['::1', '::', 'fe80::1', 'fc00::1', 'ff02::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::'];
    expect(open.filter((address) => !isPublicAddress(address))).toEqual([]);
    expect([...closed, ...closed6, 'no address', ''].filter(isPublicAddress)).toEqual([]);
  });

  test.each([
    ['http://example.com/', SECRET],
    ['ftp://example.com/', SECRET],
    ['https://user:hunter2@example.com/', SECRET],
    ['nonsense', SECRET],
    ['https://example.com/', 'whsec_'],
    ['https://example.com/', 'whsec_c2hvcnQ='],
    ['https://example.com/', 'secret'],
  ])('refuses the URL %s or a secret that is none, and repeats neither', (url, secret) => {
    let message = '';
    try {
      createWebhookAnchor({ url, secret });
    } catch (error) {
      message = error instanceof Error ? `${error.name} ${error.message}` : '';
    }
    expect(message).toMatch(/^ConfigError (url|secret): expected/);
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain('c2hvcnQ');
  });
});
