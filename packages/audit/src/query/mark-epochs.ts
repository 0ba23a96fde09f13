/**
 * The keys that the mark of a log may be signed with, where the identity's key is kept elsewhere and signs later: those of the
 * epochs, as proven entries name them, and the newest of all, which the identity may not have signed yet.
 */

import { readNewestEpoch } from '../epoch-record.js';
import type { ReceiptGround } from '../receipts.js';
import type { LogStore } from '../store.js';
import type { AnchorParts } from '../verify/steps/anchors.js';
import { parseKey } from '../verify/steps/epochs.js';
import { ProvenEntries } from './proven-entries.js';

/** What `checkAnchors` asks of the epochs. @throws StoreCorruptError when an entry is not what was signed. */
export async function markEpochs(
  store: LogStore,
  ground: ReceiptGround,
): Promise<Pick<AnchorParts['epochs'], 'isRemote' | 'epochKeyAt'>> {
  const proven = new ProvenEntries(store, ground);
  const first = (await proven.entry(0))?.entry;
  if (first?.kind !== 'log-opened' || first.identity === undefined) {
    return { isRemote: false, epochKeyAt: () => undefined };
  }
  const epochs = [{ fromSize: 0, key: first.epochKey }];
  for await (const { index, epochKey } of proven.ofKind('key-epoch'))
    epochs.push({ fromSize: index + 2, key: epochKey });
  const newest = await readNewestEpoch(store);
  if (newest !== undefined && newest.index >= ground.state.size) {
    epochs.push({ fromSize: newest.index + 2, key: newest.key });
  }
  return {
    isRemote: true,
    epochKeyAt: (size) => parseKey(epochs.findLast(({ fromSize }) => fromSize <= size)?.key ?? ''),
  };
}
