/** The webhook channel over real HTTP: what is sent, how often, and where nothing is sent. */

import { createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createWebhookChannel, ENDED_EVENT, REQUESTED_EVENT } from '@countersign/approval/channels';
import { createSystemEnvironment } from '@countersign/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type Received, type Receiver, startReceiver } from './http-receiver.js';
import { createWorld, REJECT, turns } from './support.js';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const SECRET = secretOf(7);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function receiver(status: (at: number) => number, location?: string): Promise<Receiver> {
  const started = await startReceiver((response, at) => {
    response.writeHead(status(at), location === undefined ? {} : { location }).end();
  });
  stops.push(() => started.close());
  return started;
}

/** A service with this channel; the time of its requests is the real one, as the deliveries' is. */
function worldWith(options: Partial<Parameters<typeof createWebhookChannel>[0]> & { readonly url: string }) {
  const channel = createWebhookChannel({ secrets: SECRET, allowAddresses: ['127.0.0.1'], retryForMs: 0, ...options });
  const lines: string[] = [];
  const world = createWorld({ channels: [channel], warn: (line) => lines.push(line) });
  const failures: unknown[] = [];
  const unseen: string[] = [];
  world.approvals.on('channel-failed', ({ source, error }) => failures.push([source, codeOf(error)]));
  world.approvals.on('not-shown', ({ id }, how) => unseen.push(`${id}: ${how}`));
  stops.push(() => world.approvals.close());
  return { ...world, lines, failures, unseen };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error('It did not come about in 20 seconds.');
    await new Promise((done) => setTimeout(done, 5));
  }
}

function hmacOf(received: Received | undefined, byte: number): string {
  const { 'webhook-id': id, 'webhook-timestamp': time } = received?.headers ?? {};
  return `v1,${createHmac('sha256', Buffer.alloc(32, byte)).update(`${id}.${time}.${received?.body}`).digest('base64')}`;
}

describe('the webhook channel', () => {
  it('sends the shown request, signed as Standard Webhooks has it, and then how it ended', async () => {
    const { got, url } = await receiver(() => 204);
    const { approvals, draft } = worldWith({ url, link: 'https://inbox.example.com/requests/{id}' });
    const args = { command: 'rm -rf build', token: '<<redacted:generic:abc>>' };
    const asked = approvals.ask(draft({ args, redacted: true }));
    await until(() => got.length === 1);
    const [first] = got;
    expect(first?.headers['webhook-signature']).toBe(hmacOf(first, 7));
    expect(Math.abs(Number(first?.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(300);
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      type: REQUESTED_EVENT,
      data: {
        link: `https://inbox.example.com/requests/${draft().id}`,
        request: {
          id: draft().id,
          tool: 'delete_file',
          risk: 'destructive',
          argsDigest: draft().argsDigest,
          args,
          redacted: true,
        },
      },
    });
    await approvals.decide(draft().id, REJECT);
    await asked;
    await until(() => got.length === 2);
    expect(JSON.parse(got[1]?.body ?? '')).toMatchObject({
      type: ENDED_EVENT,
      data: {
        request: { id: draft().id, state: 'rejected', approver: { kind: 'person', id: 'ada' }, attestation: 'server' },
      },
    });
    // What an approver writes for the record and the agent is not everybody's.
    expect(got[1]?.body).not.toContain(REJECT.reason);
  });

  it('signs with every key, so that keys can be replaced one after the other', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const { got, url } = await receiver(() => 200);
    const secrets = [secretOf(8), SECRET, `whsk_${seed.toString('base64')}`];
    const { approvals, draft } = worldWith({ url, secrets });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => got.length === 1);
    const [byNew, byOld, asymmetric = ''] = String(got[0]?.headers['webhook-signature']).split(' ');
    expect([byNew, byOld]).toEqual([hmacOf(got[0], 8), hmacOf(got[0], 7)]);
    const { 'webhook-id': id, 'webhook-timestamp': time } = got[0]?.headers ?? {};
    const content = Buffer.from(`${id}.${time}.${got[0]?.body}`);
    expect(asymmetric).toMatch(/^v1a,/);
    expect(
      verify(
        null,
        content,
        createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })),
        Buffer.from(asymmetric.slice(4), 'base64'),
      ),
    ).toBe(true);
  });

  it('tries again with the same id while that may help, and says nothing of what passed', async () => {
    const { got, url } = await receiver((at) => [503, 429, 200][at] ?? 200);
    const { approvals, draft, failures, lines } = worldWith({ url, retryForMs: 20_000 });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => got.length === 3);
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await turns();
    expect([failures, lines]).toEqual([[], []]);
  });

  it.each([400, 401, 410, 404])(
    'gives up at once at status %i, reports it, and says once how to answer',
    async (status) => {
      const { got, url } = await receiver(() => status);
      const { approvals, draft, failures, lines, unseen, store } = worldWith({ url, retryForMs: 20_000 });
      void approvals.ask(draft()).catch(() => undefined);
      await until(() => lines.length > 0);
      expect(got.length).toBe(1);
      expect(failures).toEqual([['webhook', 'DELIVERY_REFUSED']]);
      expect(lines).toEqual([expect.stringContaining(draft().id)]);
      expect(unseen).toEqual([`${draft().id}: ${lines[0]}`]);
      expect((await store.request(draft().id))?.state).toBe('pending');
    },
  );

  it('ends its tries within the time that it has for them', async () => {
    const { got, url } = await receiver(() => 500);
    const { approvals, draft, failures } = worldWith({ url, retryForMs: 1_200 });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => failures.length > 0);
    expect(failures).toEqual([['webhook', 'DELIVERY_UNREACHABLE']]);
    expect(got.length).toBeGreaterThan(1);
    expect(got.length).toBeLessThan(6);
  });

  it('stops trying when the request is answered elsewhere', async () => {
    const { got, url } = await receiver(() => 500);
    const { approvals, draft, environment, failures } = worldWith({ url, retryForMs: 600_000 });
    const asked = approvals.ask(draft());
    await until(() => got.length === 1);
    await approvals.decide(draft().id, REJECT);
    expect((await asked).state).toBe('rejected');
    // Telling the end fails as well; closing gives that up after a while.
    await until(() => got.some(({ body }) => body.includes(ENDED_EVENT)));
    const closed = approvals.close();
    await turns();
    environment.advance(5_000);
    await closed;
    expect(got.filter(({ body }) => body.includes(REQUESTED_EVENT)).length).toBeLessThan(3);
    expect(failures).toEqual([]);
  });

  it.each([301, 302, 307, 308])('takes a redirect (%i) for a refusal, and follows nobody elsewhere', async (status) => {
    const elsewhere = await receiver(() => 200);
    const { url } = await receiver(() => status, elsewhere.url);
    const { approvals, draft, failures } = worldWith({ url });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => failures.length > 0);
    expect(failures).toEqual([['webhook', 'DELIVERY_REFUSED']]);
    expect(elsewhere.got).toEqual([]);
  });

  it.each([
    ['https://127.0.0.1', []],
    ['https://localhost', []],
    ['https://[::ffff:127.0.0.1]', []],
    ['https://169.254.169.254', []],
    ['http://127.0.0.1', ['10.0.0.0/8']],
    ['http://localhost', ['10.0.0.0/8']],
  ])('sends nothing to %s with %j allowed', async (host, allowAddresses) => {
    const { got, port } = await receiver(() => 200);
    const { approvals, draft, failures } = worldWith({ url: `${host}:${port}/`, allowAddresses });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => failures.length > 0);
    expect(failures).toEqual([['webhook', 'DELIVERY_REFUSED']]);
    expect(got).toEqual([]);
  });

  it('follows a name to an address that is allowed', async () => {
    const { got, port } = await receiver(() => 200);
    const { approvals, draft } = worldWith({
      url: `http://localhost:${port}/`,
      allowAddresses: ['127.0.0.0/8', '::1'],
    });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => got.length === 1);
  });

  it('cuts arguments that are too large, and says so', async () => {
    const { got, url } = await receiver(() => 200);
    const { approvals, draft } = worldWith({ url });
    void approvals.ask(draft({ args: { text: 'x'.repeat(40_000) } })).catch(() => undefined);
    await until(() => got.length === 1);
    const { request } = JSON.parse(got[0]?.body ?? '').data;
    expect(request).toMatchObject({ argsCut: true, argsPreview: expect.stringMatching(/^\{"text":"x+\u2026$/) });
    expect(request.args).toBeUndefined();
    expect(got[0]?.body.length).toBeLessThan(10_000);
  });

  it.each([
    [{ url: 'http://example.com/', allowAddresses: [] }],
    [{ url: 'ftp://example.com/' }],
    [{ url: 'https://user:hunter2@example.com/' }],
    [{ url: 'https://example.com/', secrets: 'whsec_c2hvcnQ=' }],
    [{ url: 'https://example.com/', secrets: [] }],
    [{ url: 'https://example.com/', secrets: `whsk_${Buffer.alloc(64, 1).toString('base64')}` }],
    [{ url: 'https://example.com/', allowAddresses: ['everywhere'] }],
    [{ url: 'https://example.com/', link: 'https://example.com/' }],
    [{ url: 'https://example.com/', link: 'javascript:{id}' }],
    [{ url: 'https://example.com/', retryForMs: -1 }],
  ])('refuses %j without repeating a secret', (options) => {
    let message = '';
    try {
      createWebhookChannel({ secrets: SECRET, environment: createSystemEnvironment(), ...options });
    } catch (error) {
      message = error instanceof Error ? `${error.name} ${error.message}` : '';
    }
    expect(message).toMatch(/^ConfigError (url|secrets|allowAddresses|link|retryForMs): expected/);
    expect(message).not.toMatch(/hunter2|c2hvcnQ|AQEB/);
  });
});
