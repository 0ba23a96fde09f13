/**
 * A checkpoint as a state of the log: size and root under the identity key that the caller gave. Pure.
 */

import { type VerifierKey, verifyCheckpoint } from '@countersign/tlog';
import { verifyEd25519 } from '../ed25519.js';
import type { Report } from './finding-list.js';
import { CHECKPOINT_FAILURES } from './steps/checkpoints.js';

/** What a good checkpoint states. */
export interface SignedState {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** The signed note, verbatim. */
  readonly note: string;
}

/** Verifies a signed note as a checkpoint of the log that the key names. Undefined when it is none; a finding says why. */
export function verifyState(
  note: string,
  { key, report, label }: { readonly key: VerifierKey; readonly report: Report; readonly label: string },
): SignedState | undefined {
  const result = verifyCheckpoint({ note, origin: key.name, keys: [key], verify: verifyEd25519 });
  if (!result.ok) {
    report(CHECKPOINT_FAILURES[result.code], `${label} is refused (${result.code}).`);
    return undefined;
  }
  const { size, root, extensions } = result.checkpoint;
  if (extensions.length > 0) {
    report('CHECKPOINT_INVALID', `${label} states more than a size and a root.`);
    return undefined;
  }
  return { size, root, note };
}
