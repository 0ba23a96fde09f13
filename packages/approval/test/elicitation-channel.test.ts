/** The MCP channel: a server and a client of the MCP SDK, over Streamable HTTP on this machine. */

import { createServer } from 'node:http';
import { createElicitationChannel, type ElicitationChannelOptions } from '@countersign/approval/mcp';
import { sampleRequest } from '@countersign/approval/testing';
import { createSystemEnvironment } from '@countersign/core';
import { createTestEnvironment } from '@countersign/core/testing';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it } from 'vitest';
import { formOf, readAnswer } from '../src/mcp/elicitation-form.js';
import { createWorld, REJECT, turns } from './support.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type Answer = (
  form: { readonly message: string; readonly requestedSchema: unknown },
  signal: AbortSignal,
) => Promise<ElicitResult>;

/** A server that is connected to a client; without `answer` the client declares no elicitation. */
async function connect(answer?: Answer): Promise<Server> {
  const server = new Server({ name: 'tools', version: '1' }, { capabilities: {} });
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => 'session' });
  await server.connect(transport as Parameters<Server['connect']>[0]);
  const http = createServer((request, response) => {
    void transport.handleRequest(request, response);
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const capabilities = answer === undefined ? {} : { elicitation: {} };
  const client = new Client({ name: 'host', version: '1' }, { capabilities });
  if (answer !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) =>
      answer(
        { message: params.message, requestedSchema: 'requestedSchema' in params ? params.requestedSchema : undefined },
        signal,
      ),
    );
  }
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)) as Parameters<Client['connect']>[0],
  );
  stops.push(async () => {
    await client.close();
    await server.close();
    http.closeAllConnections();
    await new Promise((done) => http.close(done));
  });
  return server;
}

function worldWith(server: Server, over: Partial<ElicitationChannelOptions> = {}) {
  const lines: string[] = [];
  const environment = createSystemEnvironment();
  const channel = createElicitationChannel({ server, approver: 'ada', environment, ...over });
  const base = createWorld();
  base.environment.advance((environment.nowUs() - base.environment.nowUs()) / 1_000);
  const approvals = base.process({ environment, channels: [channel], warn: (line) => lines.push(line) });
  const failures: unknown[] = [];
  approvals.on('channel-failed', ({ error }) => failures.push(error));
  const howToAnswer = new Promise<string>((done) => approvals.on('not-shown', (_, how) => done(how)));
  const draft: typeof base.draft = (more) => base.draft({ expiresAtUs: environment.nowUs() + 600_000_000, ...more });
  stops.push(() => approvals.close());
  return { ...base, approvals, draft, lines, failures, howToAnswer };
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error('It did not come about in 20 seconds.');
    await new Promise((done) => setTimeout(done, 5));
  }
}

const accept = (content: Record<string, string>): ElicitResult => ({ action: 'accept', content });

describe('the MCP channel', () => {
  it('shows a request through the client and takes its approval, server-attested', async () => {
    const forms: Parameters<Answer>[0][] = [];
    const server = await connect(async (form) => {
      forms.push(form);
      return accept({ decision: 'approve' });
    });
    const { approvals, draft } = worldWith(server);
    const args = { path: '/work/a\u202e', token: '[redacted:generic:abc]' };
    const { decision } = await approvals.ask(draft({ args, redacted: true }));
    expect(decision).toMatchObject({
      decision: 'approved',
      approver: { kind: 'person', id: 'ada' },
      attestation: 'server',
      channel: 'mcp-elicitation',
    });
    const [form] = forms;
    expect(form?.message).toContain('Approval needed: delete_file');
    expect(form?.message).toContain('\\u{202e}');
    expect(form?.message).toContain('secrets are replaced by markers');
    expect(form?.requestedSchema).toMatchObject({
      type: 'object',
      required: ['decision'],
      properties: { decision: { type: 'string', enum: ['approve', 'reject'] } },
    });
    // What could be sent off unread answers nothing.
    expect(JSON.stringify(form?.requestedSchema)).not.toContain('default');
  });

  it.each<[string, ElicitResult, object]>([
    ['reject', accept({ decision: 'reject', message: 'Ask for one file.' }), { messageForModel: 'Ask for one file.' }],
    ['reject without a message', accept({ decision: 'reject', message: '' }), { decision: 'rejected' }],
    ['decline', { action: 'decline' }, { decision: 'rejected' }],
  ])('takes a rejection: %s', async (_, answer, expected) => {
    const { approvals, draft } = worldWith(await connect(async () => answer));
    const { decision } = await approvals.ask(draft());
    expect(decision).toMatchObject({ decision: 'rejected', ...expected });
  });

  it.each<[string, Answer | undefined, Partial<ElicitationChannelOptions>]>([
    ['the client declares no elicitation', undefined, {}],
    ['its user closes the question', async () => ({ action: 'cancel' }), {}],
    ['its answer does not fit the form', async () => accept({ decision: 'maybe' }), {}],
    ['its answer is empty', async () => accept({}), {}],
    ['it fails', async () => Promise.reject(new Error('secret words')), {}],
    ['the request is of another session', async () => accept({ decision: 'approve' }), { session: 'other' }],
    ['its user is the requester', async () => accept({ decision: 'approve' }), { approver: 'builder' }],
  ])('decides nothing where %s, and the request says how it is answered', async (_, answer, over) => {
    const { approvals, draft, store, failures, lines, howToAnswer } = worldWith(await connect(answer), over);
    void approvals.ask(draft()).catch(() => undefined);
    expect(await howToAnswer).toContain(draft().id);
    expect((await store.request(draft().id))?.state).toBe('pending');
    expect(failures.length).toBe(1);
    expect(String(failures)).not.toContain('secret');
    expect(lines.length).toBe(1);
  });

  it('takes the question back when somebody else has decided', async () => {
    let takenBack = false;
    let asked: () => void = () => undefined;
    const asking = new Promise<void>((done) => {
      asked = done;
    });
    const server = await connect(
      (_, signal) =>
        new Promise((done) => {
          signal.addEventListener('abort', () => {
            takenBack = true;
            done({ action: 'cancel' });
          });
          asked();
        }),
    );
    const { approvals, draft, failures } = worldWith(server);
    const settled = approvals.ask(draft());
    await asking;
    await approvals.decide(draft().id, REJECT);
    expect((await settled).state).toBe('rejected');
    await until(() => takenBack);
    await turns();
    expect([takenBack, failures]).toEqual([true, []]);
  });

  it('fails where the client cannot hear, instead of waiting for an answer that nobody was asked for', async () => {
    const deaf = {
      getClientCapabilities: () => ({ elicitation: { form: {} } }),
      ping: () => new Promise(() => undefined),
      elicitInput: () => Promise.reject(new Error('It was asked all the same.')),
    };
    const environment = createTestEnvironment();
    const channel = createElicitationChannel({ server: deaf, approver: 'ada', environment });
    const shown = channel.show(sampleRequest(), () => Promise.reject(new Error()), new AbortController().signal);
    const failed = expect(shown).rejects.toMatchObject({ message: 'The MCP client does not answer.' });
    for (let second = 0; second < 12; second += 1) {
      await turns();
      environment.advance(1_000);
    }
    await failed;
  });

  it('asks for as long as the request may wait, and no longer', async () => {
    const server = await connect(() => new Promise(() => undefined));
    const { approvals, draft, environment } = worldWith(server);
    const asked = approvals.ask(draft({ expiresAtUs: createSystemEnvironment().nowUs() + 300_000 }));
    environment.advance(400);
    expect(await asked).toMatchObject({ state: 'expired', cause: 'timeout' });
  });

  it('approves a critical call only where that is allowed, with the name of the tool typed', async () => {
    const answers = [accept({ decision: 'approve' }), accept({ decision: 'approve', tool: 'delete_file' })];
    const server = await connect(async () => answers.shift() ?? { action: 'cancel' });
    const { approvals, draft, howToAnswer } = worldWith(server, { allowCritical: true });
    void approvals.ask(draft({ risk: 'critical' })).catch(() => undefined);
    expect(await howToAnswer).toContain(draft().id);
    const second = await approvals.ask(draft({ id: 'r-2', risk: 'critical' }));
    expect(second.state).toBe('approved');
    expect(formOf({ ...sampleRequest(), risk: 'critical' }, false).requestedSchema.properties.decision?.enum).toEqual([
      'reject',
    ]);
    expect(readAnswer(accept({ decision: 'approve' }), { ...sampleRequest(), risk: 'critical' }, false).kind).toBe(
      'open',
    );
  });
});

describe('the form', () => {
  it.each([
    ['10 MB', { text: 'x'.repeat(10_000_000) }],
    ['1,000 members', Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`m-${at}`, at]))],
    ['invisible characters', { text: '\u200b'.repeat(3_000) }],
  ])('offers no approval of what it does not show in full: %s', (_, args) => {
    const request = { ...sampleRequest(), args };
    const { message, requestedSchema } = formOf(request, true);
    expect(message.length).toBeLessThan(12_000);
    expect(requestedSchema.properties.decision?.enum).toEqual(['reject']);
    expect(readAnswer(accept({ decision: 'approve' }), request, true)).toMatchObject({ kind: 'open' });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'approve'],
    ['another action', { action: 'approve' }],
    ['no content', { action: 'accept' }],
    ['a list', { action: 'accept', content: { decision: ['approve'] } }],
    ['too much', { action: 'accept', content: { decision: 'reject', message: 'x'.repeat(5_000) } }],
    ['half of a character', { action: 'accept', content: { decision: 'reject', message: '\ud800' } }],
  ])('takes nothing from an answer that is none: %s', (_, answer) => {
    expect(readAnswer(answer, sampleRequest(), true)).toMatchObject({ kind: 'open' });
  });
});
