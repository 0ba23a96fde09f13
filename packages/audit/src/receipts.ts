/**
 * Makes receipts: entries as they are stored, each with its inclusion proof and the checkpoint of the ground. What is handed out
 * was checked first: nobody is given a receipt that does not verify.
 */

import { encodeBase64 } from '@countersign/core';
import { formatLogProof, hashLeaf, verifyInclusion } from '@countersign/tlog';
import { EntryError, StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
import type { OpenedEntry } from './query/opened-entry.js';
import type { StoredCheckpoint } from './store.js';
import type { TreeHashes } from './tree-hashes.js';
import type { ConsistencyReceipt, Receipt, ReceiptEntry, TreeState } from './verify/receipt.js';
import type { SignedState } from './verify/signed-state.js';

/** What receipts are made over. */
export interface ReceiptGround {
  readonly tree: TreeHashes;
  readonly state: SignedState;
}

/** What to leave out of a receipt. */
export interface ReceiptOptions {
  /** Names of payloads, such as `args` or `result`; the proof holds without them. */
  readonly without?: readonly string[];
}

/**
 * The receipt of one entry, or of a call's begin and result.
 * @throws StoreCorruptError `ENTRY_UNPROVEN` when an entry is not the one in the signed tree.
 */
export async function createReceipt(
  ground: ReceiptGround,
  entries: readonly OpenedEntry[],
  { without = [] }: ReceiptOptions = {},
): Promise<Receipt> {
  const proven: ReceiptEntry[] = [];
  for (const opened of entries) proven.push(await proveEntry(ground, opened, without));
  return { format: 'countersign-receipt', version: 1, entries: proven };
}

/**
 * Two states of the log and the proof between them. A checkpoint is part of it where the log still has the note.
 * @throws EntryError `ENTRY_NOT_FOUND` unless 1 <= from <= to <= the size of the ground.
 */
export async function createConsistencyReceipt(
  { tree, state }: ReceiptGround,
  range: { readonly from: number; readonly to?: number | undefined },
  checkpoints: readonly Pick<StoredCheckpoint, 'size' | 'note'>[],
): Promise<ConsistencyReceipt> {
  const { from, to = state.size } = range;
  if (!isSize(from) || !isSize(to) || from > to || to > state.size) throw noSuchSizes(state.size);
  const notes = [...checkpoints, state];
  const stateOf = async (size: number): Promise<TreeState> => {
    const note = notes.find((one) => one.size === size)?.note;
    const root = encodeBase64(await tree.root(size));
    return { size, root, ...(note === undefined ? {} : { checkpoint: note }) };
  };
  const proof = await tree.consistency(from, to);
  return {
    format: 'countersign-consistency',
    version: 1,
    from: await stateOf(from),
    to: await stateOf(to),
    proof: proof.map(encodeBase64),
  };
}

/** @throws StoreCorruptError `ENTRY_UNPROVEN` when the entry is not the one in the signed tree. */
export async function checkInTree({ tree, state }: ReceiptGround, { index, leaf }: OpenedEntry): Promise<void> {
  const leafHash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
  const isThere = index < state.size && Buffer.from(await tree.leafHash(index, state.size)).equals(leafHash);
  if (!isThere) throw unproven(index);
}

async function proveEntry(
  { tree, state }: ReceiptGround,
  { index, leaf, stored }: OpenedEntry,
  without: readonly string[],
): Promise<ReceiptEntry> {
  if (index >= state.size) throw unproven(index);
  const { size, root, note } = state;
  const hashes = await tree.inclusion(index, size);
  const leafHash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
  if (!verifyInclusion({ hasher: sha256, index, size, leafHash, proof: hashes, root }).ok) throw unproven(index);
  return {
    leaf,
    payloads: stored
      .filter(({ name }) => !without.includes(name))
      .map(({ name, salt, bytes }) => ({ name, salt: encodeBase64(salt), json: Buffer.from(bytes).toString('utf8') })),
    proof: formatLogProof({ index, hashes, checkpoint: note }),
  };
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function unproven(index: number): StoreCorruptError {
  return new StoreCorruptError('ENTRY_UNPROVEN', `Entry ${index} is not the one in the tree that was signed.`, {
    hint: 'Somebody or something changed the database: run `countersign verify`, and keep a copy of it.',
  });
}

function noSuchSizes(size: number): EntryError {
  return new EntryError(
    'ENTRY_NOT_FOUND',
    `The log has been signed at sizes up to ${size}: 1 <= from <= to is needed.`,
    {
      hint: 'Give sizes that the log has had, the earlier one first.',
    },
  );
}
