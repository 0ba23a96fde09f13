/**
 * The newest checkpoint of a log that can be trusted: the largest one that its identity key has signed, whoever kept it. A
 * signature cannot be forged by whoever changed the rows.
 */

import { createHash } from 'node:crypto';
import { type LogStore, type ParentLog, verifyEd25519 } from '@countersign/audit';
import { encodeBase64, parseVerifierKey, TlogError, type VerifierKey, verifyCheckpoint } from '@countersign/tlog';

/** Where a checkpoint was found. */
export type CheckpointSource = 'mark' | 'given' | 'store';

/** A checkpoint that the log signed. */
export interface KnownCheckpoint extends ParentLog {
  readonly source: CheckpointSource;
}

/** The newest signed checkpoint among these; of two of one size the mark's, then a given one's. Undefined for none. */
export async function newestKnown(found: {
  readonly origin: string;
  readonly identityKey: string;
  readonly mark: string | undefined;
  readonly given: readonly string[];
  readonly store: Pick<LogStore, 'checkpoints'> | undefined;
}): Promise<KnownCheckpoint | undefined> {
  const { origin, identityKey, mark, given, store } = found;
  const key = readKey(identityKey);
  if (key === undefined) return undefined;
  const stored = (await store?.checkpoints().catch(() => [])) ?? [];
  const candidates: readonly (readonly [CheckpointSource, string])[] = [
    ...(mark === undefined ? [] : [['mark', mark] as const]),
    ...given.map((note) => ['given', note] as const),
    ...stored.map(({ note }) => ['store', note] as const),
  ];
  let newest: KnownCheckpoint | undefined;
  for (const [source, note] of candidates) {
    const result = verifyCheckpoint({ note, origin, keys: [key], verify: verifyEd25519 });
    if (!result.ok || (newest !== undefined && result.checkpoint.size <= newest.size)) continue;
    const { size, root } = result.checkpoint;
    newest = { log: origin, size, root: encodeBase64(root), source };
  }
  return newest;
}

function readKey(text: string): VerifierKey | undefined {
  try {
    return parseVerifierKey(text, (bytes) => createHash('sha256').update(bytes).digest());
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}
