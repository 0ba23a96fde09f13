/**
 * What is done about something that somebody did in Slack: whether it may decide, the decision, and what the person is told.
 *
 * Slack says who it was: the decision is server-attested, and no proof of a person.
 */

import { CountersignError, type Environment } from '@countersign/core';
import type { DecisionDesk } from '../channel.js';
import { type ApproverOf, UNMAPPED } from '../channels/approver-map.js';
import type { DecisionInput } from '../decision.js';
import { AlreadyDecidedError, DecisionInvalidError } from '../errors.js';
import type { ApprovalRecord } from '../request.js';
import { mayApproveHere } from './blocks.js';
import { isValueOf, requestIdOf } from './button-value.js';
import type { Interaction } from './interactions.js';
import type { RecentNames } from './recent-names.js';

/** What an interaction is looked at with. */
export interface TakeParts {
  readonly desk: DecisionDesk;
  readonly approverOf: ApproverOf;
  readonly buttonKey: Uint8Array;
  readonly allowCritical: boolean;
  /** The channel's name on record. */
  readonly name: string;
  readonly environment: Pick<Environment, 'nowUs'>;
  /** Clicks, and people who stand for nobody, that came before. */
  readonly recent: RecentNames;
  /** Told of faults that nobody in Slack can do anything about. */
  readonly onError: (error: unknown) => void;
}

/** What comes of it. */
export type Taken =
  /** It was taken before. */
  | { readonly kind: 'nothing' }
  /** What the person is told; `record` is how the request stands, where that may be news to the message. */
  | { readonly kind: 'told'; readonly text: string; readonly record?: ApprovalRecord }
  /** The person wants to say something to the agent. */
  | { readonly kind: 'ask'; readonly record: ApprovalRecord }
  | { readonly kind: 'decided'; readonly record: ApprovalRecord | undefined };

/** How old a click may be, in seconds; and how far ahead of this clock. */
export const CLICK_TOLERANCE_SECONDS = 300;

/** Takes one interaction. */
export async function takeInteraction(interaction: Interaction, parts: TakeParts): Promise<Taken> {
  const { who, value, place } = interaction;
  if ('at' in interaction) {
    if (isStale(interaction.at, parts)) return told('This click is too old, or from the future. Try again.');
    // One click may come in several envelopes.
    const click = `click ${place.channel} ${place.ts} ${interaction.at} ${who} ${interaction.kind} ${value}`;
    if (!parts.recent.add(click)) return { kind: 'nothing' };
  }
  const id = requestIdOf(value);
  const record = id === undefined ? undefined : await parts.desk.find(id);
  if (record === undefined) return told('No request is known under this message.');
  if (!isValueOf(value, record.request, parts.buttonKey)) {
    return told('This message does not show the request that it names. Nothing was decided.');
  }
  const approver = parts.approverOf(who);
  if (approver === undefined) return refuse(interaction, record, parts);
  if (interaction.kind === 'tell') return record.state === 'pending' ? { kind: 'ask', record } : ended(record);
  if (interaction.kind === 'approve' && !mayApproveHere(record.request, parts.allowCritical)) {
    return told('This request cannot be approved in Slack.');
  }
  const { name: channel } = parts;
  return decide(record, { ...answerOf(interaction), approver, channel }, parts);
}

function answerOf(interaction: Interaction): Pick<DecisionInput, 'decision' | 'messageForModel'> {
  if (interaction.kind === 'approve') return { decision: 'approved' };
  return interaction.kind === 'told'
    ? { decision: 'rejected', messageForModel: interaction.message }
    : { decision: 'rejected' };
}

async function decide(record: ApprovalRecord, input: DecisionInput, parts: TakeParts): Promise<Taken> {
  const { id } = record.request;
  try {
    await parts.desk.decide(id, input);
    return { kind: 'decided', record: await parts.desk.find(id) };
  } catch (error) {
    if (error instanceof AlreadyDecidedError) {
      const now = await parts.desk.find(id);
      return told(`Too late: ${error.message}.`, now);
    }
    if (error instanceof DecisionInvalidError) return told(sentence(error));
    parts.onError(error);
    return told(`It could not be recorded${error instanceof CountersignError ? ` (${error.code})` : ''}: try again.`);
  }
}

/** Whoever stands for nobody decides nothing; that they tried is on record, once for each request. */
async function refuse(interaction: Interaction, { request }: ApprovalRecord, parts: TakeParts): Promise<Taken> {
  const { who } = interaction;
  const { desk, name: channel, recent, onError } = parts;
  if (recent.add(`unmapped ${request.id} ${who}`)) {
    const decision = interaction.kind === 'approve' ? 'approved' : 'rejected';
    await desk.refuse(request.id, { decision, approver: { kind: UNMAPPED, id: who }, channel }).catch(onError);
  }
  return told('You are not an approver here. Nothing was decided; that you tried is on record.');
}

function isStale(at: string, { environment }: TakeParts): boolean {
  return Math.abs(environment.nowUs() / 1_000_000 - Number(at)) > CLICK_TOLERANCE_SECONDS;
}

function ended(record: ApprovalRecord): Taken {
  return told(`Too late: the request is ${record.state === 'used' ? 'approved' : record.state} already.`, record);
}

function told(text: string, record?: ApprovalRecord): Taken {
  return { kind: 'told', text, ...(record !== undefined && { record }) };
}

function sentence({ message, hint }: DecisionInvalidError): string {
  return `${message}.${hint === undefined ? '' : ` ${hint}`}`;
}
