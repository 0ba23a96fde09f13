/**
 * What signs checkpoints: the identity key, by whose name the log is known, and the key of the present epoch. Each checkpoint
 * carries both signature lines (log format, section 5).
 */

import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Environment } from '@countersign/core';
import { type NoteSigner, signNote } from '@countersign/tlog';

/** Signs the checkpoints of one log. */
export interface Signer {
  /** The log's origin: the name of the identity key. */
  readonly origin: string;
  readonly identity: NoteSigner;
  /** Its key is named `<origin>/epoch/<n>`. */
  readonly epoch: NoteSigner;
  /** The number of the epoch, from 1. */
  readonly epochNumber: number;
  /** The signed note over a checkpoint's text: the identity line, then the epoch line. @throws TlogError as `signNote`. */
  sign(text: string): string;
}

/** What `createSigner` needs. */
export interface SignerOptions {
  readonly origin: string;
  /** Ed25519 private keys. */
  readonly identityKey: KeyObject;
  readonly epochKey: KeyObject;
  /** The number of the epoch, from 1. */
  readonly epoch: number;
}

/** A signer over two private keys. @throws KeyError KEY_INVALID for keys that are not sound Ed25519 private keys. */
export function createSigner(options: SignerOptions): Signer {
  throw new Error('not implemented');
}

/** A signer with keys that live in memory only, made from the environment's random source: for tests and memory logs. */
export function createMemorySigner(options: { readonly origin: string; readonly environment: Environment }): Signer {
  throw new Error('not implemented');
}
