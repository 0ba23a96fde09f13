/**
 * A channel that asks the user of an MCP client (Model Context Protocol, "Elicitation"). It works with the server object of an MCP
 * library, and imports none.
 *
 * The client says what its user answered: the decision is server-attested. A client may answer without asking anybody.
 */

import { type Actor, ConfigError, checkIdentifier, createSystemEnvironment, type Environment } from '@countersign/core';
import type { Channel, Decide } from '../channel.js';
import { pause } from '../channels/pause.js';
import { AlreadyDecidedError } from '../errors.js';
import type { ApprovalRequest } from '../request.js';
import { approverSchema } from '../schemas.js';
import { DeliveryError } from '../webhooks/errors.js';
import { type ElicitationForm, formOf, readAnswer } from './elicitation-form.js';

export type { ElicitationForm } from './elicitation-form.js';

/** What is used of an MCP server: `Server` of `@modelcontextprotocol/sdk` is one, and so is `mcpServer.server`. */
export interface ElicitingServer {
  /** What the client declared; undefined before it did. */
  getClientCapabilities(): { readonly elicitation?: object | undefined } | undefined;
  /** Sends `ping` and answers when the client has. */
  ping(): Promise<unknown>;
  /** Sends `elicitation/create` and answers its result. */
  elicitInput(
    form: ElicitationForm,
    options: { readonly signal: AbortSignal; readonly timeout: number },
  ): Promise<unknown>;
}

/** What the channel works with. */
export interface ElicitationChannelOptions {
  /** The server that the client is connected to. */
  readonly server: ElicitingServer;
  /** Whose answers these are: the user of the client. A name alone is a person's. */
  readonly approver: Actor | string;
  /** Shows requests of this session alone: those of others are not for this client's eyes. */
  readonly session?: string;
  /** Its name on record; default `mcp-elicitation`. */
  readonly name?: string;
  /** Whether critical calls may be approved, with the name of the tool typed; default false: they may be rejected only. */
  readonly allowCritical?: boolean;
  readonly environment?: Environment;
}

/**
 * A channel over one connection.
 * @throws ConfigError `OPTION_INVALID` for a name or an approver that cannot be used.
 */
export function createElicitationChannel(options: ElicitationChannelOptions): Channel {
  const { server, session, name = 'mcp-elicitation', allowCritical = false } = options;
  checkIdentifier('name', name);
  const approver = approverSchema.safeParse(options.approver);
  if (!approver.success) throw new ConfigError('OPTION_INVALID', 'approver: expected { kind, id } or an id');
  const environment = options.environment ?? createSystemEnvironment();
  const closing = new AbortController();
  return {
    name,
    show: async (request, decide, signal) => {
      if (session !== undefined && request.session !== session) throw notShown('It is of another session.');
      if (!canElicit(server)) throw notShown('The MCP client offers no forms (the capability `elicitation`).');
      const needed = AbortSignal.any([signal, closing.signal]);
      await reach(server, environment, needed);
      const answer = await elicit(server, request, { allowCritical, environment, signal: needed });
      if (needed.aborted) return;
      const read = readAnswer(answer, request, allowCritical);
      if (read.kind === 'open') throw notShown(`The request goes on waiting: ${read.why}.`);
      await decideOnce(() => decide({ ...read.input, approver: approver.data }));
    },
    close: () => closing.abort(),
  };
}

/** A client that declares the capability without saying for what means forms (revision 2025-11-25, "Capabilities"). */
function canElicit(server: ElicitingServer): boolean {
  const elicitation = server.getClientCapabilities()?.elicitation;
  return elicitation !== undefined && ('form' in elicitation || Object.keys(elicitation).length === 0);
}

/** How often a client is called that does not answer, and for how long each time, in milliseconds. */
const CALLS = 12;
const CALL_MS = 400;

/**
 * Makes sure that the client hears: over HTTP, what is sent while it has no stream open is lost, and the question would wait for an
 * answer that nobody was asked for.
 */
async function reach(server: ElicitingServer, environment: Environment, signal: AbortSignal): Promise<void> {
  for (let call = 0; call < CALLS && !signal.aborted; call += 1) {
    const answered = server.ping().then(
      () => true,
      () => false,
    );
    const isHeard = await Promise.race([answered, pause(environment, CALL_MS, signal).then(() => false)]);
    if (isHeard) return;
  }
  if (!signal.aborted) throw new DeliveryError('DELIVERY_UNREACHABLE', 'The MCP client does not answer.');
}

interface ElicitOptions {
  readonly allowCritical: boolean;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Asks for as long as the request may wait. A request that ends meanwhile is taken back from the client. */
async function elicit(server: ElicitingServer, request: ApprovalRequest, options: ElicitOptions): Promise<unknown> {
  const { allowCritical, environment, signal } = options;
  const leftMs = Math.ceil((request.expiresAtUs - environment.nowUs()) / 1_000);
  // Timers of 32 bits go no further.
  const timeout = Math.min(Math.max(leftMs, 1), 2 ** 31 - 1);
  try {
    return await server.elicitInput(formOf(request, allowCritical), { signal, timeout });
  } catch {
    if (signal.aborted) return undefined;
    // What the client says of it may hold anything.
    throw new DeliveryError('DELIVERY_UNREACHABLE', 'The MCP client did not answer the question.');
  }
}

/** Somebody else may have been quicker; the person sees no more of it. */
async function decideOnce(decide: () => ReturnType<Decide>): Promise<void> {
  try {
    await decide();
  } catch (error) {
    if (!(error instanceof AlreadyDecidedError)) throw error;
  }
}

function notShown(message: string): DeliveryError {
  return new DeliveryError('DELIVERY_REFUSED', message);
}
