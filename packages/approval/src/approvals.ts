/**
 * The approval service: asks, waits, decides, remembers. It writes through the journal only, so that every change is an entry of
 * the log; rows that other processes write reach it through the store.
 */

import { type Actor, type CancelTimer, type Environment, formatTime } from '@countersign/core';
import {
  ApprovalsEmitter,
  type ApprovalsEvents,
  type ApprovalsListener,
  type ChannelFailure,
} from './approvals-events.js';
import type { Channel, DecisionDesk } from './channel.js';
import type { CheckedDecision, Decision, DecisionInput, EditAssessor } from './decision.js';
import {
  AlreadyDecidedError,
  ApprovalError,
  alreadyDecided,
  type DecisionInvalidCode,
  DecisionInvalidError,
  decidedTooLate,
  grantNotFound,
  requestNotFound,
} from './errors.js';
import { freezeDeeply } from './freeze.js';
import type { Grant, GrantRecord } from './grant.js';
import type { DecisionJournal, RequestDraft } from './journal.js';
import { explainDeadGrant, type GrantCandidate, matchesGrant } from './match-grant.js';
import { parseDecisionInput, prepareDecision, withoutUndefined } from './prepare-decision.js';
import type { ApprovalRecord, ApprovalRequest, ExpiryCause } from './request.js';
import { escapeUnsafe } from './safe-text.js';
import { revocationSchema } from './schemas.js';
import { type ApprovalStore, REQUEST_LIMITS, type RequestFilter } from './store.js';
import { isSettled, type SettledRequest, WaitingRoom } from './waiting-room.js';
import { describeIssues } from './zod-issues.js';

/** What the service works with. */
export interface ApprovalsOptions {
  readonly store: ApprovalStore;
  readonly journal: DecisionJournal;
  readonly environment: Environment;
  /** Every request is shown on every channel. */
  readonly channels?: readonly Channel[];
  /** Works out what edited arguments come to; without it no edit is possible. */
  readonly edits?: EditAssessor;
  /** Milliseconds between two readings of the store while a call waits here, one question for all of them; default 250. */
  readonly pollMs?: number;
  /** Takes one line that a person should see, such as how to answer a request that no channel could show. */
  readonly warn?: (line: string) => void;
  /** Puts a decision on record that was refused for who made it. What it throws is reported as `channel-failed`. */
  readonly refused?: (refused: RefusedDecision) => Promise<void>;
  /** How a person answers a request that no channel could show, as the end of a sentence; default: through `approvals.decide`. */
  readonly answerWith?: (request: ApprovalRequest) => string;
}

/** A decision that was refused for who made it; its request goes on waiting. */
export interface RefusedDecision {
  readonly request: ApprovalRequest;
  readonly input: CheckedDecision;
  readonly code: DecisionInvalidCode;
}

/** Which pending requests to list. */
export type PendingFilter = Omit<RequestFilter, 'states'>;

/** Creates the approval service. */
export function createApprovals(options: ApprovalsOptions): Approvals {
  return new Approvals(options);
}

/** The approval service of one process; it owns the timers of the calls that wait here. */
export class Approvals implements DecisionDesk {
  readonly #options: ApprovalsOptions;
  readonly #events: ApprovalsEmitter;
  readonly #room: WaitingRoom;
  readonly #tellings = new Set<Promise<void>>();
  #closed = false;

  constructor(options: ApprovalsOptions) {
    this.#options = options;
    this.#events = new ApprovalsEmitter(options.warn);
    this.#room = new WaitingRoom({
      store: options.store,
      environment: options.environment,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      expire: (request, cause) => this.#expire(request.id, cause),
      found: (record) => this.#ended(record),
      failed: (error) => this.#report({ source: 'store', error }),
    });
    for (const channel of options.channels ?? []) channel.attach?.(this);
  }

  /** One request of any process on this store, in whatever state it is; undefined for an id that no request has. */
  async find(id: string): Promise<ApprovalRecord | undefined> {
    return this.#options.store.request(id);
  }

  /** The requests that may still be decided, oldest first; at most 100 unless the filter says otherwise. */
  async pending(filter: PendingFilter = {}): Promise<readonly ApprovalRequest[]> {
    // Requests of processes that died stay pending in the store: they must not take the places of those that still wait.
    const records = await this.#options.store.requests({ ...filter, limit: REQUEST_LIMITS.max, states: ['pending'] });
    const nowUs = this.#options.environment.nowUs();
    const open = records.map((record) => record.request).filter((request) => nowUs < request.expiresAtUs);
    return open.slice(0, filter.limit ?? REQUEST_LIMITS.default);
  }

  /**
   * Decides a request of any process on this store.
   * @throws DecisionInvalidError when the decision cannot be taken as it is; the request still waits.
   * @throws AlreadyDecidedError `ALREADY_DECIDED` for whoever comes second: who, what and when.
   * @throws ApprovalNotFoundError `REQUEST_NOT_FOUND`.
   */
  async decide(id: string, input: DecisionInput): Promise<Decision> {
    this.#assertOpen();
    const checked = parseDecisionInput(input);
    const { store, journal, environment, edits } = this.#options;
    const record = await store.request(id);
    if (record === undefined) throw requestNotFound(id);
    if (record.state !== 'pending') throw alreadyDecided(record);
    if (environment.nowUs() >= record.request.expiresAtUs) throw decidedTooLate(record);
    const { request } = record;
    const event = await this.#noting({ request, input: checked }, () =>
      prepareDecision(checked, { request, environment, edits }),
    );
    return this.#room.exclusively(id, async () => {
      const written = await this.#noting({ request, input: checked }, () => journal.record(event));
      const settled = answered(written.request);
      if (settled.decision === undefined) throw journalFault('a decided request without its decision');
      this.#ended(settled);
      if (written.grant !== undefined) this.#events.emit('grant-issued', written.grant.grant);
      return settled.decision;
    });
  }

  /** Runs a step of a decision; one that is refused for who decides is put on record. */
  async #noting<T>(tried: Omit<RefusedDecision, 'code'>, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof DecisionInvalidError && NOTED.includes(error.code)) {
        await this.#options.refused?.({ ...tried, code: error.code }).catch((fault: unknown) => {
          this.#report({ source: 'log', requestId: tried.request.id, error: fault });
        });
      }
      throw error;
    }
  }

  /** The grants that may still answer a call, oldest first. */
  async grants(): Promise<readonly Grant[]> {
    const nowUs = this.#options.environment.nowUs();
    const records = await this.#options.store.grants();
    return records.filter((record) => explainDeadGrant(record, nowUs) === undefined).map((record) => record.grant);
  }

  /**
   * Revokes a grant for good.
   * @throws ApprovalNotFoundError `GRANT_NOT_FOUND`.
   * @throws DecisionInvalidError `GRANT_REVOKED` when it was revoked before, `DECISION_INVALID` for a bad input.
   */
  async revoke(grantId: string, revocation: { readonly by: Actor; readonly reason?: string }): Promise<Grant> {
    this.#assertOpen();
    const parsed = revocationSchema.safeParse(withoutUndefined(revocation));
    if (!parsed.success) {
      throw new DecisionInvalidError('DECISION_INVALID', `revocation: ${describeIssues(parsed.error, revocation)}`);
    }
    if ((await this.#options.store.grant(grantId)) === undefined) throw grantNotFound(grantId);
    const { grant } = await this.#options.journal.record({ kind: 'grant-revoked', grantId, ...parsed.data });
    if (grant === undefined) throw journalFault('no row of the grant');
    this.#events.emit('grant-revoked', grant.grant, parsed.data.by);
    return grant.grant;
  }

  /** For the gate: the live grant that answers this call, of several the one that ends first. */
  async findGrant(candidate: GrantCandidate): Promise<GrantRecord | undefined> {
    const nowUs = this.#options.environment.nowUs();
    const { toolDigest, session } = candidate;
    const records = await this.#options.store.grants({ toolDigest, nowUs, ...(session !== undefined && { session }) });
    return records.filter((record) => matchesGrant(record, candidate, nowUs)).sort(byEnd)[0];
  }

  /**
   * For the gate: records a request, shows it on every channel, and waits until it has left `pending`, whoever ends it: an approver
   * here or in another process, its time limit, or `signal`.
   * @throws ApprovalError `APPROVALS_CLOSED` when the service is closed meanwhile; the request then stays pending.
   * @throws What the journal throws when the request or its end cannot be recorded: the call must not run.
   */
  async ask(draft: RequestDraft, options: { readonly signal?: AbortSignal } = {}): Promise<SettledRequest> {
    this.#assertOpen();
    const { request: record } = await this.#options.journal.record({ kind: 'requested', request: draft });
    if (record === undefined) throw journalFault('no row of the request');
    if (isSettled(record)) return record;
    this.#assertOpen();
    return this.#wait(record, options.signal);
  }

  /**
   * For the gate: goes on with a request that was made before, perhaps by another process: answers at once where it has ended, and
   * shows it and waits like `ask` where it has not.
   * @throws ApprovalNotFoundError `REQUEST_NOT_FOUND`; ApprovalError `APPROVALS_CLOSED`.
   */
  async resume(requestId: string, options: { readonly signal?: AbortSignal } = {}): Promise<SettledRequest> {
    this.#assertOpen();
    const record = await this.#options.store.request(requestId);
    if (record === undefined) throw requestNotFound(requestId);
    if (isSettled(record)) return record;
    this.#assertOpen();
    return this.#wait(record, options.signal);
  }

  #wait(record: ApprovalRecord, signal: AbortSignal | undefined): Promise<SettledRequest> {
    const request = freezeDeeply(record.request);
    const { settled, closed, isFirst } = this.#room.wait(request, signal);
    if (isFirst) {
      this.#events.emit('requested', request);
      if (signal?.aborted !== true) this.#show(request, closed);
    }
    return settled;
  }

  /**
   * Records the end of requests whose time ran out while no process waited for them, at most 1,000. What cannot be recorded is
   * reported as `channel-failed`, and tried again when the store is opened next.
   */
  async expireOverdue(): Promise<void> {
    const { store, environment } = this.#options;
    const records = await store.requests({ states: ['pending', 'approved'], limit: REQUEST_LIMITS.max });
    const nowUs = environment.nowUs();
    const overdue = records.filter(({ request }) => nowUs >= request.expiresAtUs);
    await Promise.all(
      overdue.map(({ request: { id } }) =>
        this.#expire(id, 'timeout').catch((error: unknown) => {
          this.#report({ source: 'store', requestId: id, error });
        }),
      ),
    );
  }

  /**
   * For the gate: ends an approved request under which its call will not begin, because the policy has changed meanwhile. One that
   * is over already stays as it is.
   * @throws What the journal throws when that cannot be recorded.
   */
  async giveUp(requestId: string): Promise<void> {
    await this.#expire(requestId, 'aborted');
  }

  /** Adds a listener. What it throws, now or later, is reported as `channel-failed` and never affects a call. */
  on<Name extends keyof ApprovalsEvents>(event: Name, listener: ApprovalsListener<Name>): this {
    this.#events.on(event, listener);
    return this;
  }

  /** Removes a listener. */
  off<Name extends keyof ApprovalsEvents>(event: Name, listener: ApprovalsListener<Name>): this {
    this.#events.off(event, listener);
    return this;
  }

  /**
   * Stops all timers and closes the channels, which have 5 seconds to tell what ended and 5 to close. Calls that wait here fail with
   * `APPROVALS_CLOSED`; their requests stay pending.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#room.failAll(closedError());
    await this.#atMost(Promise.all(this.#tellings));
    await this.#atMost(Promise.all((this.#options.channels ?? []).map((channel) => this.#closeChannel(channel))));
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

  async #closeChannel(channel: Channel): Promise<void> {
    try {
      await channel.close?.();
    } catch (error) {
      this.#report({ source: channel.name, error });
    }
  }

  async #expire(requestId: string, cause: ExpiryCause): Promise<void> {
    try {
      const { request } = await this.#options.journal.record({ kind: 'expired', requestId, cause });
      this.#ended(answered(request));
    } catch (error) {
      const isOver = error instanceof AlreadyDecidedError;
      const isEarly = error instanceof ApprovalError && error.code === 'NOT_YET_EXPIRED';
      if (!isOver && !isEarly) throw error;
    }
  }

  /** The one place where the end of a request becomes known in this process. */
  #ended(record: SettledRequest): void {
    if (this.#room.settle(freezeDeeply(record))) this.#tellChannels(record);
    const { request, decision, cause } = record;
    if (cause !== undefined) this.#events.emit('expired', request, cause);
    else if (decision !== undefined) this.#events.emit('decided', decision, request);
  }

  #tellChannels(record: SettledRequest): void {
    for (const channel of this.#options.channels ?? []) {
      const telling = this.#tell(channel, record).finally(() => this.#tellings.delete(telling));
      this.#tellings.add(telling);
    }
  }

  async #tell(channel: Channel, record: SettledRequest): Promise<void> {
    try {
      await channel.ended?.(record);
    } catch (error) {
      this.#report({ source: channel.name, requestId: record.request.id, error });
    }
  }

  #show(request: ApprovalRequest, closed: AbortSignal): void {
    const channels = this.#options.channels ?? [];
    const shown = channels.map((channel) => this.#showOn(channel, request, closed));
    void Promise.all(shown).then((reached) => {
      if (!closed.aborted && !reached.includes(true)) this.#notShown(request);
    });
  }

  /** Nothing waits in silence. */
  #notShown(request: ApprovalRequest): void {
    const line = howToAnswer(request, this.#options.answerWith ?? answerByProgram);
    this.#options.warn?.(line);
    this.#events.emit('not-shown', request, line);
  }

  async #showOn(channel: Channel, request: ApprovalRequest, closed: AbortSignal): Promise<boolean> {
    try {
      await channel.show(request, (input) => this.decide(request.id, { channel: channel.name, ...input }), closed);
      return true;
    } catch (error) {
      this.#report({ source: channel.name, requestId: request.id, error });
      return false;
    }
  }

  #report(failure: ChannelFailure): void {
    this.#events.emit('channel-failed', failure);
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError();
  }
}

/** Refusals that say something of whoever decided. */
const NOTED: readonly DecisionInvalidCode[] = [
  'SELF_APPROVAL',
  'APPROVER_NOT_ENTITLED',
  'SIGNATURE_INVALID',
  'SIGNATURE_REQUIRED',
];

const DEFAULT_POLL_MS = 250;

/** How long closing waits for the channels, in milliseconds. */
const CHANNEL_CLOSE_MS = 5_000;

function closedError(): ApprovalError {
  return new ApprovalError('APPROVALS_CLOSED', 'the approval service is closed', {
    hint: 'Requests that were open stay pending: any process on the same store can decide them until they expire.',
  });
}

function journalFault(found: string): ApprovalError {
  return new ApprovalError('JOURNAL_ANSWER_INVALID', `the journal answered ${found}`);
}

function answered(record: ApprovalRecord | undefined): SettledRequest {
  if (record === undefined || !isSettled(record)) throw journalFault('a request that is still pending');
  return record;
}

function howToAnswer(request: ApprovalRequest, answerWith: (request: ApprovalRequest) => string): string {
  const until = formatTime(request.expiresAtUs).slice(11, 19);
  return `A call of ${escapeUnsafe(request.tool)} waits for approval until ${until} UTC, and no channel could show it. Answer it ${answerWith(request)}.`;
}

function answerByProgram({ id }: ApprovalRequest): string {
  return `with approvals.decide('${id}', { decision, approver }), or open Countersign with a channel`;
}

/** The one that ends first stands first; of equals the older id. */
function byEnd(a: GrantRecord, b: GrantRecord): number {
  return a.grant.expiresAtUs - b.grant.expiresAtUs || (a.grant.id < b.grant.id ? -1 : 1);
}
