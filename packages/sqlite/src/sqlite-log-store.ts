/**
 * The log's side of a SQLite file.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import {
  type CallFilter,
  callKey,
  type LockAsk,
  type LockedState,
  type LockRequest,
  type LogBatch,
  type LogSnapshot,
  type LogStore,
  lockRequestOf,
  type OpenRangeVerifier,
  type Removal,
  type StoredCheckpoint,
  type StoredHash,
  type StoredHead,
  type StoredLeaf,
  type StoredOutline,
  type StoredPayload,
  type StoredRowText,
  type StoreProblem,
} from '@countersign/audit';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Connection } from './connection.js';
import { compileCallFilter } from './find-calls.js';
import { inspectDatabase } from './inspect.js';
import { readPayloads } from './payload-page.js';
import { builtRangeWorker, startRangeWorkers } from './range-workers.js';
import {
  grantRow,
  readLeaves,
  requestRow,
  toCheckpoint,
  toHash,
  toLeaf,
  toOutline,
  toPayload,
  toRowText,
} from './rows.js';
import { openSnapshot, readHead } from './snapshot.js';
import type { Statements } from './statements.js';
import { writeBatch, writeRemoval } from './write-batch.js';

/** The log's store over one connection. */
export class SqliteLogStore implements LogStore {
  readonly description: string;
  readonly #connection: Connection;
  readonly #sql: Statements;
  /** True while removed bytes may still stand in the write-ahead log. */
  #holdsRemoved = false;

  constructor(connection: Connection, sql: Statements) {
    this.#connection = connection;
    this.#sql = sql;
    this.description = `SQLite file ${connection.path}`;
  }

  async exclusive(
    ask: LockAsk,
    build: (state: LockedState) => (LogBatch & { readonly removal?: Removal }) | undefined,
  ): Promise<void> {
    const { removed } = await this.#connection.writeTransaction(() => this.#commit(ask, build));
    this.#holdsRemoved ||= removed;
    // Where a reader is in the way, later commits look again, and do not wait for it.
    if (this.#holdsRemoved) await this.#truncateWal(removed ? TRUNCATE_ATTEMPTS : 1);
  }

  head(): Promise<StoredHead> {
    return this.#connection.readTransaction(() => readHead(this.#sql));
  }

  leaves({ from, limit }: { readonly from: number; readonly limit: number }): Promise<readonly StoredLeaf[]> {
    return this.#connection.run(() => readLeaves(this.#sql, from, limit));
  }

  outline({ from, limit }: { readonly from: number; readonly limit: number }): Promise<readonly StoredOutline[]> {
    return this.#connection.run(() => this.#sql.outlineFrom.all(from, limit).map(toOutline));
  }

  hashes({ from, limit }: { readonly from: number; readonly limit: number }): Promise<readonly StoredHash[]> {
    return this.#connection.run(() => this.#sql.hashesFrom.all(from, limit).map(toHash));
  }

  payloads({ from, to }: { readonly from: number; readonly to: number }): Promise<readonly StoredPayload[]> {
    return this.#connection.run(() => readPayloads(this.#sql, from, to));
  }

  checkpoints(): Promise<readonly StoredCheckpoint[]> {
    return this.#connection.run(() => this.#sql.checkpoints.all().map(toCheckpoint));
  }

  requestRows({
    after = '',
    limit,
  }: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly ApprovalRecord[]> {
    return this.#connection.run(() => this.#sql.requestsAfter.all(after, limit).map(requestRow));
  }

  grantRows({
    after = '',
    limit,
  }: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly GrantRecord[]> {
    return this.#connection.run(() => this.#sql.grantsAfter.all(after, limit).map(grantRow));
  }

  rowTexts({
    of,
    after = '',
    limit,
  }: {
    readonly of: 'requests' | 'grants';
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly StoredRowText[]> {
    const rows = of === 'requests' ? this.#sql.requestsAfter : this.#sql.grantsAfter;
    return this.#connection.run(() => rows.all(after, limit).map(toRowText));
  }

  inspect(): Promise<readonly StoreProblem[]> {
    return this.#connection.run(() => inspectDatabase(this.#connection.database));
  }

  indexOfId(id: string): Promise<number | undefined> {
    return this.#connection.run(() => indexes(this.#sql.indexOfId.all(id)).at(0));
  }

  findCalls(filter: CallFilter): Promise<readonly number[]> {
    const { sql, parameters } = compileCallFilter(filter);
    return this.#connection.run(() =>
      indexes(
        this.#connection.database
          .prepare(sql)
          .pluck()
          .all(...parameters),
      ),
    );
  }

  entriesOfCalls(
    calls: readonly { readonly run: string; readonly call: string }[],
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    return this.#connection.run(
      () => new Map(calls.map(({ run, call }) => [callKey(run, call), indexes(this.#sql.entriesOf.all(call, run))])),
    );
  }

  findCall(call: string, run?: string): Promise<readonly number[]> {
    return this.#connection.run(() =>
      indexes(run === undefined ? this.#sql.beginOfCall.all(call) : this.#sql.beginOf.all(run, call)),
    );
  }

  findEntries({
    kind,
    from,
    limit,
  }: {
    readonly kind?: string;
    readonly from: number;
    readonly limit: number;
  }): Promise<readonly number[]> {
    return this.#connection.run(() =>
      indexes(
        kind === undefined ? this.#sql.entriesFrom.all(from, limit) : this.#sql.entriesOfKind.all(kind, from, limit),
      ),
    );
  }

  read(
    wanted: readonly number[],
  ): Promise<{ readonly leaves: readonly StoredLeaf[]; readonly payloads: readonly StoredPayload[] }> {
    return this.#connection.run(() => ({
      leaves: wanted.flatMap((index) => this.#sql.leafAt.all(index).map(toLeaf)),
      payloads: wanted.flatMap((index) => this.#sql.payloadsAt.all(index).map(toPayload)),
    }));
  }

  measure(): Promise<{ readonly entries: number; readonly payloads: number; readonly bytes: number }> {
    const { database } = this.#connection;
    return this.#connection.run(() => ({
      entries: Number(this.#sql.countEntries.get()),
      payloads: Number(this.#sql.countPayloads.get()),
      bytes:
        Number(database.pragma('page_count', { simple: true })) *
        Number(database.pragma('page_size', { simple: true })),
    }));
  }

  snapshot(): Promise<LogSnapshot> {
    return openSnapshot(this.#connection);
  }

  rangeVerifier(jobs: number): OpenRangeVerifier | undefined {
    const script = builtRangeWorker();
    return script === undefined ? undefined : startRangeWorkers({ path: this.#connection.path, jobs, script });
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #commit(
    ask: LockAsk,
    build: (state: LockedState) => (LogBatch & { readonly removal?: Removal }) | undefined,
  ): { readonly removed: boolean } {
    const head = readHead(this.#sql);
    const batch = build(this.#readState(lockRequestOf(ask), head));
    if (batch === undefined) return { removed: false };
    writeBatch(this.#sql, batch, head.size);
    if (batch.removal !== undefined) writeRemoval(this.#sql, batch.removal);
    return { removed: batch.removal !== undefined };
  }

  #readState({ requests, grants, calls, probe, newest = [] }: LockRequest, head: StoredHead): LockedState {
    const probed = probe === undefined ? undefined : this.#sql.hashAt.get(probe);
    return {
      head,
      requests: new Map(
        requests.flatMap((id) => this.#sql.request.all(id).map((record) => [id, requestRow({ id, record })])),
      ),
      grants: new Map(grants.flatMap((id) => this.#sql.grant.all(id).map((record) => [id, grantRow({ id, record })]))),
      calls: new Map(
        calls.flatMap(({ run, call }) =>
          indexes(this.#sql.beginOf.all(run, call)).map((index) => [callKey(run, call), index]),
        ),
      ),
      ...(probed instanceof Uint8Array ? { probed } : {}),
      newest: new Map(
        newest.flatMap((kind) => {
          const index = this.#sql.newestOfKind.get(kind);
          return typeof index === 'number' ? [[kind, index]] : [];
        }),
      ),
    };
  }

  /**
   * Cuts the write-ahead log, in which deleted bytes stand as well. The removal is committed already, so a reader or an error in
   * the way is no failure of it: the next commits try again, and so does whoever closes the file last.
   */
  async #truncateWal(attempts: number): Promise<void> {
    for (let attempt = 0; attempt < attempts && this.#holdsRemoved; attempt += 1) {
      if (attempt > 0) await this.#connection.pause();
      this.#holdsRemoved = !truncateWal(this.#connection.database);
    }
  }
}

/** True when nothing stands in the write-ahead log any more. */
function truncateWal(database: Database): boolean {
  try {
    return database.open && database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').pluck().get() === 0;
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError) return false;
    throw error;
  }
}

/** How often a commit that removed something tries to cut the write-ahead log. */
const TRUNCATE_ATTEMPTS = 50;

const indexList = z.array(z.int().nonnegative());

function indexes(rows: readonly unknown[]): readonly number[] {
  return indexList.parse(rows);
}
