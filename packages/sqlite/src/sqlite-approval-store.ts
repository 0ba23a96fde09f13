/**
 * The approvals' side of a SQLite file: reading. Rows are written with the log's batches.
 */

import type { ApprovalRecord, ApprovalStore, GrantFilter, GrantRecord, RequestFilter } from '@countersign/approval';
import type { Connection } from './connection.js';
import { grantRow, requestRow } from './rows.js';
import type { Statements } from './statements.js';

/** The approvals' store over one connection. */
export class SqliteApprovalStore implements ApprovalStore {
  readonly #connection: Connection;
  readonly #sql: Statements;

  constructor(connection: Connection, sql: Statements) {
    this.#connection = connection;
    this.#sql = sql;
  }

  request(id: string): Promise<ApprovalRecord | undefined> {
    return this.#connection.run(() =>
      this.#sql.request
        .all(id)
        .map((record) => requestRow({ id, record }))
        .at(0),
    );
  }

  requests({ states, session, limit = DEFAULT_LIMIT }: RequestFilter = {}): Promise<readonly ApprovalRecord[]> {
    const conditions = ['TRUE'];
    if (states !== undefined) conditions.push(`state IN (${states.map(() => '?').join(', ')})`);
    if (session !== undefined) conditions.push('session = ?');
    const sql = `SELECT id, record FROM approval_requests WHERE ${conditions.join(' AND ')} ORDER BY requested, id LIMIT ?`;
    const parameters = [...(states ?? []), ...(session === undefined ? [] : [session]), Math.min(limit, MAX_LIMIT)];
    return this.#connection.run(() =>
      this.#connection.database
        .prepare(sql)
        .all(...parameters)
        .map(requestRow),
    );
  }

  settled(ids: readonly string[]): Promise<readonly string[]> {
    return this.#connection.run(() => {
      const pending = new Set(this.#sql.pendingOf.all(JSON.stringify(ids)));
      return ids.filter((id) => !pending.has(id));
    });
  }

  grant(id: string): Promise<GrantRecord | undefined> {
    return this.#connection.run(() =>
      this.#sql.grant
        .all(id)
        .map((record) => grantRow({ id, record }))
        .at(0),
    );
  }

  grants(filter?: GrantFilter): Promise<readonly GrantRecord[]> {
    return this.#connection.run(() => this.#grantRows(filter).map(grantRow));
  }

  #grantRows(filter?: GrantFilter): readonly unknown[] {
    if (filter === undefined) return this.#sql.grantsByAge.all();
    return this.#sql.grantsFor.all(filter.toolDigest, filter.session ?? '', filter.nowUs);
  }
}

/** How many requests are answered when nothing is said, and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
