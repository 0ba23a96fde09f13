/** The e-mail notice, through nodemailer, against a real SMTP server on this machine. */

import { createEmailChannel, type EmailChannelOptions } from '@countersign/approval/email';
import { sampleRequest } from '@countersign/approval/testing';
import { createSystemEnvironment } from '@countersign/core';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { escapeHtml, mailText } from '../src/email/mail-text.js';
import { createWorld, REJECT, turns } from './support.js';

const LINK = 'https://inbox.example.com/requests/{id}';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Mail {
  readonly to: readonly string[];
  readonly source: string;
}

/** A server that keeps what it takes; `refuse` answers the status of the n-th mail, from 0 on. */
async function startMail(
  options: SMTPServerOptions = {},
  refuse: (at: number) => number | undefined = () => undefined,
) {
  const got: Mail[] = [];
  let at = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const status = refuse(at);
        at += 1;
        if (status !== undefined) return done(Object.assign(new Error('secret words'), { responseCode: status }));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        got.push({ to, source: Buffer.concat(chunks).toString() });
        return done();
      });
    },
    ...options,
  });
  // A client that gives the connection up is what some tests are about.
  server.on('error', () => undefined);
  const port = await new Promise<number>((done) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  stops.push(() => new Promise((done) => server.close(() => done())));
  return { got, port };
}

function optionsFor(port: number): EmailChannelOptions {
  return {
    server: { host: '127.0.0.1', port, tls: 'none' },
    from: 'countersign@example.com',
    to: ['ada@example.com', 'bob@example.com'],
    link: LINK,
    retryForMs: 0,
  };
}

function worldWith(options: EmailChannelOptions) {
  const lines: string[] = [];
  const world = createWorld({ channels: [createEmailChannel(options)], warn: (line) => lines.push(line) });
  const failures: unknown[] = [];
  world.approvals.on('channel-failed', ({ error }) => failures.push(error));
  const howToAnswer = new Promise<string>((done) => world.approvals.on('not-shown', (_, how) => done(how)));
  stops.push(() => world.approvals.close());
  return { ...world, lines, failures, howToAnswer };
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error('It did not come about in 20 seconds.');
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** The parts of a mail, with quoted-printable read. */
function read(source: string): string {
  return source
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

describe('the e-mail notice', () => {
  it('tells everybody that a request waits, as text and as HTML, with a link and nothing that decides', async () => {
    const { got, port } = await startMail();
    const { approvals, draft, failures } = worldWith(optionsFor(port));
    const args = { sql: "DELETE FROM a WHERE b = '<script>alert(1)</script>' & 1", token: '[redacted:generic:abc]' };
    const asked = approvals.ask(draft({ args, redacted: true }));
    await until(() => got.length === 1);
    const [mail] = got;
    expect(mail?.to).toEqual(['ada@example.com', 'bob@example.com']);
    const text = read(mail?.source ?? '');
    const [headers = ''] = text.split('\r\n\r\n');
    expect(headers).toContain('Subject: Approval needed: delete_file (destructive)');
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(text).toContain(`Look at it, and decide: ${LINK.replace('{id}', draft().id)}`);
    expect(text).toContain('secrets are replaced by markers');
    const html = text.slice(text.indexOf('<!doctype html>'));
    expect(html).not.toContain('<script>');
    expect(html).toContain(escapeHtml('<script>alert(1)</script>'));
    expect(html).not.toMatch(/approve|<form|<img/i);
    await approvals.decide(draft().id, REJECT);
    await asked;
    await turns();
    expect([got.length, failures]).toEqual([1, []]);
  });

  it('lets no name write headers, and shows what cannot be seen', async () => {
    const { got, port } = await startMail();
    const { approvals, draft } = worldWith(optionsFor(port));
    const tool = 'x\u2028Bcc: eve@example.com \u202e';
    void approvals.ask(draft({ tool })).catch(() => undefined);
    await until(() => got.length === 1);
    const [headers = ''] = (got[0]?.source ?? '').split('\r\n\r\n');
    expect(headers.split('\r\n').filter((line) => /^(bcc|cc|to):/i.test(line))).toEqual([
      'To: ada@example.com, bob@example.com',
    ]);
    expect(headers).toContain('\\u{2028}Bcc: eve@example.com');
    const raw = mailText({ ...sampleRequest(), tool: 'x\r\nBcc: eve@example.com' }, LINK);
    expect(raw.subject).not.toMatch(/[\r\n]/);
  });

  it('tries again with the same Message-ID after what passes', async () => {
    const { got, port } = await startMail({}, (at) => (at === 0 ? 451 : undefined));
    const { approvals, draft, failures } = worldWith({
      ...optionsFor(port),
      retryForMs: 20_000,
      environment: createSystemEnvironment(),
    });
    void approvals.ask(draft()).catch(() => undefined);
    await until(() => got.length === 1);
    expect(got[0]?.source).toMatch(/Message-ID: <[0-9a-f]{32}@countersign\.invalid>/);
    expect(failures).toEqual([]);
  });

  it.each<[string, Partial<EmailChannelOptions['server']>, SMTPServerOptions, string]>([
    [
      'refuses the mail',
      {},
      {
        onMailFrom: (_address, _session, done) => done(Object.assign(new Error('secret words'), { responseCode: 550 })),
      },
      'DELIVERY_REFUSED',
    ],
    [
      'does not know the password',
      { user: 'u', password: 'secret-password', tls: 'starttls' },
      { disabledCommands: [] },
      'DELIVERY_',
    ],
    ['offers no encryption', { tls: 'starttls' }, {}, 'DELIVERY_'],
    ['has a certificate that nobody vouches for', { tls: 'starttls' }, { disabledCommands: [] }, 'DELIVERY_'],
    ['speaks without encryption where it should not', { tls: 'implicit' }, {}, 'DELIVERY_'],
  ])(
    'fails where the server %s, says nothing secret, and the request says how it is answered',
    async (_, server, options, code) => {
      const { got, port } = await startMail(options);
      const base = optionsFor(port);
      const { approvals, draft, failures, lines, howToAnswer } = worldWith({
        ...base,
        server: { ...base.server, ...server },
      });
      void approvals.ask(draft()).catch(() => undefined);
      expect(await howToAnswer).toContain(draft().id);
      expect(failures).toMatchObject([{ code: expect.stringContaining(code) }]);
      expect(
        `${failures.map((error) => (error instanceof Error ? `${error.stack}${JSON.stringify(error)}` : error))}${lines}`,
      ).not.toMatch(/secret/);
      expect([got.length, lines.length]).toEqual([0, 1]);
    },
  );

  it('fails where nobody listens', async () => {
    const { approvals, draft, failures, howToAnswer } = worldWith(optionsFor(1));
    void approvals.ask(draft()).catch(() => undefined);
    await howToAnswer;
    expect(failures).toMatchObject([{ code: 'DELIVERY_UNREACHABLE', message: '127.0.0.1 could not be reached.' }]);
  });

  it.each([
    ['10 MB', { text: 'x'.repeat(10_000_000) }],
    ['1,000 members', Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`m-${at}`, '\u200b<&>']))],
  ])('keeps mails small: %s', (_, args) => {
    const mail = mailText({ ...sampleRequest(), args }, LINK);
    expect(mail.text.length).toBeLessThan(10_000);
    expect(mail.html.length).toBeLessThan(40_000);
    expect(mail.text).toContain('of which this is the beginning');
  });

  it.each<[string, Partial<EmailChannelOptions>]>([
    ['an address that is two', { from: 'a@example.com, b@example.com' }],
    ['an address with a line in it', { to: 'a@example.com\r\nBcc: b@example.com' }],
    ['no address', { to: [] }],
    ['a password without encryption', { server: { host: 'localhost', user: 'u', password: 'secret', tls: 'none' } }],
    ['a password without a user', { server: { host: 'localhost', password: 'secret' } }],
    ['a host that is none', { server: { host: 'a b' } }],
    ['a link that is none', { link: 'javascript:{id}' }],
  ])('refuses options, and does not repeat them: %s', (_, over) => {
    let error: unknown;
    try {
      createEmailChannel({ ...optionsFor(25), ...over });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    expect(String(error)).not.toContain('secret');
  });
});
