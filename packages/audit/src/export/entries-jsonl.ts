/**
 * The log as JSON Lines: each entry with its exact leaf and opened payloads, then the checkpoint. What a verifier needs, and
 * nothing that it would have to trust.
 */

import { encodeBase64 } from '@countersign/core';
import { groupPayloads } from '../group-payloads.js';
import type { LogReader, StoredPayload } from '../store.js';

/** Lines of the whole log; the last one carries the newest checkpoint and the identity's verifier key. */
export async function* entriesJsonl(
  store: LogReader,
  about: { readonly origin: string; readonly identityKey: string },
): AsyncGenerator<string, void, undefined> {
  const head = await store.head();
  yield line({ format: 'countersign-log-export', version: 1, log: about.origin, size: head.size });
  for (let from = 0; from < head.size; from += PAGE) {
    const to = Math.min(from + PAGE, head.size);
    const leaves = await store.leaves({ from, limit: to - from });
    const payloads = groupPayloads(await store.payloads({ from, to }));
    for (const { index, leaf, leafHash } of leaves) {
      // A purged leaf keeps its hash; the tree still verifies over it.
      yield line({
        index,
        ...(leaf === undefined ? { leafHash: encodeBase64(leafHash) } : { leaf }),
        payloads: (payloads.get(index) ?? []).map(payloadLine),
      });
    }
  }
  yield line({ checkpoint: head.checkpoint, identityKey: about.identityKey });
}

const PAGE = 500;

/** The exact text of the payload goes out: it is hashed as it stands. */
function payloadLine({ name, salt, bytes }: StoredPayload): {
  readonly name: string;
  readonly salt: string;
  readonly json: string;
} {
  return { name, salt: encodeBase64(salt), json: Buffer.from(bytes).toString('utf8') };
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
