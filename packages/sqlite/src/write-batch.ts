/**
 * Writes what the log built, inside the transaction that its state was read in.
 */

import { formatApprovalRecord, formatGrantRecord } from '@countersign/approval';
import { type LogBatch, type Removal, StoreCorruptError } from '@countersign/audit';
import type { Statements } from './statements.js';

/**
 * Writes one batch behind the `size` leaves that are there: leaves, payloads, approval rows, head, checkpoint.
 * @throws StoreCorruptError `CONFLICTING_WRITE`
 */
export function writeBatch(sql: Statements, batch: LogBatch, size: number): void {
  if (batch.leaves.some(({ index }, i) => index !== size + i)) throw conflict('Its entries do not follow the head.');
  for (const { index, leaf, leafHash } of batch.leaves) sql.insertLeaf.run(index, leaf, leafHash);
  for (const { index, name, salt, bytes } of batch.payloads) sql.insertPayload.run(index, name, salt, bytes);
  writeRows(sql, batch);
  const newSize = size + batch.leaves.length;
  sql.putHead.run(newSize, batch.edge);
  sql.dropCheckpoint.run(size);
  for (const kept of batch.keep ?? []) sql.keepCheckpoint.run(kept.size, kept.note);
  sql.insertCheckpoint.run(newSize, batch.checkpoint, batch.keepCheckpoint === true ? 1 : 0);
}

/** Removes what a purge states. */
export function writeRemoval(sql: Statements, removal: Removal): void {
  for (const index of removal.leaves) {
    sql.dropLeaf.run(index);
    sql.dropPayloads.run(index);
  }
  for (const { index, name } of removal.payloads) {
    if (name === undefined) sql.dropPayloads.run(index);
    else sql.dropPayload.run(index, name);
  }
  writeRows(sql, removal.cleared ?? { requests: [], grants: [] });
  for (const id of removal.requests) sql.dropRequest.run(id);
  for (const id of removal.grants) sql.dropGrant.run(id);
}

function writeRows(sql: Statements, { requests, grants }: Pick<LogBatch, 'requests' | 'grants'>): void {
  for (const change of requests) {
    const { request } = change.record;
    put(sql.insertRequest, sql.updateRequest, { ...change, id: request.id, text: formatApprovalRecord(change.record) });
  }
  for (const change of grants) {
    const { grant } = change.record;
    put(sql.insertGrant, sql.updateGrant, { ...change, id: grant.id, text: formatGrantRecord(change.record) });
  }
}

interface RowChange {
  readonly expectVersion: number;
  readonly id: string;
  readonly text: string;
}

/** The second line of defence: the log has compared the versions under this very lock. */
function put(
  insert: Statements['insertRequest'],
  update: Statements['updateRequest'],
  { expectVersion, id, text }: RowChange,
): void {
  if (expectVersion === 0) {
    insert.run(id, text);
    return;
  }
  const { changes } = update.run(text, id, expectVersion);
  if (changes !== 1) throw conflict('A row of the approvals is not in the version that was read.');
}

function conflict(why: string): StoreCorruptError {
  return new StoreCorruptError('CONFLICTING_WRITE', `The commit was refused: ${why}`, {
    hint: 'Nothing was written. Run `countersign verify`.',
  });
}
