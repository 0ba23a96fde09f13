/**
 * The events of the approval service, delivered so that no listener can harm a call.
 */

import type { Actor } from '@countersign/core';
import { EventEmitter } from 'eventemitter3';
import type { Decision } from './decision.js';
import type { Grant } from './grant.js';
import type { ApprovalRequest, ExpiryCause } from './request.js';

/** Something around an approval that failed without affecting the call. */
export interface ChannelFailure {
  /** The channel's name, `store` for a reading of the store, or `listener:<event>`. */
  readonly source: string;
  readonly requestId?: string;
  readonly error: unknown;
}

/** What each event tells. It is durable already, and told once. */
export interface ApprovalsEvents {
  /** A request of this process waits. */
  readonly requested: [request: ApprovalRequest];
  /** A request was decided in this process, or one that waits here was decided in another. */
  readonly decided: [decision: Decision, request: ApprovalRequest];
  /** An approval was recorded in this process that does not complete the quorum; so many are missing. */
  readonly 'approval-given': [decision: Decision, request: ApprovalRequest, missing: number];
  /** An approval was withdrawn in this process. */
  readonly 'approval-withdrawn': [request: ApprovalRequest, by: Actor];
  /** A request that waits here has gone to other approvers, who have time until its new end. */
  readonly escalated: [request: ApprovalRequest];
  /** A request that waited here ended without a decision. */
  readonly expired: [request: ApprovalRequest, cause: ExpiryCause];
  readonly 'grant-issued': [grant: Grant];
  readonly 'grant-revoked': [grant: Grant, by: Actor];
  readonly 'channel-failed': [failure: ChannelFailure];
  /** A request waits that no channel could show, with a sentence that says how to answer it. */
  readonly 'not-shown': [request: ApprovalRequest, howToAnswer: string];
}

/** A listener of one event; what it returns is waited for by nobody. */
export type ApprovalsListener<Name extends keyof ApprovalsEvents> = (...args: ApprovalsEvents[Name]) => unknown;

/** An emitter whose listeners are kept apart: one that throws or rejects keeps nobody else from hearing. */
export class ApprovalsEmitter {
  // Untyped inside: `on` and `emit` give every event its own arguments.
  readonly #emitter = new EventEmitter<string>();
  readonly #warn: ((line: string) => void) | undefined;

  constructor(warn?: (line: string) => void) {
    this.#warn = warn;
  }

  on<Name extends keyof ApprovalsEvents>(event: Name, listener: ApprovalsListener<Name>): void {
    this.#emitter.on(event, listener);
  }

  off<Name extends keyof ApprovalsEvents>(event: Name, listener: ApprovalsListener<Name>): void {
    this.#emitter.off(event, listener);
  }

  emit<Name extends keyof ApprovalsEvents>(event: Name, ...args: ApprovalsEvents[Name]): void {
    for (const listener of this.#emitter.listeners(event)) {
      void callListener(() => listener(...args)).catch((error: unknown) => this.#failed(event, error));
    }
  }

  #failed(event: keyof ApprovalsEvents, error: unknown): void {
    if (event === 'channel-failed') this.#warn?.('A listener of channel-failed failed itself.');
    else this.emit('channel-failed', { source: `listener:${event}`, error });
  }
}

/** Begins the call at once; what it throws becomes a rejection. */
async function callListener(call: () => unknown): Promise<void> {
  await call();
}
