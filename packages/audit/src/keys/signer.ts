/**
 * What signs checkpoints: the identity key, by whose name the log is known, and the key of the present epoch. Each checkpoint
 * carries both signature lines (log format, section 5).
 */

import type { KeyObject } from 'node:crypto';
import { ConfigError, type Environment } from '@countersign/core';
import { type NoteSigner, signNote } from '@countersign/tlog';
import { checkOrigin } from './origin.js';
import { noteSignerOf, privateKeyOfSeed, SEED_BYTES } from './private-key.js';

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

/** The number of a log's first epoch. */
export const FIRST_EPOCH = 1;

/**
 * A signer over two private keys.
 * @throws KeyError KEY_INVALID for keys that are not sound Ed25519 private keys.
 * @throws ConfigError OPTION_INVALID for an origin that cannot be one, or an epoch that is not a positive safe integer.
 */
export function createSigner({ origin, identityKey, epochKey, epoch }: SignerOptions): Signer {
  checkOrigin(origin);
  const identitySigner = noteSignerOf(origin, identityKey);
  const epochSigner = noteSignerOf(epochKeyName(origin, epoch), epochKey);
  return {
    origin,
    identity: identitySigner,
    epoch: epochSigner,
    epochNumber: epoch,
    sign: (text) => signNote({ text, signers: [identitySigner, epochSigner] }),
  };
}

/** A signer with keys that live in memory only, made from the environment's random source: for tests and memory logs. */
export function createMemorySigner(options: { readonly origin: string; readonly environment: Environment }): Signer {
  const { origin, environment } = options;
  return createSigner({
    origin,
    identityKey: privateKeyOfSeed(environment.randomBytes(SEED_BYTES)),
    epochKey: privateKeyOfSeed(environment.randomBytes(SEED_BYTES)),
    epoch: FIRST_EPOCH,
  });
}

/** The name of the key of an epoch. @throws ConfigError OPTION_INVALID when `epoch` is not a positive safe integer. */
export function epochKeyName(origin: string, epoch: number): string {
  if (!Number.isSafeInteger(epoch) || epoch < FIRST_EPOCH) {
    throw new ConfigError('OPTION_INVALID', `epoch: expected an integer from ${FIRST_EPOCH} on`);
  }
  return `${origin}/epoch/${epoch}`;
}
