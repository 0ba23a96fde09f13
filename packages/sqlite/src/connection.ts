/**
 * One better-sqlite3 connection with `timeout: 0`: a busy database is waited for asynchronously, with jitter, so that
 * several processes share a file fairly and no event loop stands still. (SQLite's own busy wait starves one of them.)
 */

import { StoreUnavailableError } from '@countersign/audit';
import type { Environment } from '@countersign/core';
import type { Database } from 'better-sqlite3';
import { closed, isBusy, storeError } from './sqlite-errors.js';

/** How long to wait for a lock before giving up, in milliseconds. */
export const DEFAULT_LOCK_TIMEOUT_MS = 15_000;

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly database: Database;
  readonly path: string;
  readonly environment: Environment;
  readonly lockTimeoutMs?: number;
}

/** A connection that waits politely. */
export class Connection {
  readonly database: Database;
  readonly path: string;
  readonly #environment: Environment;
  readonly #lockTimeoutMs: number;

  constructor({ database, path, environment, lockTimeoutMs = DEFAULT_LOCK_TIMEOUT_MS }: ConnectionOptions) {
    this.database = database;
    this.path = path;
    this.#environment = environment;
    this.#lockTimeoutMs = lockTimeoutMs;
  }

  /**
   * Runs a synchronous read or transaction; while the database is busy, waits and tries again.
   * @throws StoreUnavailableError `STORE_LOCKED` when the lock could not be had in time; every other SQLite error typed.
   */
  async run<T>(action: () => T): Promise<T> {
    const startUs = this.#environment.monotonicUs();
    for (;;) {
      if (!this.database.open) throw closed(this.path);
      try {
        return action();
      } catch (error) {
        if (!isBusy(error)) throw storeError(error, this.path);
        if (this.#environment.monotonicUs() - startUs > this.#lockTimeoutMs * 1000) throw this.#locked(error);
      }
      await this.pause();
    }
  }

  /** Runs `action` between BEGIN IMMEDIATE and COMMIT; rolls back when it throws. */
  async transaction<T>(action: () => T): Promise<T> {
    return this.run(this.database.transaction(action).immediate);
  }

  /** Waits half a millisecond to two. */
  pause(): Promise<void> {
    const [byte = 0] = this.#environment.randomBytes(1);
    return new Promise((resolve) => {
      this.#environment.setTimer(resolve, 0.5 + (1.5 * byte) / 255, { keepAlive: true });
    });
  }

  close(): void {
    if (this.database.open) this.database.close();
  }

  #locked(cause: unknown): StoreUnavailableError {
    return new StoreUnavailableError(
      'STORE_LOCKED',
      `The store ${this.path} is locked: waited ${this.#lockTimeoutMs} ms for another process to finish.`,
      { hint: 'See which process holds the file open for writing, then try again.', cause },
    );
  }
}
