/**
 * The Slack channel: a message with buttons for each request, answers over Slack's Socket Mode, so that no address has to be open to
 * the Internet.
 */

import { ConfigError, checkIdentifier, createSystemEnvironment, type Environment } from '@countersign/core';
import { z } from 'zod';
import type { Channel, DecisionDesk } from '../channel.js';
import { type ApproverNames, type ApproverOf, readApprovers } from '../channels/approver-map.js';
import { type LinkTo, readLink } from '../channels/notice.js';
import { RETRY_FOR_MS } from '../channels/webhook.js';
import type { ApprovalRecord, ApprovalRequest } from '../request.js';
import { escapeUnsafe } from '../safe-text.js';
import { isSettled, type SettledRequest } from '../waiting-room.js';
import { endedMessage, escapeMrkdwn, requestMessage, tellView } from './blocks.js';
import { buttonKey, formatButtonValue, requestIdOf } from './button-value.js';
import { formatMetadata, type Interaction, type Place, readInteraction } from './interactions.js';
import { RecentNames } from './recent-names.js';
import { SlackApi } from './slack-api.js';
import { SlackSocket } from './slack-socket.js';
import { takeInteraction } from './take-interaction.js';

/** What the Slack channel works with. */
export interface SlackChannelOptions {
  /** `xoxb-...`, with the scope `chat:write`. */
  readonly botToken: string;
  /** `xapp-...`, with the scope `connections:write`. */
  readonly appToken: string;
  /** The id of the channel where requests are shown, such as `C012ABC`; the app is a member of it. */
  readonly channel: string;
  /** The approver for each team and user, such as `{ 'T012ABC/U345DEF': 'ada' }`. Nobody else decides. */
  readonly approvers: ApproverNames;
  /** Its name on record; default `slack`. */
  readonly name?: string;
  /** Where a person can look at the request: a URL with `{id}` in it. */
  readonly link?: string;
  /** Whether critical calls may be approved; default false: they may be rejected only. */
  readonly allowCritical?: boolean;
  /** For how long what fails is tried again, in milliseconds: 0 to 600,000, default 30,000. */
  readonly retryForMs?: number;
  /** Slack's Web API; default `https://slack.com/api/`. `http:` goes to this machine alone. */
  readonly apiUrl?: string;
  /** Told of faults that no request waits for, such as an answer to a click that could not be given. */
  readonly onError?: (error: unknown) => void;
  readonly environment?: Environment;
}

/**
 * A channel that asks in Slack. Its connection keeps the process alive until it is closed with the approval service.
 * @throws ConfigError `OPTION_INVALID` for what cannot be used; tokens are not repeated.
 */
export function createSlackChannel(options: SlackChannelOptions): Channel {
  return new SlackChannel(checkOptions(options));
}

interface Checked extends Required<Omit<SlackChannelOptions, 'approvers' | 'link'>> {
  readonly approverOf: ApproverOf;
  readonly linkTo: LinkTo | undefined;
}

function checkOptions(options: SlackChannelOptions): Checked {
  const { botToken, appToken, channel, name = 'slack', retryForMs = RETRY_FOR_MS.default } = options;
  checkIdentifier('name', name);
  if (!/^(xoxe\.)?xoxb-[\w-]{1,512}$/.test(botToken))
    throw invalid('botToken: expected a token that begins with xoxb-');
  if (!/^xapp-[\w-]{1,512}$/.test(appToken)) throw invalid('appToken: expected a token that begins with xapp-');
  if (!/^[A-Z0-9]{1,64}$/.test(channel)) throw invalid('channel: expected the id of a channel, such as C012ABC');
  if (!Number.isInteger(retryForMs) || retryForMs < 0 || retryForMs > RETRY_FOR_MS.max) {
    throw invalid(`retryForMs: expected 0 to ${RETRY_FOR_MS.max} milliseconds`);
  }
  if (!Object.keys(options.approvers).every((each) => /^[TE][A-Z0-9]{1,63}\/[UW][A-Z0-9]{1,63}$/.test(each))) {
    throw invalid('approvers: expected the ids of a team and a user, such as T012ABC/U345DEF');
  }
  return {
    ...{ botToken, appToken, channel, name, retryForMs },
    approverOf: readApprovers('approvers', options.approvers),
    linkTo: options.link === undefined ? undefined : readLink(options.link),
    allowCritical: options.allowCritical === true,
    apiUrl: readApiUrl(options.apiUrl ?? 'https://slack.com/api/'),
    onError: options.onError ?? (() => undefined),
    environment: options.environment ?? createSystemEnvironment(),
  };
}

/** The tokens go there. */
function readApiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url === undefined || (url.protocol !== 'https:' && !isHere) || url.username !== '' || url.password !== '') {
    throw invalid('apiUrl: expected an https: URL');
  }
  return url.href;
}

function invalid(message: string): ConfigError {
  return new ConfigError('OPTION_INVALID', message);
}

/** Owns the connection, and what was shown. */
class SlackChannel implements Channel {
  readonly name: string;
  readonly #options: Checked;
  readonly #api: SlackApi;
  readonly #socket: SlackSocket;
  readonly #buttonKey: Uint8Array;
  readonly #closing = new AbortController();
  readonly #posted = new Map<string, Promise<Place | undefined>>();
  readonly #envelopes = new RecentNames();
  readonly #recent = new RecentNames();
  #desk: DecisionDesk | undefined;

  constructor(options: Checked) {
    const { name, botToken, ...shared } = options;
    this.name = name;
    this.#options = options;
    this.#buttonKey = buttonKey(options.appToken);
    this.#api = new SlackApi({ ...shared, token: botToken });
    this.#socket = new SlackSocket({ ...shared, interaction: (envelope) => void this.#heard(envelope) });
  }

  attach(desk: DecisionDesk): void {
    this.#desk = desk;
  }

  async show(request: ApprovalRequest, _decide: unknown, signal: AbortSignal): Promise<void> {
    const needed = AbortSignal.any([signal, this.#closing.signal]);
    await this.#socket.connected(needed);
    if (needed.aborted) return;
    const posting = this.#post(request, needed);
    // How it ended may be known before it is known where it stands.
    this.#posted.set(
      request.id,
      posting.catch(() => undefined),
    );
    await posting;
    await this.#socket.untilLost(needed);
  }

  async ended(record: SettledRequest): Promise<void> {
    const { id } = record.request;
    const place = await this.#posted.get(id);
    this.#posted.delete(id);
    if (place !== undefined) await this.#update(place, record);
  }

  async listen(): Promise<void> {
    await this.#socket.connected(this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#socket.close();
  }

  async #post(request: ApprovalRequest, signal: AbortSignal): Promise<Place> {
    const { channel, linkTo, allowCritical } = this.#options;
    const value = formatButtonValue(request, this.#buttonKey);
    const message = requestMessage(request, { value, link: linkTo?.(request), allowCritical });
    const answer = await this.#api.call('chat.postMessage', { channel, ...message, ...PLAIN }, signal);
    return placeSchema.parse(answer);
  }

  async #update(place: Place, record: SettledRequest): Promise<void> {
    await this.#api.call('chat.update', { ...place, ...endedMessage(record) }, this.#closing.signal);
  }

  /** Never rejects: what goes wrong is told where it can be. */
  async #heard({ id, payload }: { readonly id: string; readonly payload: unknown }): Promise<void> {
    try {
      const interaction = this.#envelopes.add(id) ? readInteraction(payload) : undefined;
      if (interaction !== undefined && this.#desk !== undefined) await this.#take(interaction, this.#desk);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #take(interaction: Interaction, desk: DecisionDesk): Promise<void> {
    const id = requestIdOf(interaction.value);
    // What this process shows is brought up to date by `ended`; another process may have shown the rest.
    const isOwn = id !== undefined && this.#posted.has(id);
    const taken = await takeInteraction(interaction, {
      ...this.#options,
      desk,
      buttonKey: this.#buttonKey,
      recent: this.#recent,
    });
    switch (taken.kind) {
      case 'nothing':
        return;
      case 'ask':
        return this.#openDialogue(interaction, taken.record.request);
      case 'told':
        await this.#tell(interaction, taken.text);
        return isOwn ? undefined : this.#refresh(interaction.place, taken.record);
      case 'decided':
        if (taken.record?.state !== 'pending')
          return isOwn ? undefined : this.#refresh(interaction.place, taken.record);
        return this.#tell(interaction, 'Your answer is on record; the request waits for others.');
      default:
        return taken satisfies never;
    }
  }

  /** Brings a message up to date whose request has ended. */
  async #refresh(place: Place, record: ApprovalRecord | undefined): Promise<void> {
    if (record !== undefined && isSettled(record)) await this.#update(place, record);
  }

  async #openDialogue(interaction: Interaction, request: ApprovalRequest): Promise<void> {
    if (!('trigger' in interaction)) return;
    const view = tellView(request, formatMetadata(interaction));
    await this.#api.call('views.open', { trigger_id: interaction.trigger, view }, this.#closing.signal);
  }

  /** To this person alone. */
  async #tell({ user, place: { channel } }: Interaction, text: string): Promise<void> {
    const message = { channel, user, text: escapeMrkdwn(escapeUnsafe(text)) };
    await this.#api.call('chat.postEphemeral', message, this.#closing.signal);
  }
}

/** What is written stays what it is: no previews of links, no names that become mentions. */
const PLAIN = { unfurl_links: false, unfurl_media: false, parse: 'none', link_names: false } as const;

const placeSchema = z.object({ channel: z.string(), ts: z.string() });
