/**
 * The log as JSON Lines (spec, section 12): a header, each entry with its exact leaf and opened payloads, the checkpoints that
 * are kept, and an end with the newest. What a verifier needs, and nothing that it would have to trust.
 */

import { encodeBase64 } from '@countersign/core';
import { groupPayloads } from '../group-payloads.js';
import type { LogReader, StoredLeaf, StoredPayload } from '../log-reader.js';
import { isSealed } from '../sealed/sealed-form.js';
import { type CheckpointLine, type EntryLine, EXPORT_FORMAT, EXPORT_VERSION } from '../verify/export-lines.js';

/** Lines of the whole log. The reader must stand still meanwhile: see `LogStore.snapshot`. */
export async function* entriesJsonl(
  reader: LogReader,
  about: { readonly origin: string; readonly identityKey: string },
): AsyncGenerator<string, void, undefined> {
  const { size, checkpoint } = await reader.head();
  yield line({ format: EXPORT_FORMAT, version: EXPORT_VERSION, log: about.origin, size });
  for (let from = 0; ; ) {
    const leaves = await reader.leaves({ from, limit: PAGE });
    const last = leaves.at(-1);
    if (last === undefined || last.index < from) break;
    const payloads = groupPayloads(await reader.payloads({ from, to: last.index + 1 }));
    for (const leaf of leaves) yield line(entryLine(leaf, payloads.get(leaf.index) ?? []));
    from = last.index + 1;
  }
  for (const { size: of, note, kept } of await reader.checkpoints()) {
    if (kept) yield line({ size: of, note } satisfies CheckpointLine);
  }
  yield line({ checkpoint, identityKey: about.identityKey });
}

const PAGE = 500;

/** A purged leaf keeps its hash; the tree still verifies over it. A payload whose key is not there is left out, as one that is gone. */
function entryLine({ index, leaf, leafHash, unreadable }: StoredLeaf, payloads: readonly StoredPayload[]): EntryLine {
  return {
    index,
    ...(leaf !== undefined && { leaf }),
    leafHash: encodeBase64(leafHash),
    ...(unreadable === true && { unreadable }),
    payloads: payloads.filter(({ bytes }) => !isSealed(bytes)).map(payloadLine),
  };
}

/** The exact text of the payload goes out: it is hashed as it stands. */
function payloadLine({ name, salt, bytes }: StoredPayload): EntryLine['payloads'][number] {
  return { name, salt: encodeBase64(salt), json: Buffer.from(bytes).toString('utf8') };
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
