/**
 * The e-mail notice: tells people that a request waits, with a link to the page where it can be decided. It takes no decisions.
 */

import { createHash } from 'node:crypto';
import { ConfigError, checkIdentifier, createSystemEnvironment, type Environment } from '@countersign/core';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Channel } from '../channel.js';
import { type LinkTo, readLink } from '../channels/notice.js';
import { pause, retryWaitMs } from '../channels/pause.js';
import { RETRY_FOR_MS } from '../channels/webhook.js';
import type { ApprovalRequest } from '../request.js';
import { DeliveryError, notReached } from '../webhooks/errors.js';
import { mailText } from './mail-text.js';

/** The server that takes the mail. */
export interface MailServer {
  readonly host: string;
  /** Default 465 for `implicit`, else 587. */
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /**
   * `starttls` (default): a connection that cannot be encrypted is given up. `implicit`: encrypted from the first byte. `none`: not
   * encrypted, for a server on the same machine; no password is sent then.
   */
  readonly tls?: 'starttls' | 'implicit' | 'none';
}

/** What the e-mail notice works with. */
export interface EmailChannelOptions {
  readonly server: MailServer;
  /** One address. */
  readonly from: string;
  /** 1 to 20 addresses. */
  readonly to: string | readonly string[];
  /** The page where a person can look at the request and decide: a URL with `{id}` in it. */
  readonly link: string;
  /** Its name in reports; default `email`. */
  readonly name?: string;
  /** For how long what fails is tried again, in milliseconds: 0 to 600,000, default 30,000. */
  readonly retryForMs?: number;
  readonly environment?: Environment;
}

/** The most addresses that one notice goes to. */
export const MAX_MAIL_ADDRESSES = 20;

/**
 * A channel that sends mail.
 * @throws ConfigError `OPTION_INVALID` for what cannot be used; a password is not repeated.
 */
export function createEmailChannel(options: EmailChannelOptions): Channel {
  const { server, from, to, link, name, retryForMs } = checkOptions(options);
  const environment = options.environment ?? createSystemEnvironment();
  const linkTo = readLink(link);
  const mailer = createTransport({ ...transportOf(server), logger: false });
  const closing = new AbortController();
  return {
    name,
    show: async (request, _decide, signal) => {
      const mail = { from, to: [...to], ...messageOf(request, linkTo) };
      await send(() => mailer.sendMail(mail), {
        host: server.host,
        retryForMs,
        environment,
        signal: AbortSignal.any([signal, closing.signal]),
      });
    },
    close: () => {
      closing.abort();
      mailer.close();
    },
  };
}

/** How long each step of a delivery may take, in milliseconds. */
const STEP_TIMEOUT_MS = 10_000;

const optionsSchema = z.object({
  server: z.strictObject({
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
    port: z.int().min(1).max(65_535).optional(),
    user: z.string().min(1).max(1_024).optional(),
    password: z.string().min(1).max(4_096).optional(),
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  }),
  from: z.email().max(254),
  to: z.union([
    z
      .email()
      .max(254)
      .transform((one) => [one]),
    z.array(z.email().max(254)).min(1).max(MAX_MAIL_ADDRESSES),
  ]),
  link: z.string(),
  name: z.string().default('email'),
  retryForMs: z.int().min(0).max(RETRY_FOR_MS.max).default(RETRY_FOR_MS.default),
});

type Checked = z.infer<typeof optionsSchema>;

function checkOptions(options: EmailChannelOptions): Checked {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    const places = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
    throw new ConfigError('OPTION_INVALID', `email: ${places.join(', ')}: expected what docs/channels.md says`);
  }
  const { server, name } = parsed.data;
  checkIdentifier('name', name);
  if ((server.user === undefined) !== (server.password === undefined)) {
    throw new ConfigError('OPTION_INVALID', 'server: expected a user and a password, or neither');
  }
  if (server.tls === 'none' && server.password !== undefined) {
    throw new ConfigError('OPTION_INVALID', 'server: a password is not sent without encryption');
  }
  return parsed.data;
}

function transportOf({ host, port, user, password, tls }: Checked['server']) {
  return {
    host,
    port: port ?? (tls === 'implicit' ? 465 : 587),
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    // Nothing in a mail names a file or a URL to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function messageOf(request: ApprovalRequest, linkTo: LinkTo) {
  const { log, id } = request;
  const digest = createHash('sha256').update(`${log}\n${id}`).digest('hex').slice(0, 32);
  return {
    ...mailText(request, linkTo(request)),
    // The same each time that the same thing is told: one that was sent twice is shown once.
    messageId: `<${digest}@countersign.invalid>`,
    // RFC 3834, section 5: nobody's absence notice is wanted.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

interface SendOptions {
  readonly host: string;
  readonly retryForMs: number;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Sends, or throws what the last try failed with; returns where `signal` ended it. */
async function send(attempt: () => Promise<unknown>, options: SendOptions): Promise<void> {
  const { host, retryForMs, environment, signal } = options;
  const startUs = environment.monotonicUs();
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (signal.aborted) return;
      const fault = faultOf(host, error);
      const waitMs = retryWaitMs(failures, environment);
      const elapsedMs = (environment.monotonicUs() - startUs) / 1_000;
      if (fault.code !== 'DELIVERY_UNREACHABLE' || elapsedMs + waitMs > retryForMs) throw fault;
      await pause(environment, waitMs, signal);
    }
  }
}

const faultSchema = z.object({
  code: z.string().optional(),
  responseCode: z.int().optional(),
  command: z.string().optional(),
});

/** What the server says stays out of it: it may quote addresses, or what was sent. */
function faultOf(host: string, error: unknown): DeliveryError {
  const parsed = faultSchema.safeParse(error);
  const { code, responseCode } = parsed.success ? parsed.data : {};
  if (responseCode !== undefined) {
    const kind = responseCode >= 500 ? 'DELIVERY_REFUSED' : 'DELIVERY_UNREACHABLE';
    return new DeliveryError(kind, `${host} answered with status ${responseCode}.`, {
      hint: 'See whether the server lets this user send from this address to these.',
    });
  }
  if (code === 'ETLS' || code === 'ECONNECTION_TLS' || code === 'ESOCKET_TLS') {
    return new DeliveryError('DELIVERY_REFUSED', `${host} offers no encryption that can be trusted.`, {
      hint: 'Use a server with a good certificate; tls: none sends without encryption.',
    });
  }
  return notReached(host);
}
