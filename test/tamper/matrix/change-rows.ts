/** Small changes of a log's rows, from which attacks are put together. */

import { encodeBase64 } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, encodeEdge, hashLeaf } from '@countersign/tlog';
import { sha256 } from '../../../packages/audit/src/keys/private-key.js';
import { type Evidence, readerOf as readerOfForged } from '../../../packages/audit/test/verify-forge.js';
import { copyOf, type RawRow, type Snapshot, snapshotOfReader, textOf } from '../snapshot.js';
import type { Ground, Variant } from './attack.js';

/** A changed copy of the ground's rows. */
export function changed(ground: Pick<Ground, 'rows'>, name: string, change: (rows: Snapshot) => unknown): Variant {
  const rows = copyOf(ground.rows);
  change(rows);
  return { name, rows };
}

/** The rows of a log that was written again by somebody who has the keys. */
export async function forged(name: string, evidence: Evidence | Promise<Evidence>): Promise<Variant> {
  return { name, rows: await snapshotOfReader(readerOfForged(await evidence)) };
}

export function rowAt(rows: readonly RawRow[], position: number): RawRow {
  const row = rows[position];
  if (row === undefined) throw new Error(`no row ${position}`);
  return row;
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** Changes the text of a column. */
export function editText(row: RawRow, column: string, edit: (text: string) => string): void {
  const before = textOf(row[column]);
  const after = edit(before);
  if (before === after) throw new Error(`${column}: nothing was changed`);
  row[column] = bytesOf(after);
}

/** Every pair of positions. */
export function pairs(count: number): readonly (readonly [number, number])[] {
  const positions = Array.from({ length: count }, (_, i) => i);
  return positions.flatMap((a) => positions.slice(a + 1).map((b) => [a, b] as const));
}

export function swap(rows: RawRow[], [a, b]: readonly [number, number], columns: readonly string[]): void {
  for (const column of columns) {
    const value = rowAt(rows, a)[column] ?? null;
    rowAt(rows, a)[column] = rowAt(rows, b)[column] ?? null;
    rowAt(rows, b)[column] = value;
  }
}

/** Makes indexes, links, hashes, right edge and size fit the leaves again, as anybody can who has no key. */
export function rehash(rows: Snapshot): void {
  let edge = EMPTY_EDGE;
  let prev = encodeBase64(new Uint8Array(32));
  for (const [index, row] of rows.entries.entries()) {
    const text = textOf(row.leaf)
      .replace(/"prev":"[^"]*"/, `"prev":"${prev}"`)
      .replace(/"index":\d+/, `"index":${index}`);
    // A leaf that is no text stays as it is.
    if (row.leaf instanceof Uint8Array && bytesOf(textOf(row.leaf)).length === row.leaf.length)
      row.leaf = bytesOf(text);
    const leafHash = hashLeaf(sha256, row.leaf instanceof Uint8Array ? row.leaf : new Uint8Array());
    row.leaf_hash = leafHash;
    row.idx = index;
    prev = encodeBase64(leafHash);
    edge = appendToEdge(sha256, edge, leafHash);
  }
  rows.head = [{ id: 1, size: edge.size, edge: encodeEdge(edge) }];
}

/** Cuts the log back to `size` entries, with everything that goes with them. */
export function cutTo(rows: Snapshot, size: number): void {
  rows.entries.splice(size);
  rows.payloads = rows.payloads.filter(({ idx }) => typeof idx === 'number' && idx < size);
  rehash(rows);
}
