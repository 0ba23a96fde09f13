/** The Slack channel, through Slack's own clients, against a double of Slack on this machine. */

import { createSlackChannel, type SlackChannelOptions } from '@countersign/approval/slack';
import { sampleRequest } from '@countersign/approval/testing';
import { createSystemEnvironment } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestMessage } from '../src/slack/blocks.js';
import { APP_TOKEN, BOT_TOKEN, type SlackDouble, startSlack } from './slack-double.js';
import { createWorld, REJECT } from './support.js';

const LINK = 'https://inbox.example.com/requests/{id}';
const ADA = { team: 'T1', user: 'UADA' };

let slack: SlackDouble;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await slack.close();
});

/** A service with this channel; the time of its requests is the real one. */
function worldWith(over: Partial<SlackChannelOptions> = {}) {
  const faults: unknown[] = [];
  const channelOn = (more: Partial<SlackChannelOptions> = {}) =>
    createSlackChannel({
      botToken: BOT_TOKEN,
      appToken: APP_TOKEN,
      channel: 'C1',
      approvers: { 'T1/UADA': 'ada', 'T1/UBOB': { kind: 'person', id: 'bob' } },
      apiUrl: slack.apiUrl,
      link: LINK,
      retryForMs: 0,
      onError: (error) => faults.push(error),
      ...over,
      ...more,
    });
  const channel = channelOn();
  const lines: string[] = [];
  const refused: { readonly code: string; readonly approver: unknown }[] = [];
  const environment = createSystemEnvironment();
  const base = createWorld();
  const start = (channels = [channel]) => {
    const approvals = base.process({
      environment,
      channels,
      warn: (line) => lines.push(line),
      refused: async ({ code, input: { approver } }) => void refused.push({ code, approver }),
    });
    stops.push(() => approvals.close());
    return approvals;
  };
  const draft: typeof base.draft = (more) => base.draft({ expiresAtUs: environment.nowUs() + 600_000_000, ...more });
  // The journal of the store stamps entries with its own clock.
  base.environment.advance((environment.nowUs() - base.environment.nowUs()) / 1_000);
  const approvals = start();
  const failures: unknown[] = [];
  approvals.on('channel-failed', ({ error }) => failures.push(error));
  return { ...base, approvals, draft, lines, failures, faults, refused, channelOn, start };
}

async function until<T>(read: () => T | undefined | false): Promise<T> {
  const endMs = performance.now() + 20_000;
  for (;;) {
    const found = read();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > endMs) throw new Error('It did not come about in 20 seconds.');
    await new Promise((done) => setTimeout(done, 5));
  }
}

const posted = (at = 0) => until(() => slack.of('chat.postMessage')[at]);

interface Button {
  readonly action_id: string;
  readonly value?: string;
}

function buttonsOf(args: Readonly<Record<string, unknown>>): readonly Button[] {
  const { blocks } = args;
  if (!Array.isArray(blocks)) return [];
  return blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
}

/** A click as Slack tells of it. */
function click(action: string, value: string | undefined, { team, user } = ADA, at = now()) {
  return {
    type: 'block_actions',
    user: { id: user, team_id: team, username: 'somebody' },
    team: { id: 'T1', domain: 'example' },
    api_app_id: 'A1',
    trigger_id: '123.456.abc',
    container: { type: 'message', message_ts: '1760000000.000002', channel_id: 'C1' },
    actions: [{ type: 'button', action_id: `countersign.${action}`, block_id: 'b', value, action_ts: at }],
  };
}

function now(offsetSeconds = 0): string {
  return (Date.now() / 1_000 + offsetSeconds).toFixed(6);
}

async function press(action: string, who = ADA): Promise<void> {
  const { args } = await posted();
  const button = buttonsOf(args).find(({ action_id }) => action_id === `countersign.${action}`);
  await slack.interact(click(action, button?.value, who));
}

const toldTo = (at = 0) => until(() => slack.of('chat.postEphemeral')[at]?.args);

describe('the Slack channel', () => {
  it('shows a request as plain text and takes an approval, acknowledged at once and server-attested', async () => {
    const { approvals, draft } = worldWith();
    const args = {
      command: 'echo <!channel> & <https://x.example|here> \u202e\u200b',
      token: '[redacted:generic:abc]',
    };
    const asked = approvals.ask(draft({ args, redacted: true, tool: 'run <@U1>' }));
    const message = await posted();
    expect(message.token).toBe(BOT_TOKEN);
    expect(message.args).toMatchObject({ channel: 'C1', text: 'Approval needed: run &lt;@U1&gt; (destructive)' });
    const shown = JSON.stringify(message.args.blocks);
    expect(shown).not.toMatch(/"type":"mrkdwn"|\u202e/);
    expect(shown).toContain(JSON.stringify('\\u{202e}\\u{200b}').slice(1, -1));
    expect(shown).toContain('shown in full; secrets are replaced by markers');
    expect(shown).toContain(LINK.replace('{id}', draft().id));
    expect(buttonsOf(message.args).map(({ action_id }) => action_id)).toEqual(
      ['approve', 'reject', 'tell', 'open'].map((each) => `countersign.${each}`),
    );
    const value = buttonsOf(message.args)[0]?.value;
    expect(await slack.interact(click('approve', value))).toBeLessThan(3_000);
    expect((await asked).decision).toMatchObject({
      decision: 'approved',
      approver: { kind: 'person', id: 'ada' },
      attestation: 'server',
      channel: 'slack',
    });
    const update = await until(() => slack.of('chat.update')[0]);
    expect(update.args).toMatchObject({ channel: 'C1', ts: '1760000000.000002' });
    expect(JSON.stringify(update.args.blocks)).toMatch(
      /Approved by person ada through slack at .* \(server-attested\)/,
    );
    expect(buttonsOf(update.args)).toEqual([]);
  });

  it('rejects, also with a message for the agent that is asked for in a dialogue', async () => {
    const { approvals, draft } = worldWith();
    const first = approvals.ask(draft());
    await press('reject');
    expect((await first).decision).toMatchObject({ decision: 'rejected' });
    const second = approvals.ask(draft({ id: 'r-2' }));
    const { args } = await posted(1);
    await slack.interact(click('tell', buttonsOf(args)[0]?.value));
    const opened = await until(() => slack.of('views.open')[0]);
    expect(opened.args.trigger_id).toBe('123.456.abc');
    const { view } = opened.args;
    await slack.interact({
      type: 'view_submission',
      user: { id: 'UBOB', team_id: 'T1' },
      team: null,
      view: {
        ...Object(view),
        state: { values: { message: { text: { type: 'plain_text_input', value: 'Ask ada.' } } } },
      },
    });
    expect((await second).decision).toMatchObject({
      decision: 'rejected',
      approver: { kind: 'person', id: 'bob' },
      messageForModel: 'Ask ada.',
    });
    // What is said to the agent is not everybody's.
    await until(() => slack.of('chat.update')[1]);
    expect(JSON.stringify(slack.of('chat.update'))).not.toContain('Ask ada.');
  });

  it('says how a request ended that somebody else decided, or nobody', async () => {
    const { approvals, draft, process, environment } = worldWith();
    const asked = approvals.ask(draft());
    await posted();
    await process().decide(draft().id, REJECT);
    await asked;
    const update = await until(() => slack.of('chat.update')[0]);
    expect(JSON.stringify(update.args.blocks)).toContain('Rejected by person ada at');
    const stop = new AbortController();
    const given = approvals.ask(draft({ id: 'r-2', expiresAtUs: environment.nowUs() + 3_600_000_000 }), {
      signal: stop.signal,
    });
    await posted(1);
    stop.abort();
    await given;
    const last = await until(() => slack.of('chat.update')[1]);
    expect(JSON.stringify(last.args.blocks)).toContain('Withdrawn: its caller gave up');
  });

  it('takes an answer for a request that another process shows, and brings its message up to date', async () => {
    const { approvals, draft, channelOn, start } = worldWith();
    const asked = approvals.ask(draft());
    const { args } = await posted();
    const second = channelOn();
    start([second]);
    await second.listen?.();
    // Slack sends each interaction to one of the connections: here to the newer one.
    await slack.interact(click('approve', buttonsOf(args)[0]?.value));
    expect((await asked).decision?.channel).toBe('slack');
    await until(() => slack.of('chat.update').length >= 1);
  });
});

describe('whoever is no approver in Slack', () => {
  it.each([
    ['an unmapped user', { team: 'T1', user: 'UEVE' }, 'T1/UEVE'],
    ['the same user of another team', { team: 'T2', user: 'UADA' }, 'T2/UADA'],
  ])('decides nothing and is on record once: %s', async (_, who, name) => {
    const { approvals, draft, refused } = worldWith();
    const asked = approvals.ask(draft());
    await press('approve', who);
    await press('approve', who);
    expect(await toldTo(1)).toMatchObject({
      channel: 'C1',
      user: who.user,
      text: expect.stringContaining('not an approver'),
    });
    expect(refused).toEqual([{ code: 'APPROVER_NOT_ENTITLED', approver: { kind: 'unmapped', id: name } }]);
    expect((await approvals.pending()).length).toBe(1);
    await press('approve');
    expect((await asked).state).toBe('approved');
  });

  it('learns that the requester cannot decide', async () => {
    const { approvals, draft, refused } = worldWith();
    void approvals.ask(draft({ requester: { kind: 'agent', id: 'ada' } })).catch(() => undefined);
    await press('approve');
    expect((await toldTo()).text).toContain('its requester cannot decide it');
    expect(refused).toMatchObject([{ code: 'SELF_APPROVAL' }]);
  });
});

describe('what comes twice, late, or from elsewhere', () => {
  it('is taken once: the same envelope, and the same click in another one', async () => {
    const { approvals, draft } = worldWith();
    const asked = approvals.ask(draft());
    const { args } = await posted();
    const payload = click('approve', buttonsOf(args)[0]?.value);
    await slack.interact(payload, 'same');
    await slack.interact(payload, 'same');
    await slack.interact(payload, 'other');
    expect((await asked).state).toBe('approved');
    await until(() => slack.of('chat.update')[0]);
    await slack.interact(click('reject', buttonsOf(args)[0]?.value));
    expect((await toldTo()).text).toMatch(/^Too late: request .* approved by person ada/);
    expect(slack.of('chat.postEphemeral').length).toBe(1);
  });

  it('is refused when it is old, from the future, tampered with, or about other arguments', async () => {
    const { approvals, draft, store } = worldWith();
    void approvals.ask(draft()).catch(() => undefined);
    void approvals.ask(draft({ id: 'r-2' })).catch(() => undefined);
    const { args } = await posted();
    const value = buttonsOf(args)[0]?.value ?? '';
    const tag = value.slice(value.lastIndexOf('.'));
    for (const payload of [
      click('approve', value, ADA, now(-400)),
      click('approve', value, ADA, now(400)),
      click('approve', `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}x`),
      click('approve', `r-2${tag}`),
      click('approve', `nowhere${tag}`),
      click('approve', draft().id),
    ]) {
      await slack.interact(payload);
    }
    await toldTo(5);
    const texts = slack.of('chat.postEphemeral').map(({ args: { text } }) => text);
    expect(texts.filter((text) => /Approved|Rejected/.test(String(text)))).toEqual([]);
    expect((await store.requests({ states: ['pending'], limit: 10 })).length).toBe(2);
  });

  it('says that a request has run out when its button is clicked later', async () => {
    const { approvals, draft, environment } = worldWith();
    const asked = approvals.ask(draft({ expiresAtUs: createSystemEnvironment().nowUs() + 1_500_000 }));
    const { args } = await posted();
    environment.advance(2_000);
    expect((await asked).state).toBe('expired');
    await until(() => slack.of('chat.update')[0]);
    await slack.interact(click('approve', buttonsOf(args)[0]?.value));
    expect((await toldTo()).text).toMatch(/^Too late: .*expired/);
  });

  it('leaves one winner where two channels decide at once', async () => {
    const { approvals, draft } = worldWith();
    const asked = approvals.ask(draft());
    const { args } = await posted();
    const [, byProgram] = await Promise.all([
      slack.interact(click('approve', buttonsOf(args)[0]?.value)),
      approvals.decide(draft().id, REJECT).then(
        () => 'won',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      ),
    ]);
    const { decision } = await asked;
    if (decision?.channel === 'slack') expect(byProgram).toBe('ALREADY_DECIDED');
    else expect((await toldTo()).text).toMatch(/^Too late: /);
  });

  it('does nothing and harms nothing: frames and payloads that mean nothing', async () => {
    const { approvals, draft, faults } = worldWith();
    const asked = approvals.ask(draft());
    const { args } = await posted();
    const value = buttonsOf(args)[0]?.value;
    const odd = [
      'null',
      '[]',
      '"text"',
      '{',
      '{"type":"error"}',
      '{"type":"events_api","payload":null}',
      '{"type":"interactive"}',
      `{"type":"interactive","envelope_id":"${'x'.repeat(300)}"}`,
      `{"type":"hello","x":"${'y'.repeat(2 * 1024 * 1024)}"}`,
      '\u0000\ud800',
    ];
    for (const frame of odd) slack.frame(frame);
    slack.frame(new Uint8Array([0xff, 0xfe, 0x00]));
    for (const payload of [
      {},
      { type: 'block_actions' },
      { ...click('approve', value), actions: [] },
      { ...click('approve', value), user: { id: '../../x', team_id: 'T1' } },
      { ...click('approve', value), container: { message_ts: 'x', channel_id: 'C1' } },
      { ...click('approve', 'v'.repeat(5_000)) },
      click('open', undefined),
      click('unknown', value),
      {
        type: 'view_submission',
        user: ADA,
        view: { callback_id: 'countersign.tell', private_metadata: '{', state: {} },
      },
    ]) {
      await slack.interact(payload);
    }
    expect((await approvals.pending()).length).toBe(1);
    expect(faults).toEqual([]);
    await slack.interact(click('reject', value));
    expect((await asked).state).toBe('rejected');
  });
});

describe('what is too much for a message', () => {
  it('is cut within a second, at 10 MB', () => {
    const request = { ...sampleRequest(), args: { text: 'x'.repeat(10_000_000) } };
    const started = performance.now();
    const message = requestMessage(request, { value: 'v', allowCritical: false });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(JSON.stringify(message).length).toBeLessThan(10_000);
  });

  it.each([
    ['1 MB', { text: 'x'.repeat(1_000_000) }],
    ['1,000 members', Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`member-${at}`, at]))],
    ['10,000 invisible characters', { text: '\u200b'.repeat(3_000) }],
  ])('is shown as far as it fits, and cannot be approved there: %s', async (_, args) => {
    const { approvals, draft } = worldWith();
    const many = Array.from(
      { length: 40 },
      (_unused, at) => ({ id: `r${at}`, level: 'critical', text: 'y'.repeat(900) }) as const,
    );
    const name = `${'\u200b'.repeat(80)}x`;
    const asked = approvals.ask(draft({ args, reasons: many, tool: name, rule: name, session: name }));
    const message = await posted();
    expect(buttonsOf(message.args).map(({ action_id }) => action_id)).not.toContain('countersign.approve');
    expect(JSON.stringify(message.args)).toContain('of which this is the beginning');
    await slack.interact(click('approve', buttonsOf(message.args)[0]?.value));
    expect((await toldTo()).text).toContain('cannot be approved in Slack');
    await slack.interact(click('reject', buttonsOf(message.args)[0]?.value));
    expect((await asked).state).toBe('rejected');
  });

  it('or too much of a risk: critical calls are approved in Slack only where that is allowed', async () => {
    const strict = worldWith();
    void strict.approvals.ask(strict.draft({ risk: 'critical' })).catch(() => undefined);
    expect(buttonsOf((await posted()).args).map(({ action_id }) => action_id)).not.toContain('countersign.approve');
    const lenient = worldWith({ allowCritical: true });
    const asked = lenient.approvals.ask(lenient.draft({ risk: 'critical' }));
    const { args } = await posted(1);
    await slack.interact(click('approve', buttonsOf(args)[0]?.value));
    expect((await asked).state).toBe('approved');
  });
});

describe('a Slack that fails', () => {
  const expectSilent = (values: readonly unknown[]) => {
    const text = values.map((value) =>
      value instanceof Error ? `${value.stack}${JSON.stringify(value)}` : String(value),
    );
    expect(text.join()).not.toMatch(/xoxb-|xapp-|secret/);
  };

  it.each([
    ['the connection', 'apps.connections.open', 'invalid_auth'],
    ['the message', 'chat.postMessage', 'channel_not_found'],
  ])('refuses %s for good: the channel fails, and the request says how it is answered', async (_, method, error) => {
    slack.trouble(method, { error });
    const { approvals, draft, failures, lines } = worldWith();
    const how = new Promise((resolve) => approvals.on('not-shown', (_request, line) => resolve(line)));
    void approvals.ask(draft()).catch(() => undefined);
    expect(await how).toContain(draft().id);
    expect(failures).toMatchObject([{ code: 'DELIVERY_REFUSED', message: expect.stringContaining(error) }]);
    expect(lines.length).toBe(1);
    expectSilent([...failures, ...lines]);
  });

  it('is tried again where that may help: by status, by its own errors, by a limit of the rate', async () => {
    slack.trouble('apps.connections.open', { status: 503 });
    slack.trouble('chat.postMessage', { error: 'internal_error' }, { retryAfter: 1 });
    const { approvals, draft, failures } = worldWith({ retryForMs: 20_000 });
    const asked = approvals.ask(draft());
    await posted(2);
    const { args } = slack.of('chat.postMessage')[2] ?? { args: {} };
    await slack.interact(click('approve', buttonsOf(args)[0]?.value));
    expect((await asked).state).toBe('approved');
    expect(failures).toEqual([]);
  });

  it.each(['refresh', 'cut'] as const)('and comes back: answers arrive over the next connection (%s)', async (how) => {
    const { approvals, draft, failures } = worldWith({ retryForMs: 20_000 });
    const asked = approvals.ask(draft());
    const { args } = await posted();
    slack[how]();
    await until(() => slack.connections === 2);
    await slack.interact(click('approve', buttonsOf(args)[0]?.value));
    expect((await asked).state).toBe('approved');
    expect(failures).toEqual([]);
  });

  it('and does not come back: the request says how it is answered, with no secret in anything', async () => {
    const { approvals, draft, failures, lines } = worldWith();
    const how = new Promise((resolve) => approvals.on('not-shown', (_request, line) => resolve(line)));
    void approvals.ask(draft()).catch(() => undefined);
    await posted();
    slack.trouble('apps.connections.open', ...Array.from({ length: 20 }, () => ({ status: 500 })));
    slack.cut();
    expect(await how).toContain(draft().id);
    expect(failures).toMatchObject([{ code: 'DELIVERY_UNREACHABLE' }]);
    expectSilent([...failures, ...lines]);
  });
});

describe('options of the Slack channel', () => {
  it.each<[string, Partial<SlackChannelOptions>]>([
    ['an app token in the place of the bot token', { botToken: APP_TOKEN }],
    ['a bot token in the place of the app token', { appToken: BOT_TOKEN }],
    ['the name of a channel', { channel: '#approvals' }],
    ['a user without a team', { approvers: { U1: 'ada' } }],
    ['an address of the Internet without TLS', { apiUrl: 'http://slack.example.com/api/' }],
    ['a time out of bounds', { retryForMs: -1 }],
    ['a link without an id', { link: 'https://inbox.example.com/' }],
  ])('are refused, and not repeated: %s', (_, over) => {
    const base = { botToken: BOT_TOKEN, appToken: APP_TOKEN, channel: 'C1', approvers: { 'T1/U1': 'ada' } };
    let error: unknown;
    try {
      createSlackChannel({ ...base, ...over });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    expect(String(error)).not.toContain('secret');
  });
});
