/**
 * One better-sqlite3 connection with `timeout: 0`: a busy database is waited for asynchronously, with jitter, so that
 * several processes share a file fairly and no event loop stands still. (SQLite's own busy wait starves one of them.)
 */

import { statSync } from 'node:fs';
import { StoreUnavailableError } from '@countersign/audit';
import type { Environment } from '@countersign/core';
import type { Database } from 'better-sqlite3';
import { closed, isBusy, storeError } from './sqlite-errors.js';
import { TurnTaking } from './turn-taking.js';
import { WalUpkeep } from './wal-upkeep.js';

/** How long to wait for a lock before giving up, in milliseconds. */
export const DEFAULT_LOCK_TIMEOUT_MS = 15_000;

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly database: Database;
  /** Absolute. */
  readonly path: string;
  readonly environment: Environment;
  readonly lockTimeoutMs?: number;
}

/** A connection that waits politely. Every action is synchronous, and nothing else runs on the connection meanwhile. */
export class Connection {
  readonly database: Database;
  readonly path: string;
  readonly #environment: Environment;
  readonly #lockTimeoutMs: number;
  readonly #fileId: string;
  readonly #turns = new TurnTaking();
  #prepared: TransactionStatements | undefined;

  constructor({ database, path, environment, lockTimeoutMs = DEFAULT_LOCK_TIMEOUT_MS }: ConnectionOptions) {
    this.database = database;
    this.path = path;
    this.#environment = environment;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#fileId = fileId(path);
  }

  /**
   * Runs `action`; while the database is busy, waits and runs it again.
   * @throws StoreUnavailableError `STORE_LOCKED` when the lock could not be had in time, `STORE_CLOSED` after `close`; every
   * other SQLite error typed.
   */
  run<T>(action: () => T): Promise<T> {
    return this.#repeat(action, () => true);
  }

  /** Runs reads that must see one state of the database. */
  readTransaction<T>(action: () => T): Promise<T> {
    return this.run(() => this.#between('begin', action));
  }

  /**
   * Takes the write lock, runs `action` once, and commits durably; rolls back when it throws.
   * @throws StoreUnavailableError also `STORE_MISSING` when the path no longer names the file that was opened: what is written
   * to a file that was moved away or deleted would be acknowledged and lost.
   */
  async writeTransaction<T>(action: () => T): Promise<T> {
    const leaveMs = this.#turns.leaveMs(this.nowUs());
    if (leaveMs > 0) await this.#wait(leaveMs);
    const askedUs = this.nowUs();
    let begunUs: number | undefined;
    const once = (): T => {
      begunUs = this.nowUs();
      this.#checkFile();
      return action();
    };
    const answer = await this.#repeat(
      () => this.#inTurn(once),
      () => begunUs === undefined,
    );
    this.#turns.note({ waitedUs: (begunUs ?? askedUs) - askedUs, nowUs: this.nowUs() });
    return answer;
  }

  /** Keeps readers out as well, as changing the schema must while the file has no write-ahead log. `action` may run again. */
  exclusiveTransaction<T>(action: () => T): Promise<T> {
    return this.run(() => this.#between('beginAlone', action));
  }

  /** Waits a millisecond or two. */
  pause(): Promise<void> {
    const [byte = 0] = this.#environment.randomBytes(1);
    return this.#wait(0.5 + (1.5 * byte) / 255);
  }

  /** The environment's forward clock, in microseconds. */
  nowUs(): number {
    return this.#environment.monotonicUs();
  }

  /**
   * A second connection to the same file, which reads while this one writes.
   * @throws StoreUnavailableError `STORE_MISSING` when the path no longer names the file that was opened.
   */
  beside(open: (path: string) => Database): Connection {
    const connection = new Connection({
      database: open(this.path),
      path: this.path,
      environment: this.#environment,
      lockTimeoutMs: this.#lockTimeoutMs,
    });
    if (connection.#fileId === this.#fileId) return connection;
    connection.close();
    throw this.#moved();
  }

  close(): void {
    if (this.database.open) this.database.close();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#environment.setTimer(resolve, ms, { keepAlive: true });
    });
  }

  async #repeat<T>(action: () => T, isRepeatable: () => boolean): Promise<T> {
    const startUs = this.nowUs();
    for (;;) {
      if (!this.database.open) throw closed(this.path);
      try {
        return action();
      } catch (error) {
        if (!isBusy(error) || !isRepeatable()) throw storeError(error, this.path);
        if (this.nowUs() - startUs >= this.#lockTimeoutMs * 1000) throw this.#locked(error);
      }
      await this.pause();
    }
  }

  #inTurn<T>(action: () => T): T {
    this.#prepared ??= prepareTransaction(this.database);
    const { beginWrite, commit, wal } = this.#prepared;
    if (wal.isDue) {
      // An empty transaction, to see that nobody writes: the log cannot be moved within one.
      beginWrite.run();
      commit.run();
      wal.restart();
    }
    const answer = this.#between('beginWrite', action);
    wal.note();
    return answer;
  }

  #between<T>(begin: 'begin' | 'beginWrite' | 'beginAlone', action: () => T): T {
    // Even these read the schema, and so can fail like everything else.
    this.#prepared ??= prepareTransaction(this.database);
    const sql = this.#prepared;
    sql[begin].run();
    try {
      const result = action();
      sql.commit.run();
      return result;
    } catch (error) {
      // Some errors, a full disk among them, have rolled back already.
      if (this.database.inTransaction) sql.rollback.run();
      throw error;
    }
  }

  #checkFile(): void {
    if (fileId(this.path) !== this.#fileId) throw this.#moved();
  }

  #moved(): StoreUnavailableError {
    return new StoreUnavailableError(
      'STORE_MISSING',
      `The store ${this.path} was moved, replaced or deleted while it was open; nothing was written.`,
      { hint: 'Put the file back where it was, or open the store again.' },
    );
  }

  #locked(cause: unknown): StoreUnavailableError {
    return new StoreUnavailableError(
      'STORE_LOCKED',
      `The store ${this.path} is locked: waited ${this.#lockTimeoutMs} ms for another process to finish.`,
      { hint: 'See which process holds the file open for writing, then try again.', cause },
    );
  }
}

type TransactionStatements = ReturnType<typeof prepareTransaction>;

function prepareTransaction(database: Database) {
  return {
    begin: database.prepare('BEGIN'),
    beginWrite: database.prepare('BEGIN IMMEDIATE'),
    beginAlone: database.prepare('BEGIN EXCLUSIVE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    wal: new WalUpkeep(database),
  };
}

function fileId(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.dev}:${found.ino}`;
}
