/**
 * Verifies that a log at one size goes on from the same log at an earlier one, from two checkpoints and a consistency proof
 * (RFC 9162 section 2.1.4.2). Pure.
 */

import { decodeBase64, encodeBase64 } from '@countersign/core';
import { type VerifierKey, verifyConsistency } from '@countersign/tlog';
import { sha256 } from '../keys/private-key.js';
import type { Report } from './finding-list.js';
import type { ConsistencyReceipt, TreeState } from './receipt.js';
import { type SignedState, verifyState } from './signed-state.js';

/** What it is verified with. */
export interface GrowthParts {
  readonly key: VerifierKey;
  /** Checkpoints that the caller has kept. */
  readonly against: readonly string[];
  readonly report: Report;
}

/** The two states; undefined when they are not both signed, or not proven to be of one log. Findings say why. */
export function checkGrowth(
  { from, to, proof }: ConsistencyReceipt,
  parts: GrowthParts,
): { readonly from: SignedState; readonly to: SignedState } | undefined {
  const { report, key, against } = parts;
  const kept = against.map((note, at) =>
    verifyState(note, { key, report, label: `Checkpoint ${at + 1} of those given` }),
  );
  const states = [signedState('earlier', from, kept, parts), signedState('later', to, kept, parts)] as const;
  const [earlier, later] = states;
  if (earlier === undefined || later === undefined) return undefined;
  const result = verifyConsistency({
    hasher: sha256,
    from: earlier.size,
    to: later.size,
    fromRoot: earlier.root,
    toRoot: later.root,
    proof: proof.map(decoded),
  });
  if (!result.ok) {
    report('CONSISTENCY_INVALID', `The later checkpoint is not proven to go on from the earlier (${result.code}).`);
  }
  compareKept(kept, { from: earlier, to: later }, report);
  return result.ok ? { from: earlier, to: later } : undefined;
}

/** A state of the document, when a checkpoint in it or one that the caller kept has signed it. */
function signedState(
  which: 'earlier' | 'later',
  state: TreeState,
  kept: readonly (SignedState | undefined)[],
  { key, report }: GrowthParts,
): SignedState | undefined {
  const label = `The ${which} checkpoint`;
  const own =
    state.checkpoint === undefined
      ? kept.find((one) => one?.size === state.size)
      : verifyState(state.checkpoint, { key, report, label });
  if (own === undefined) {
    if (state.checkpoint !== undefined) return undefined;
    const message = `${label} is not in the document: give the one of ${state.size} entries that was kept.`;
    report('VERIFICATION_INCOMPLETE', message);
    return undefined;
  }
  if (own.size === state.size && encodeBase64(own.root) === state.root) return own;
  report('CONSISTENCY_INVALID', `${label} is of another tree than the document states.`);
  return undefined;
}

/** Each checkpoint that the caller kept must be one of the two states, or nothing is said about it. */
function compareKept(
  kept: readonly (SignedState | undefined)[],
  { from, to }: { readonly from: SignedState; readonly to: SignedState },
  report: Report,
): void {
  for (const [at, state] of kept.entries()) {
    if (state === undefined) continue;
    const label = `Checkpoint ${at + 1} of those given`;
    const other = [from, to].find(({ size }) => size === state.size);
    if (other === undefined) {
      report('CHECKPOINT_NOT_COMPARED', `${label} is over ${state.size} entries, which is neither of the two sizes.`);
    } else if (encodeBase64(other.root) !== encodeBase64(state.root)) {
      report('LOG_FORKED', `${label} and the one in the document are of the same size and of different trees.`);
    }
  }
}

/** No hash for what is not canonical base64: the proof then fails by its own check. */
function decoded(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    return new Uint8Array();
  }
}
