/**
 * The approval service: asks, waits, decides, remembers. It writes through the journal only, so that every change is an entry of
 * the log; rows that other processes write reach it through the store.
 */

import type { Actor, Environment } from '@countersign/core';
import {
  ApprovalsEmitter,
  type ApprovalsEvents,
  type ApprovalsListener,
  type ChannelFailure,
} from './approvals-events.js';
import type { Channel, DecisionDesk } from './channel.js';
import { answerByProgram, ChannelCrew, howToAnswer } from './channel-crew.js';
import type { Decision, DecisionInput, EditAssessor } from './decision.js';
import {
  AlreadyDecidedError,
  ApprovalError,
  alreadyDecided,
  closedError,
  DecisionInvalidError,
  decidedTooLate,
  grantNotFound,
  historyMissing,
  isElsewhere,
  journalFault,
  requestNotFound,
} from './errors.js';
import { freezeDeeply } from './freeze.js';
import type { Grant, GrantRecord, GrantScope } from './grant.js';
import type { ApprovalEvent, DecisionJournal, JournalResult, RequestDraft } from './journal.js';
import { byEnd, explainDeadGrant, type GrantCandidate, matchesGrant } from './match-grant.js';
import { parseApprover, parseDecisionInput, prepareDecision, withoutUndefined } from './prepare-decision.js';
import { type CallHistory, type GrantPreview, previewScope } from './preview-grant.js';
import { missingApprovals } from './quorum.js';
import type { RefusedDecision } from './refused-decision.js';
import type { ApprovalRecord, ApprovalRequest, ExpiryCause } from './request.js';
import { revocationSchema } from './schemas.js';
import { type ApprovalStore, REQUEST_LIMITS, type RequestFilter } from './store.js';
import { answered, isSettled, type SettledRequest, WaitingRoom } from './waiting-room.js';
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
  /** Reads the past calls that `previewGrant` tries a grant on. */
  readonly history?: CallHistory;
  /** Puts a decision on record that was refused. What it throws is reported as `channel-failed`. */
  readonly refused?: (refused: RefusedDecision) => Promise<void>;
  /** How a person answers a request that no channel could show, as the end of a sentence; default: through `approvals.decide`. */
  readonly answerWith?: (request: ApprovalRequest) => string;
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
  readonly #crew: ChannelCrew;
  #closed = false;

  constructor(options: ApprovalsOptions) {
    this.#options = options;
    this.#events = new ApprovalsEmitter(options.warn);
    this.#room = new WaitingRoom({
      store: options.store,
      environment: options.environment,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      expire: (request, cause) => this.#expire(request.id, cause),
      moved: (request, closed) => this.#moved(request, closed),
      found: (record) => this.#ended(record),
      failed: (error) => this.#report({ source: 'store', error }),
    });
    const channels = options.channels ?? [];
    this.#crew = new ChannelCrew({
      channels,
      environment: options.environment,
      decide: (id, input) => this.decide(id, input),
      report: (failure) => this.#report(failure),
      notShown: (request) => this.#notShown(request),
    });
    for (const channel of channels) channel.attach?.(this);
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
   * Decides a request of any process on this store. Where several must approve it, an approval may leave it waiting for the others
   * (`missingApprovals` of its row says how many).
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
    const { request } = record;
    return this.#noting({ request, input: checked }, async () => {
      if (record.state !== 'pending') throw alreadyDecided(record);
      if (environment.nowUs() >= request.expiresAtUs) throw decidedTooLate(record);
      const event = await prepareDecision(checked, { request, environment, edits });
      return this.#room.exclusively(id, async () => this.#decided(event, await journal.record(event)));
    });
  }

  #decided(event: Extract<ApprovalEvent, { kind: 'decided' }>, { request: row, grant }: JournalResult): Decision {
    if (row === undefined) throw journalFault('no row of the request');
    if (row.state === 'pending') {
      const given = row.approvals?.at(-1);
      if (given === undefined) throw journalFault('a decided request without its decision');
      const decision = { ...event.decision, ...given };
      this.#events.emit('approval-given', decision, row.request, missingApprovals(row));
      return decision;
    }
    const settled = answered(row);
    if (settled.decision === undefined) throw journalFault('a decided request without its decision');
    this.#ended(settled);
    if (grant !== undefined) this.#events.emit('grant-issued', grant.grant);
    return settled.decision;
  }

  /**
   * Takes an approval back: the request waits again. Possible until the intent of its call is on record. A grant that was issued with
   * it is revoked.
   * @throws DecisionInvalidError `NOT_APPROVED_BEFORE` where this approver has not approved it, `DECISION_INVALID` for no approver.
   * @throws AlreadyDecidedError `ALREADY_DECIDED` when the call has begun, or the request is over.
   * @throws ApprovalNotFoundError `REQUEST_NOT_FOUND`.
   */
  async withdraw(id: string, approver: Actor | string): Promise<void> {
    this.#assertOpen();
    const by = parseApprover(approver);
    const record = await this.#options.store.request(id);
    if (record === undefined) throw requestNotFound(id);
    const { request, decision } = record;
    await this.#noting({ request, input: { approver: by, decision: 'withdrawn' } }, async () => {
      const written = await this.#options.journal.record({ kind: 'withdrawn', requestId: id, by });
      if (written.request === undefined) throw journalFault('no row of the request');
      this.#events.emit('approval-withdrawn', written.request.request, by);
    });
    const grant = decision?.approver.id === by.id ? decision.grantId : undefined;
    const live = grant === undefined ? undefined : await this.#options.store.grant(grant);
    if (live?.revoked === false) await this.revoke(live.grant.id, { by, reason: 'The approval was withdrawn.' });
  }

  /**
   * For channels that know people by names of their own: puts on record that somebody tried to decide who stands for no approver. An
   * id that no request has is passed over.
   * @throws DecisionInvalidError `DECISION_INVALID`
   */
  async refuse(id: string, given: DecisionInput): Promise<void> {
    this.#assertOpen();
    const input = parseDecisionInput(given);
    const record = await this.#options.store.request(id);
    if (record === undefined) return;
    await this.#note({ request: record.request, input, code: 'APPROVER_NOT_ENTITLED' });
  }

  async #note(refused: RefusedDecision): Promise<void> {
    await this.#options.refused?.(refused).catch((error: unknown) => {
      this.#report({ source: 'log', requestId: refused.request.id, error });
    });
  }

  /** Runs a step of a decision; one that is refused is put on record. */
  async #noting<T>(tried: Omit<RefusedDecision, 'code'>, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof DecisionInvalidError || error instanceof AlreadyDecidedError) {
        await this.#note({ ...tried, code: error.code });
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

  /** Every grant with its uses, oldest first, also those that answer nothing any more. */
  async grantRecords(): Promise<readonly GrantRecord[]> {
    return this.#options.store.grants();
  }

  /**
   * What a grant would have answered in the past, had a request been approved with this `remember`. Nothing is recorded.
   * @throws ApprovalNotFoundError `REQUEST_NOT_FOUND`; ApprovalError `HISTORY_MISSING` without a log to look at; what `previewScope` throws.
   */
  async previewGrant(requestId: string, scope: GrantScope = {}): Promise<GrantPreview> {
    const { store, history, environment } = this.#options;
    if (history === undefined) throw historyMissing();
    const record = await store.request(requestId);
    if (record === undefined) throw requestNotFound(requestId);
    return previewScope(record.request, scope, { history, nowUs: environment.nowUs() });
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
      if (signal?.aborted !== true) this.#crew.show(request, closed);
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
    await this.#crew.close();
  }

  async #expire(requestId: string, cause: ExpiryCause): Promise<void> {
    try {
      const { request } = await this.#options.journal.record({ kind: 'expired', requestId, cause });
      this.#ended(answered(request));
    } catch (error) {
      if (error instanceof ApprovalError && error.code === 'ESCALATES') return this.#escalate(requestId);
      if (!isElsewhere(error)) throw error;
    }
  }

  /** Whoever waits for the request finds out by its row, in this process as in others. */
  async #escalate(requestId: string): Promise<void> {
    try {
      await this.#options.journal.record({ kind: 'escalated', requestId });
    } catch (error) {
      if (!isElsewhere(error)) throw error;
    }
  }

  /** A request that waits here has gone to others: they are shown it. */
  #moved(request: ApprovalRequest, closed: AbortSignal): void {
    this.#events.emit('escalated', request);
    this.#crew.show(request, closed);
  }

  /** The one place where the end of a request becomes known in this process. */
  #ended(record: SettledRequest): void {
    if (this.#room.settle(freezeDeeply(record))) this.#crew.tell(record);
    const { request, decision, cause } = record;
    if (cause !== undefined) this.#events.emit('expired', request, cause);
    else if (decision !== undefined) this.#events.emit('decided', decision, request);
  }

  /** Nothing waits in silence. */
  #notShown(request: ApprovalRequest): void {
    const line = howToAnswer(request, this.#options.answerWith ?? answerByProgram);
    this.#options.warn?.(line);
    this.#events.emit('not-shown', request, line);
  }

  #report(failure: ChannelFailure): void {
    this.#events.emit('channel-failed', failure);
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError();
  }
}

const DEFAULT_POLL_MS = 250;
