/** The decision call-back: a real listener, and whoever may or may not decide through it. */

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { connect } from 'node:net';
import {
  createDecisionHandler,
  DECISION_EVENT,
  MAX_CALLBACK_BYTES,
  serveDecisions,
} from '@countersign/approval/channels';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, turns } from './support.js';

const KEY = Buffer.alloc(32, 9);
const SECRET = `whsec_${KEY.toString('base64')}`;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

type Over = Partial<Parameters<typeof createDecisionHandler>[0]>;

/** A service whose request waits, and a handler that is served. */
async function serve(over: Over = {}, draftOver: Parameters<ReturnType<typeof createWorld>['draft']>[0] = {}) {
  const world = createWorld();
  const { approvals, environment, draft } = world;
  const asked = approvals.ask(draft(draftOver));
  asked.catch(() => undefined);
  await turns();
  const handler = createDecisionHandler({
    approvals,
    secrets: SECRET,
    approvers: { 'ada@example.com': { kind: 'person', id: 'ada' }, builder: 'builder' },
    environment,
    ...over,
  });
  const served = await serveDecisions({ handler, port: 0, onError: (error) => expect.unreachable(String(error)) });
  stops.push(() => served.close());
  const url = `http://127.0.0.1:${served.port}/decisions`;
  const seconds = () => Math.floor(environment.nowUs() / 1_000_000);
  const post = async (message: Message) => {
    const { id, time = seconds(), body, key = KEY } = message;
    const signature =
      message.signature ?? `v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`;
    const headers = { 'webhook-id': id, 'webhook-timestamp': `${time}`, 'webhook-signature': signature };
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, ...JSON.parse(await response.text()) };
  };
  return {
    ...world,
    asked,
    url,
    post,
    seconds,
    port: served.port,
    state: async () => (await approvals.find(draft().id))?.state,
  };
}

interface Message {
  readonly id: string;
  readonly time?: number;
  readonly body: string;
  readonly key?: Buffer;
  readonly signature?: string;
}

const DRAFT = createWorld().draft();

function decision(over: Record<string, unknown> = {}): string {
  const data = {
    requestId: DRAFT.id,
    argsDigest: DRAFT.argsDigest,
    decision: 'approved',
    by: 'ada@example.com',
    ...over,
  };
  return JSON.stringify({ type: DECISION_EVENT, data });
}

describe('the decision call-back', () => {
  it('takes a signed decision of somebody in the map, as server-attested', async () => {
    const { post, asked } = await serve();
    expect(await post({ id: 'msg_1', body: decision({ reason: 'It is due.' }) })).toEqual({
      status: 200,
      requestId: DRAFT.id,
      decision: 'approved',
      state: 'approved',
    });
    expect(await asked).toMatchObject({
      state: 'approved',
      decision: {
        approver: { kind: 'person', id: 'ada' },
        attestation: 'server',
        channel: 'webhook',
        reason: 'It is due.',
      },
    });
  });

  it('takes a signature by Ed25519, and by one of several keys', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const { post, seconds, state } = await serve({ secrets: [SECRET, `whpk_${raw.toString('base64')}`] });
    const body = decision({ decision: 'rejected' });
    const signed = sign(null, Buffer.from(`msg_1.${seconds()}.${body}`), privateKey).toString('base64');
    expect(await post({ id: 'msg_1', body, signature: `v1,${'A'.repeat(43)}= v1a,${signed}` })).toMatchObject({
      status: 200,
    });
    expect(await state()).toBe('rejected');
  });

  it('answers a repetition as before, and does nothing again', async () => {
    const { post, seconds } = await serve();
    const first = await post({ id: 'msg_1', body: decision() });
    expect(await post({ id: 'msg_1', body: decision(), time: seconds() + 1 })).toEqual(first);
    expect(await post({ id: 'msg_1', body: decision({ decision: 'rejected' }) })).toMatchObject({
      status: 409,
      code: 'MESSAGE_ID_REUSED',
    });
    expect(await post({ id: 'msg_2', body: decision() })).toMatchObject({
      status: 409,
      code: 'ALREADY_DECIDED',
      state: 'approved',
    });
  });

  it('gives one of many that decide at once the decision, and tells the others', async () => {
    const { post } = await serve();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        post({ id: `msg_${at}`, body: decision({ decision: at % 2 === 0 ? 'approved' : 'rejected' }) }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect(answers.filter(({ status }) => status === 409).length).toBe(19);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('decides nothing by %s', async (method) => {
    const { url, state } = await serve();
    const response = await fetch(`${url}?requestId=${DRAFT.id}&decision=approved`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await state()).toBe('pending');
  });

  it.each<[string, (seconds: number) => Message]>([
    ['another key', () => ({ id: 'msg_1', body: decision(), key: Buffer.alloc(32, 1) })],
    ['no signature', () => ({ id: 'msg_1', body: decision(), signature: '' })],
    ['a signature of another version', () => ({ id: 'msg_1', body: decision(), signature: `v2,${'A'.repeat(43)}=` })],
    ['a message that is too old', (seconds) => ({ id: 'msg_1', body: decision(), time: seconds - 301 })],
    ['a message from the future', (seconds) => ({ id: 'msg_1', body: decision(), time: seconds + 301 })],
    ['an id that could be read in two ways', () => ({ id: 'msg.1', body: decision() })],
  ])('does not take %s, and does not say what was wrong', async (_, message) => {
    const { post, seconds, state } = await serve();
    expect(await post(message(seconds()))).toEqual({ status: 401, code: 'MESSAGE_NOT_VERIFIED' });
    expect(await state()).toBe('pending');
  });

  it('does not take a message whose body was changed after it was signed', async () => {
    const { post, seconds, state } = await serve();
    const signature = createHmac('sha256', KEY)
      .update(`msg_1.${seconds()}.${decision({ decision: 'rejected' })}`)
      .digest('base64');
    expect(await post({ id: 'msg_1', body: decision(), signature: `v1,${signature}` })).toMatchObject({ status: 401 });
    expect(await state()).toBe('pending');
  });

  it.each<[string, string, number, string]>([
    ['no JSON', 'approve', 400, 'MESSAGE_INVALID'],
    ['a member that is unknown', decision({ remember: {} }), 400, 'MESSAGE_INVALID'],
    [
      'a member that stands there twice',
      decision().replace('"by"', '"decision":"rejected","by"'),
      400,
      'MESSAGE_INVALID',
    ],
    ['somebody who is not in the map', decision({ by: 'eve@example.com' }), 403, 'APPROVER_UNKNOWN'],
    ['a name that every object has', decision({ by: 'constructor' }), 403, 'APPROVER_UNKNOWN'],
    ['whoever asked', decision({ by: 'builder' }), 422, 'SELF_APPROVAL'],
    ['a request that is not there', decision({ requestId: 'nowhere' }), 404, 'REQUEST_NOT_FOUND'],
    ['other arguments than were shown', decision({ argsDigest: `${'Z'.repeat(42)}A=` }), 409, 'ARGUMENTS_DIFFER'],
  ])('refuses %s', async (_, body, status, code) => {
    const { post, state } = await serve();
    expect(await post({ id: 'msg_1', body })).toMatchObject({ status, code });
    expect(await state()).toBe('pending');
  });

  it('lets a critical call be rejected only, unless it is configured otherwise', async () => {
    const careful = await serve({}, { risk: 'critical' });
    expect(await careful.post({ id: 'msg_1', body: decision() })).toMatchObject({
      status: 403,
      code: 'CRITICAL_NOT_HERE',
    });
    expect(await careful.post({ id: 'msg_2', body: decision({ decision: 'rejected' }) })).toMatchObject({
      status: 200,
    });
    const trusting = await serve({ allowCritical: true }, { risk: 'critical' });
    expect(await trusting.post({ id: 'msg_1', body: decision() })).toMatchObject({ status: 200 });
  });

  it('does not approve what its notice could not show in full', async () => {
    const { post, state } = await serve({}, { args: { text: 'x'.repeat(40_000) } });
    expect(await post({ id: 'msg_1', body: decision() })).toMatchObject({ status: 403, code: 'NOT_SHOWN_IN_FULL' });
    expect(await state()).toBe('pending');
  });

  it('reads no more than it has to', async () => {
    const { post, url, state } = await serve();
    expect(await post({ id: 'msg_1', body: 'x'.repeat(MAX_CALLBACK_BYTES + 1) })).toMatchObject({ status: 413 });
    const endless = await fetch(url, { method: 'POST', body: Buffer.alloc(8 * 1024 * 1024) }).catch(() => undefined);
    expect([413, undefined]).toContain(endless?.status);
    expect(await state()).toBe('pending');
  });

  it('answers that it failed when the decision cannot be recorded, and takes the same message later', async () => {
    const { approvals, environment, draft, state } = await serve();
    let isBroken = true;
    const handler = createDecisionHandler({
      approvals: {
        find: (id) => approvals.find(id),
        refuse: (id, input) => approvals.refuse(id, input),
        decide: (id, input) => (isBroken ? Promise.reject(new Error('the disk')) : approvals.decide(id, input)),
      },
      secrets: SECRET,
      approvers: { 'ada@example.com': 'ada' },
      environment,
    });
    const time = Math.floor(environment.nowUs() / 1_000_000);
    const signature = createHmac('sha256', KEY).update(`msg_1.${time}.${decision()}`).digest('base64');
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': `${time}`, 'webhook-signature': `v1,${signature}` };
    const request = () => new Request('https://example.com/', { method: 'POST', headers, body: decision() });
    const failed = await handler(request());
    expect([failed.status, await failed.text()]).toEqual([503, '{"code":"INTERNAL_ERROR"}\n']);
    expect(await state()).toBe('pending');
    isBroken = false;
    expect((await handler(request())).status).toBe(200);
    expect((await approvals.find(draft().id))?.state).toBe('approved');
  });

  it('is not held up by a sender that never ends', async () => {
    const { port, post } = await serve();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc');
    expect(await post({ id: 'msg_1', body: decision() })).toMatchObject({ status: 200 });
    socket.destroy();
  });

  it.each([[{ secrets: [] }], [{ secrets: 'whpk_AAAA' }], [{ approvers: { 'ada@example.com': '' } }]])(
    'refuses %j',
    async (over) => {
      await expect(serve(over)).rejects.toMatchObject({ name: 'ConfigError', code: 'OPTION_INVALID' });
    },
  );
});
