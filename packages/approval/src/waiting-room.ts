/**
 * Calls that wait for a decision in this process: their promises, their time limits, and the reading of the store by which a
 * decision made in another process reaches them.
 */

import type { CancelTimer, Environment } from '@countersign/core';
import { journalFault, requestNotFound } from './errors.js';
import { freezeDeeply } from './freeze.js';
import type { ApprovalRecord, ApprovalRequest, ExpiryCause, RequestState } from './request.js';
import type { ApprovalStore } from './store.js';

/** A request that has left `pending`. */
export interface SettledRequest extends ApprovalRecord {
  readonly state: Exclude<RequestState, 'pending'>;
}

/** What the room does to the world. */
export interface WaitingRoomOptions {
  readonly store: ApprovalStore;
  readonly environment: Environment;
  /** Milliseconds between two readings of the store while anything waits. */
  readonly pollMs: number;
  /** Records the end of a request, or does nothing where somebody else came first or its time is not over yet. */
  readonly expire: (request: ApprovalRequest, cause: ExpiryCause) => Promise<void>;
  /** Told of a request that waits on, with another end and other approvers than before. */
  readonly moved: (request: ApprovalRequest, closed: AbortSignal) => void;
  /** Told of a row that was found settled in the store. */
  readonly found: (record: SettledRequest) => void;
  /** Told of the first of several readings that failed; the next one may succeed, and the time limit holds in any case. */
  readonly failed: (error: unknown) => void;
}

/** A wait for one request. */
export interface Wait {
  readonly settled: Promise<SettledRequest>;
  /** Aborts when the wait is over, however it ended. */
  readonly closed: AbortSignal;
  readonly isFirst: boolean;
}

/** True for a row that no longer waits. */
export function isSettled(record: ApprovalRecord): record is SettledRequest {
  return record.state !== 'pending';
}

/** Owns the timers of waiting requests. */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #waiters = new Map<string, Waiter>();
  #cancelPoll: CancelTimer | undefined;
  #polling = false;
  #readable = true;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  /**
   * Waits until `settle` or `fail` names this request. `signal` and the request's time limit end it through `expire`. Several may wait
   * for one request; `isFirst` says who came first.
   */
  wait(request: ApprovalRequest, signal?: AbortSignal): Wait {
    const known = this.#waiters.get(request.id);
    const waiter = known ?? this.#enter(request);
    const onAbort = () => this.#expire(request.id, 'aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    waiter.controller.signal.addEventListener('abort', () => signal?.removeEventListener('abort', onAbort));
    if (signal?.aborted === true) onAbort();
    return { settled: waiter.promise, closed: waiter.controller.signal, isFirst: known === undefined };
  }

  #enter(request: ApprovalRequest): Waiter {
    const controller = new AbortController();
    const waiter: Waiter = {
      ...withResolvers<SettledRequest>(),
      request,
      controller,
      busy: 0,
      cancelTimer: () => undefined,
    };
    this.#waiters.set(request.id, waiter);
    this.#armExpiry(waiter);
    this.#armPoll();
    return waiter;
  }

  /** Ends a wait with the settled row; false where nothing waits under this id. */
  settle(record: SettledRequest): boolean {
    const waiter = this.#take(record.request.id);
    waiter?.resolve(record);
    return waiter !== undefined;
  }

  /** Ends a wait with an error. */
  fail(requestId: string, error: unknown): void {
    this.#take(requestId)?.reject(error);
  }

  /** Runs `work` while the store's reading leaves this request alone, so that one end is not reported twice. */
  async exclusively<T>(requestId: string, work: () => Promise<T>): Promise<T> {
    const waiter = this.#waiters.get(requestId);
    if (waiter === undefined) return work();
    waiter.busy += 1;
    try {
      return await work();
    } finally {
      waiter.busy -= 1;
    }
  }

  /** Ends every wait with an error; the requests stay as they are in the store. */
  failAll(error: unknown): void {
    for (const id of [...this.#waiters.keys()]) this.fail(id, error);
  }

  #take(requestId: string): Waiter | undefined {
    const waiter = this.#waiters.get(requestId);
    if (waiter === undefined) return undefined;
    this.#waiters.delete(requestId);
    waiter.cancelTimer();
    waiter.controller.abort();
    if (this.#waiters.size === 0) {
      this.#cancelPoll?.();
      this.#cancelPoll = undefined;
    }
    return waiter;
  }

  /** A call that waits keeps its process alive: somebody else may still decide. */
  #armExpiry(waiter: Waiter, atLeastMs = 0): void {
    const { environment } = this.#options;
    waiter.cancelTimer();
    const leftMs = Math.ceil((waiter.request.expiresAtUs - environment.nowUs()) / 1_000);
    waiter.cancelTimer = environment.setTimer(() => this.#timeUp(waiter), Math.max(leftMs, atLeastMs), {
      keepAlive: true,
    });
  }

  /** Timers have a greatest length, and the wall clock may have been set back: only the clock says that time is up. */
  #timeUp(waiter: Waiter): void {
    if (this.#options.environment.nowUs() < waiter.request.expiresAtUs) this.#armExpiry(waiter);
    else this.#expire(waiter.request.id, 'timeout');
  }

  #expire(requestId: string, cause: ExpiryCause): void {
    const waiter = this.#waiters.get(requestId);
    if (waiter === undefined) return;
    void this.exclusively(requestId, () => this.#options.expire(waiter.request, cause))
      .then(() => this.#look(waiter))
      .then(() => {
        // Still here: the journal's clock is behind this one, and the request has not run out yet.
        if (this.#waiters.get(requestId) === waiter && cause === 'timeout')
          this.#armExpiry(waiter, this.#options.pollMs);
      })
      .catch((error: unknown) => this.fail(requestId, error));
  }

  #armPoll(): void {
    if (this.#polling || this.#cancelPoll !== undefined || this.#waiters.size === 0) return;
    this.#cancelPoll = this.#options.environment.setTimer(() => void this.#poll(), this.#options.pollMs);
  }

  async #poll(): Promise<void> {
    this.#cancelPoll = undefined;
    this.#polling = true;
    for (const id of await this.#settledElsewhere()) {
      const waiter = this.#waiters.get(id);
      if (waiter !== undefined) await this.#look(waiter);
    }
    this.#polling = false;
    this.#armPoll();
  }

  /** One question for all that wait, which reads no row: the rows of those that ended are read then, each once. */
  async #settledElsewhere(): Promise<readonly string[]> {
    try {
      return await this.#options.store.settled([...this.#waiters.keys()]);
    } catch (error) {
      if (this.#readable) this.#options.failed(error);
      this.#readable = false;
      return [];
    }
  }

  #move(waiter: Waiter, request: ApprovalRequest): void {
    waiter.request = freezeDeeply(request);
    this.#armExpiry(waiter);
    this.#options.moved(waiter.request, waiter.controller.signal);
  }

  async #look(waiter: Waiter): Promise<void> {
    const { id } = waiter.request;
    if (waiter.busy > 0 || this.#waiters.get(id) !== waiter) return;
    try {
      const record = await this.#options.store.request(id);
      this.#readable = true;
      if (waiter.busy > 0 || this.#waiters.get(id) !== waiter) return;
      if (record === undefined) this.fail(id, requestNotFound(id));
      else if (isSettled(record)) this.#options.found(record);
      else if (record.request.expiresAtUs !== waiter.request.expiresAtUs) this.#move(waiter, record.request);
    } catch (error) {
      if (this.#readable) this.#options.failed(error);
      this.#readable = false;
    }
  }
}

interface Waiter {
  request: ApprovalRequest;
  readonly resolve: (record: SettledRequest) => void;
  readonly reject: (error: unknown) => void;
  readonly promise: Promise<SettledRequest>;
  /** Aborts when the wait is over. */
  readonly controller: AbortController;
  /** How many writes of this process are about to end this request. */
  busy: number;
  cancelTimer: CancelTimer;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** The row that a journal answered for a request that has ended. @throws ApprovalError `JOURNAL_ANSWER_INVALID` */
export function answered(record: ApprovalRecord | undefined): SettledRequest {
  if (record === undefined || !isSettled(record)) throw journalFault('a request that is still pending');
  return record;
}
