/**
 * Looks for outcomes that a store does not show: a call that seems to have none is compared with every entry behind it.
 */

import { hashLeaf } from '@countersign/tlog';
import { StoreCorruptError } from '../errors.js';
import { sha256 } from '../keys/private-key.js';
import type { ReceiptGround } from '../receipts.js';
import type { LogStore, StoredLeaf } from '../store.js';

/** What was found. */
export type HiddenOutcome =
  | { readonly kind: 'none' }
  /** The outcome at `index` is that of the call that began at `begun`. */
  | { readonly kind: 'hidden'; readonly begun: number; readonly index: number }
  /** There are more entries behind the oldest of these calls than are read. */
  | { readonly kind: 'not-checked' };

/** The most entries that are read to see that a call has no outcome. */
export const MAX_OUTCOME_SCAN = 20_000;

/**
 * Reads the entries behind the oldest of these begin entries.
 * @throws StoreCorruptError `STORE_DAMAGED` or `ENTRY_UNPROVEN` when one is not there, or not what was signed.
 */
export async function findHiddenOutcome(
  { store, ground }: { readonly store: Pick<LogStore, 'leaves'>; readonly ground: ReceiptGround },
  begun: readonly number[],
): Promise<HiddenOutcome> {
  const { size } = ground.state;
  const open = new Set(begun);
  let next = Math.min(...begun, size) + 1;
  if (size - next > MAX_OUTCOME_SCAN) return { kind: 'not-checked' };
  while (next < size) {
    const leaves = await store.leaves({ from: next, limit: Math.min(PAGE, size - next) });
    if (leaves.length === 0) throw damaged('STORE_DAMAGED', next);
    for (const leaf of leaves) {
      if (leaf.index !== next || leaf.unreadable === true) throw damaged('STORE_DAMAGED', next);
      const of = await outcomeOf(leaf, ground);
      if (of !== undefined && open.has(of)) return { kind: 'hidden', begun: of, index: next };
      next += 1;
    }
  }
  return { kind: 'none' };
}

/** The begin entry that a leaf is the outcome of, if it is one. */
async function outcomeOf({ index, leaf }: StoredLeaf, { tree, state }: ReceiptGround): Promise<number | undefined> {
  if (leaf === undefined) return undefined;
  const leafHash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
  const isSigned = Buffer.from(await tree.leafHash(index, state.size)).equals(leafHash);
  if (!isSigned) throw damaged('ENTRY_UNPROVEN', index);
  const [, of] = BEGUN.exec(leaf) ?? [];
  return of === undefined ? undefined : Number(of);
}

const PAGE = 500;

/** Of all kinds, only a result names the entry that it follows; in canonical JSON that member comes first. */
const BEGUN = /^\{"begun":(\d+),/;

function damaged(code: 'STORE_DAMAGED' | 'ENTRY_UNPROVEN', index: number): StoreCorruptError {
  return new StoreCorruptError(code, `Entry ${index} is not what was signed, or not there.`, {
    hint: 'Somebody or something changed the database: run `countersign verify`, and keep a copy of it.',
  });
}
