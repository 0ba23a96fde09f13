/** Several channels at once: the ones that fail are named, the others go on, and where none is left a person is told how to answer. */

import { createScriptedChannel } from '@countersign/approval';
import { createWebhookChannel } from '@countersign/approval/channels';
import { createEmailChannel } from '@countersign/approval/email';
import { createElicitationChannel } from '@countersign/approval/mcp';
import { createSlackChannel } from '@countersign/approval/slack';
import { expect, it } from 'vitest';
import { APPROVE, createWorld, REJECT } from './support.js';

/** Ports on which nobody listens: 1 is never given out. */
const DOWN = '127.0.0.1:1';

function failing() {
  const link = 'https://inbox.example.com/requests/{id}';
  return [
    createSlackChannel({
      botToken: 'xoxb-1',
      appToken: 'xapp-1',
      channel: 'C1',
      approvers: {},
      apiUrl: `http://${DOWN}/api/`,
      retryForMs: 0,
    }),
    createEmailChannel({
      server: { host: '127.0.0.1', port: 1, tls: 'none' },
      from: 'a@example.com',
      to: 'b@example.com',
      link,
      retryForMs: 0,
    }),
    createElicitationChannel({
      server: {
        getClientCapabilities: () => ({}),
        ping: () => Promise.reject(new Error('It was called.')),
        elicitInput: () => Promise.reject(new Error('It was asked.')),
      },
      approver: 'ada',
    }),
    createWebhookChannel({
      url: `http://${DOWN}/hook`,
      secrets: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      allowAddresses: ['127.0.0.1'],
      retryForMs: 0,
    }),
  ];
}

const SOURCES = ['email', 'mcp-elicitation', 'slack', 'webhook'];

it('names each channel that failed, once, and how to answer when none is left', async () => {
  const lines: string[] = [];
  const { approvals, draft } = createWorld({ channels: failing(), warn: (line) => lines.push(line) });
  const failed: string[] = [];
  approvals.on('channel-failed', ({ source }) => failed.push(source));
  const told = new Promise<string>((done) => approvals.on('not-shown', (_, how) => done(how)));
  const asked = approvals.ask(draft());
  const how = await told;
  expect(failed.sort()).toEqual(SOURCES);
  expect(lines).toEqual([how]);
  expect(how).toContain(`approvals.decide('${draft().id}'`);
  await approvals.decide(draft().id, REJECT);
  expect((await asked).state).toBe('rejected');
  await approvals.close();
});

it('goes on with a channel that works, and then nobody has to be told', async () => {
  const lines: string[] = [];
  let answer: () => void = () => undefined;
  const answering = new Promise<void>((done) => {
    answer = done;
  });
  const working = createScriptedChannel(async () => {
    await answering;
    return APPROVE;
  });
  const { approvals, draft } = createWorld({ channels: [...failing(), working], warn: (line) => lines.push(line) });
  const failed: string[] = [];
  const allFailed = new Promise<void>((done) => {
    approvals.on('channel-failed', ({ source }) => {
      if (failed.push(source) === SOURCES.length) done();
    });
  });
  const asked = approvals.ask(draft());
  await allFailed;
  answer();
  expect((await asked).decision).toMatchObject({ decision: 'approved', channel: 'scripted' });
  expect(failed.sort()).toEqual(SOURCES);
  expect(lines).toEqual([]);
  await approvals.close();
});
