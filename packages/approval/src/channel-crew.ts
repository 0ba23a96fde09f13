/**
 * The channels of one process: shows requests on all of them, tells them how requests ended, and closes them. What fails on one of
 * them is reported, and affects no call and no other channel.
 */

import { type CancelTimer, type Environment, formatTime } from '@countersign/core';
import type { ChannelFailure } from './approvals-events.js';
import type { Channel } from './channel.js';
import type { Decision, DecisionInput } from './decision.js';
import type { ApprovalRequest } from './request.js';
import { escapeUnsafe } from './safe-text.js';
import type { SettledRequest } from './waiting-room.js';

/** What a crew works with. */
export interface ChannelCrewOptions {
  readonly channels: readonly Channel[];
  readonly environment: Environment;
  readonly decide: (id: string, input: DecisionInput) => Promise<Decision>;
  readonly report: (failure: ChannelFailure) => void;
  /** Told of a request that no channel could show. */
  readonly notShown: (request: ApprovalRequest) => void;
}

/** All channels together. */
export class ChannelCrew {
  readonly #options: ChannelCrewOptions;
  readonly #tellings = new Set<Promise<void>>();

  constructor(options: ChannelCrewOptions) {
    this.#options = options;
  }

  /** Shows a request on every channel until `closed` aborts. */
  show(request: ApprovalRequest, closed: AbortSignal): void {
    const shown = this.#options.channels.map((channel) => this.#showOn(channel, request, closed));
    void Promise.all(shown).then((reached) => {
      if (!closed.aborted && !reached.includes(true)) this.#options.notShown(request);
    });
  }

  /** Tells every channel how a request ended. */
  tell(record: SettledRequest): void {
    for (const channel of this.#options.channels) {
      const telling = this.#tell(channel, record).finally(() => this.#tellings.delete(telling));
      this.#tellings.add(telling);
    }
  }

  /** Closes the channels, which have 5 seconds to tell what ended and 5 to close. */
  async close(): Promise<void> {
    await this.#atMost(Promise.all(this.#tellings));
    await this.#atMost(Promise.all(this.#options.channels.map((channel) => this.#close(channel))));
  }

  /** Waits for the channels, but not for ever. */
  async #atMost(work: Promise<unknown>): Promise<void> {
    let cancelTimer: CancelTimer = () => undefined;
    const timeUp = new Promise<void>((resolve) => {
      cancelTimer = this.#options.environment.setTimer(resolve, CHANNEL_CLOSE_MS, { keepAlive: true });
    });
    await Promise.race([work, timeUp]);
    cancelTimer();
  }

  async #close(channel: Channel): Promise<void> {
    try {
      await channel.close?.();
    } catch (error) {
      this.#options.report({ source: channel.name, error });
    }
  }

  async #tell(channel: Channel, record: SettledRequest): Promise<void> {
    try {
      await channel.ended?.(record);
    } catch (error) {
      this.#options.report({ source: channel.name, requestId: record.request.id, error });
    }
  }

  async #showOn(channel: Channel, request: ApprovalRequest, closed: AbortSignal): Promise<boolean> {
    const { decide, report } = this.#options;
    try {
      await channel.show(request, (input) => decide(request.id, { channel: channel.name, ...input }), closed);
      return true;
    } catch (error) {
      report({ source: channel.name, requestId: request.id, error });
      return false;
    }
  }
}

/** A line that says how to answer a request that no channel could show. */
export function howToAnswer(request: ApprovalRequest, answerWith: (request: ApprovalRequest) => string): string {
  const until = formatTime(request.expiresAtUs).slice(11, 19);
  return `A call of ${escapeUnsafe(request.tool)} waits for approval until ${until} UTC, and no channel could show it. Answer it ${answerWith(request)}.`;
}

/** How a program answers a request, as the end of a sentence. */
export function answerByProgram({ id }: ApprovalRequest): string {
  return `with approvals.decide('${id}', { decision, approver }), or open Countersign with a channel`;
}

/** How long closing waits for the channels, in milliseconds. */
const CHANNEL_CLOSE_MS = 5_000;
