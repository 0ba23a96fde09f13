/**
 * The ground that proofs stand on: a checkpoint of the log that is signed by its identity key and whose root is that of the
 * stored leaf hashes, at the size that it states. Proof and size always come from this one checkpoint.
 */

import { encodeBase64 } from '@countersign/core';
import type { VerifierKey } from '@countersign/tlog';
import { EntryError, KeyError, StoreCorruptError } from './errors.js';
import type { LogStore } from './store.js';
import type { TreeHashes } from './tree-hashes.js';
import { type SignedState, verifyState } from './verify/signed-state.js';

/** What a ground is looked for in. */
export interface GroundParts {
  readonly store: Pick<LogStore, 'head' | 'checkpoints'>;
  readonly tree: TreeHashes;
  /** The identity key that the checkpoint must be signed with. */
  readonly key: VerifierKey;
  /** Whether the caller gave that key: what does not fit it is then another log. */
  readonly isPinned: boolean;
}

/**
 * The newest checkpoint that the identity has signed, checked against the stored leaf hashes.
 * @param atLeast A size that it must have at the least.
 * @throws KeyError `KEY_MISMATCH` when a pinned key has signed none; EntryError `ENTRY_NOT_SIGNED` when none reaches so far yet;
 *   StoreCorruptError `STORE_DAMAGED` when the leaf hashes do not come to the signed root.
 */
export async function findGround(parts: GroundParts, atLeast = 0): Promise<SignedState> {
  const newest = await newestSigned(parts);
  if (newest.size < atLeast) throw notSigned(newest.size);
  if (await isTree(parts.tree, newest)) return newest;
  // What was kept of the tree may be of a file that is no longer there: only what is stored now counts.
  parts.tree.forget();
  if (await isTree(parts.tree, newest)) return newest;
  throw new StoreCorruptError('STORE_DAMAGED', 'The stored leaf hashes do not come to the root that was signed.', {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}

async function isTree(tree: TreeHashes, { size, root }: SignedState): Promise<boolean> {
  return encodeBase64(await tree.root(size)) === encodeBase64(root);
}

/** The newest stored checkpoint that the identity has signed, as a note. @throws as `findGround` */
export async function findSigned(parts: Pick<GroundParts, 'store' | 'key'>): Promise<SignedState> {
  return newestSigned({ ...parts, isPinned: false });
}

/** The newest first; older ones only where the identity key does not sign every checkpoint. */
async function newestSigned({ store, key, isPinned }: Omit<GroundParts, 'tree'>): Promise<SignedState> {
  const refusals: string[] = [];
  const read = (note: string) =>
    verifyState(note, { key, label: 'The newest checkpoint', report: (_code, message) => refusals.push(message) });
  const { checkpoint, size } = await store.head();
  const kept = await store.checkpoints();
  for (const note of [checkpoint, ...kept.toReversed().map((stored) => stored.note)]) {
    const state = read(note);
    if (state !== undefined && state.size > size) throw cutOff(size, state.size);
    if (state !== undefined) return state;
  }
  throw isPinned ? otherKey(refusals) : unsigned(refusals);
}

/** What a checkpoint was signed over was there: a store that commits one with the other never lacks it. */
function cutOff(found: number, signed: number): StoreCorruptError {
  return new StoreCorruptError(
    'STORE_DAMAGED',
    `The newest checkpoint is over ${signed} entries; there are ${found}.`,
    {
      hint: 'Entries were cut off: run `countersign verify`, and keep a copy of the store as it is.',
    },
  );
}

function notSigned(size: number): EntryError {
  return new EntryError('ENTRY_NOT_SIGNED', `The newest signed checkpoint covers ${size} entries, and not this one.`, {
    hint: 'Ask again when the next checkpoint of the identity key is there.',
  });
}

function otherKey(refusals: readonly string[]): KeyError {
  return new KeyError(
    'KEY_MISMATCH',
    `No checkpoint of the log is signed by the key that was given: ${refusals[0] ?? ''}`,
    {
      hint: 'Run `countersign verify` with the same key, and see whether the log or the key is the wrong one.',
    },
  );
}

function unsigned(refusals: readonly string[]): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `No checkpoint of the log can be used: ${refusals[0] ?? ''}`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
