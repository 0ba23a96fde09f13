/**
 * What the key of an epoch signs when it hands over to the next one (log format, section 5). Pure.
 */

import { canonicalBytes } from '@countersign/core';

/** What the key before signs when an epoch ends. */
export interface EpochStatement {
  /** The log's origin. */
  readonly log: string;
  /** The index of the `key-epoch` entry. */
  readonly index: number;
  /** The number of the new epoch. */
  readonly epoch: number;
  /** The root of the tree of all entries before, in standard base64. */
  readonly root: string;
  /** The verifier key of the new epoch. */
  readonly epochKey: string;
}

/**
 * The bytes that the old epoch key signs (the member `proof` of `key-epoch`, Ed25519, standard base64):
 * `"countersign/epoch/v1" || 00 || JCS({epoch, epochKey, index, log, root})`.
 */
export function epochStatementBytes({ log, index, epoch, root, epochKey }: EpochStatement): Uint8Array {
  return Buffer.concat([EPOCH_TAG, canonicalBytes({ epoch, epochKey, index, log, root })]);
}

const EPOCH_TAG = Buffer.from('countersign/epoch/v1\0');
