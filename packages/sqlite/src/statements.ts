/**
 * Every SQL statement of the stores, each named for its one intention, prepared once per connection.
 */

import type { Database, Statement } from 'better-sqlite3';
import { PAYLOAD_PAGE } from './payload-page.js';
import { GRANT, IS_BEGIN } from './schema.js';

export const SQL = {
  head: 'SELECT size, edge FROM head WHERE id = 1',
  newestCheckpoint: 'SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1',
  leafAt: 'SELECT idx, CAST(leaf AS BLOB) AS leaf, leaf_hash FROM entries WHERE idx = ?',
  // NOT INDEXED: an index can be made to lie, the table's own rows are what was hashed.
  leavesFrom: 'SELECT idx, leaf, leaf_hash FROM entries NOT INDEXED WHERE idx >= ? ORDER BY idx LIMIT ?',
  outlineFrom:
    'SELECT idx, leaf_hash, leaf IS NULL AS gone FROM entries NOT INDEXED WHERE idx >= ? ORDER BY idx LIMIT ?',
  hashesFrom: 'SELECT idx, leaf_hash FROM entries NOT INDEXED WHERE idx >= ? ORDER BY idx LIMIT ?',
  payloadsBetween: 'SELECT idx, name, salt, bytes FROM payloads WHERE idx >= ? AND idx < ? ORDER BY idx, name',
  payloadPage: PAYLOAD_PAGE,
  payloadsAt: 'SELECT idx, name, salt, bytes FROM payloads WHERE idx = ? ORDER BY name',
  newestOfKind: 'SELECT max(idx) FROM entries WHERE kind = ?',
  hashAt: 'SELECT leaf_hash FROM entries WHERE idx = ?',
  checkpoints: 'SELECT size, note, kept FROM checkpoints ORDER BY size',
  beginOf: `SELECT idx FROM entries WHERE run = ? AND call = ? AND ${IS_BEGIN}`,
  beginOfCall: `SELECT idx FROM entries WHERE call = ? AND ${IS_BEGIN} ORDER BY idx LIMIT 1000`,
  entriesOf: 'SELECT idx FROM entries WHERE call = ? AND run = ? ORDER BY idx',
  indexOfId: 'SELECT idx FROM entries WHERE id = ?',
  entriesOfKind: 'SELECT idx FROM entries WHERE kind = ? AND idx >= ? ORDER BY idx LIMIT ?',
  entriesFrom: 'SELECT idx FROM entries WHERE leaf IS NOT NULL AND idx >= ? ORDER BY idx LIMIT ?',
  request: 'SELECT record FROM approval_requests WHERE id = ?',
  // The index has all that is asked for: no row is read, however long its arguments are.
  pendingOf:
    "SELECT id FROM approval_requests INDEXED BY approval_requests_by_state WHERE state = 'pending' AND id IN (SELECT value FROM json_each(?))",
  requestsAfter: 'SELECT id, record FROM approval_requests WHERE id > ? ORDER BY id LIMIT ?',
  grant: 'SELECT record FROM approval_grants WHERE id = ?',
  grantsAfter: 'SELECT id, record FROM approval_grants WHERE id > ? ORDER BY id LIMIT ?',
  grantsByAge: 'SELECT id, record FROM approval_grants ORDER BY issued, id',
  grantsFor: `SELECT id, record FROM approval_grants WHERE ${GRANT.toolDigest} = ? AND ${GRANT.session} IN (?, '') AND ${GRANT.expires} > ? AND ${GRANT.isLive} ORDER BY issued, id`,
  countEntries: 'SELECT count(*) FROM entries WHERE leaf IS NOT NULL',
  countPayloads: 'SELECT count(*) FROM payloads',
  insertLeaf: 'INSERT INTO entries (idx, leaf, leaf_hash) VALUES (?, ?, ?)',
  insertPayload: 'INSERT INTO payloads (idx, name, salt, bytes) VALUES (?, ?, ?, ?)',
  putHead:
    'INSERT INTO head (id, size, edge) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET size = excluded.size, edge = excluded.edge',
  dropCheckpoint: 'DELETE FROM checkpoints WHERE size = ? AND kept = 0',
  insertCheckpoint: 'INSERT INTO checkpoints (size, note, kept) VALUES (?, ?, ?)',
  keepCheckpoint:
    'INSERT INTO checkpoints (size, note, kept) VALUES (?, ?, 1) ON CONFLICT (size) DO UPDATE SET note = excluded.note, kept = 1',
  insertRequest: 'INSERT INTO approval_requests (id, record) VALUES (?, ?)',
  updateRequest: "UPDATE approval_requests SET record = ? WHERE id = ? AND record ->> '$.version' = ?",
  insertGrant: 'INSERT INTO approval_grants (id, record) VALUES (?, ?)',
  updateGrant: "UPDATE approval_grants SET record = ? WHERE id = ? AND record ->> '$.version' = ?",
  dropLeaf: 'UPDATE entries SET leaf = NULL WHERE idx = ?',
  dropPayloads: 'DELETE FROM payloads WHERE idx = ?',
  dropPayload: 'DELETE FROM payloads WHERE idx = ? AND name = ?',
  dropRequest: 'DELETE FROM approval_requests WHERE id = ?',
  dropGrant: 'DELETE FROM approval_grants WHERE id = ?',
} as const;

/** The prepared statements, by name. */
export type Statements = { readonly [K in keyof typeof SQL]: Statement<unknown[], unknown> };

/** Prepares every statement. */
export function prepareStatements(database: Database): Statements {
  const prepared = (name: keyof typeof SQL): Statement<unknown[], unknown> =>
    database.prepare<unknown[], unknown>(SQL[name]);
  return {
    head: prepared('head'),
    newestCheckpoint: prepared('newestCheckpoint').pluck(),
    leafAt: prepared('leafAt'),
    leavesFrom: prepared('leavesFrom'),
    outlineFrom: prepared('outlineFrom'),
    hashesFrom: prepared('hashesFrom'),
    payloadsBetween: prepared('payloadsBetween'),
    payloadPage: prepared('payloadPage'),
    payloadsAt: prepared('payloadsAt'),
    newestOfKind: prepared('newestOfKind').pluck(),
    hashAt: prepared('hashAt').pluck(),
    checkpoints: prepared('checkpoints'),
    beginOf: prepared('beginOf').pluck(),
    beginOfCall: prepared('beginOfCall').pluck(),
    entriesOf: prepared('entriesOf').pluck(),
    indexOfId: prepared('indexOfId').pluck(),
    entriesOfKind: prepared('entriesOfKind').pluck(),
    entriesFrom: prepared('entriesFrom').pluck(),
    request: prepared('request').pluck(),
    pendingOf: prepared('pendingOf').pluck(),
    requestsAfter: prepared('requestsAfter'),
    grant: prepared('grant').pluck(),
    grantsAfter: prepared('grantsAfter'),
    grantsByAge: prepared('grantsByAge'),
    grantsFor: prepared('grantsFor'),
    countEntries: prepared('countEntries').pluck(),
    countPayloads: prepared('countPayloads').pluck(),
    insertLeaf: prepared('insertLeaf'),
    insertPayload: prepared('insertPayload'),
    putHead: prepared('putHead'),
    dropCheckpoint: prepared('dropCheckpoint'),
    insertCheckpoint: prepared('insertCheckpoint'),
    keepCheckpoint: prepared('keepCheckpoint'),
    insertRequest: prepared('insertRequest'),
    updateRequest: prepared('updateRequest'),
    insertGrant: prepared('insertGrant'),
    updateGrant: prepared('updateGrant'),
    dropLeaf: prepared('dropLeaf'),
    dropPayloads: prepared('dropPayloads'),
    dropPayload: prepared('dropPayload'),
    dropRequest: prepared('dropRequest'),
    dropGrant: prepared('dropGrant'),
  };
}
