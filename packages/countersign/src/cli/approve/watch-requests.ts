/**
 * Follows the requests of a store that other processes write to: what appears, and how it ends. The store is read again and
 * again; one reading takes at most 1,000 requests.
 */

import type { ApprovalRecord, ApprovalRequest, Approvals } from '@countersign/approval';
import type { Environment } from '@countersign/core';

/** What to follow, and whom to tell. */
export interface WatchOptions {
  readonly approvals: Pick<Approvals, 'pending' | 'find'>;
  readonly environment: Environment;
  readonly session?: string;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Told of each request once. `gone` aborts when it no longer waits. */
  readonly appeared: (request: ApprovalRequest, gone: AbortSignal) => Promise<void>;
  /** Told how a request ended that appeared before; the row is `pending` still where only its time is over. */
  readonly ended: (record: ApprovalRecord) => Promise<void>;
}

/** Watches until `signal` aborts. @throws What the store or a callback throws. */
export async function watchRequests(options: WatchOptions): Promise<void> {
  const { approvals, environment, session, signal } = options;
  const open = new Map<string, AbortController>();
  const filter = { limit: MOST_REQUESTS, ...(session !== undefined && { session }) };
  try {
    while (!signal.aborted) {
      const pending = await approvals.pending(filter);
      const waiting = new Set(pending.map(({ id }) => id));
      for (const [id, gone] of open) {
        if (waiting.has(id)) continue;
        open.delete(id);
        gone.abort();
        const record = await approvals.find(id);
        if (record !== undefined) await options.ended(record);
      }
      for (const request of pending) {
        if (open.has(request.id)) continue;
        const gone = new AbortController();
        open.set(request.id, gone);
        await options.appeared(request, gone.signal);
      }
      await pause(environment, signal);
    }
  } finally {
    for (const gone of open.values()) gone.abort();
  }
}

const MOST_REQUESTS = 1_000;

/** Between two readings, in milliseconds. */
const LOOK_EVERY_MS = 250;

async function pause(environment: Environment, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const cancel = environment.setTimer(done, LOOK_EVERY_MS, { keepAlive: true });
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
