/**
 * The newest checkpoint that witnesses have cosigned: as it stands in the records of anchors, with their cosignatures.
 */

import { encodeBase64, isJsonObject } from '@countersign/core';
import { EntryError } from './errors.js';
import type { GroundParts } from './ground.js';
import { type OpenedEntry, readEntries } from './query/opened-entry.js';
import type { LogStore } from './store.js';
import { type SignedState, verifyState } from './verify/signed-state.js';

/**
 * The state of the log under the newest cosigned checkpoint on record.
 * @throws EntryError `ENTRY_NOT_SIGNED` when none reaches so far yet.
 */
export async function findWitnessed(
  { store, tree, key }: Omit<GroundParts, 'store'> & { readonly store: LogStore },
  atLeast: number,
): Promise<SignedState> {
  for (const index of (await anchorRecords(store, atLeast)).toReversed()) {
    const note = noteOf((await readEntries(store, [index])).get(index));
    const state = note === undefined ? undefined : verifyState(note, { key, report: () => undefined, label: '' });
    if (state === undefined || state.size < atLeast || state.size > index) continue;
    if (encodeBase64(await tree.root(state.size)) === encodeBase64(state.root)) return state;
  }
  throw new EntryError('ENTRY_NOT_SIGNED', 'No checkpoint that witnesses have cosigned covers this entry yet.', {
    hint: 'Ask again when the next checkpoint was cosigned, or leave the witnesses out.',
  });
}

/** A record stands behind the entries that its checkpoint covers. */
async function anchorRecords(store: LogStore, from: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let next = from; ; ) {
    const page = await store.findEntries({ kind: 'anchor-recorded', from: next, limit: PAGE });
    found.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
    next = last + 1;
  }
}

const PAGE = 500;

/** The evidence of a witness is `{note}`: the checkpoint with its cosignatures. */
function noteOf(opened: OpenedEntry | undefined): string | undefined {
  if (opened?.entry.kind !== 'anchor-recorded' || opened.entry.anchor !== 'witness') return undefined;
  const receipt = opened.payloads.get('receipt');
  return isJsonObject(receipt) && typeof receipt.note === 'string' ? receipt.note : undefined;
}
