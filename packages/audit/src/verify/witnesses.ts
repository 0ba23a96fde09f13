/**
 * The witnesses of a checkpoint against a policy of the caller's (C2SP tlog-cosignature, tlog-policy). Pure.
 */

import { satisfiesPolicy, type VerifierKey, verifyNote, type WitnessPolicy } from '@countersign/tlog';
import { verifyEd25519 } from '../ed25519.js';
import type { Report } from './finding-list.js';

/** A witness that has cosigned. */
export interface Cosigner {
  /** The name that the policy calls it by. */
  readonly name: string;
  /** When it did, in seconds since 1970, by its own clock. */
  readonly timeSeconds: number;
}

/** Who has cosigned a note, whose own signature was verified already; a finding where the policy asks for more. */
export function checkWitnesses(
  note: string,
  { key, policy, report }: { readonly key: VerifierKey; readonly policy: WitnessPolicy; readonly report: Report },
): readonly Cosigner[] {
  const isOurs = policy.logs.length === 0 || policy.logs.some((log) => isSame(log.key, key));
  if (!isOurs) report('WITNESS_POLICY_UNMET', 'The policy is about other logs.');
  const keys = policy.witnesses.map((witness) => witness.key);
  const result = verifyNote({ note, keys, verify: verifyEd25519 });
  const verified = result.ok ? result.verified : [];
  if (!result.ok && result.code !== 'NO_KNOWN_SIGNATURE') {
    report('WITNESS_POLICY_UNMET', `A cosignature on the checkpoint is refused (${result.code}).`);
  } else if (
    !satisfiesPolicy(
      policy,
      verified.map((signature) => signature.key),
    )
  ) {
    report('WITNESS_POLICY_UNMET', `${verified.length} witnesses of the policy have cosigned, which is not enough.`);
  }
  return verified.flatMap(({ key: cosigner, timeSeconds }) => {
    const name = policy.witnesses.find((witness) => witness.key === cosigner)?.name;
    return name === undefined || timeSeconds === undefined ? [] : [{ name, timeSeconds }];
  });
}

function isSame(left: VerifierKey, right: VerifierKey): boolean {
  return left.name === right.name && Buffer.from(left.publicKey).equals(right.publicKey);
}
