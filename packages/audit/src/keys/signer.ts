/**
 * What signs checkpoints: the identity key, by whose name the log is known, and the keys of its epochs. Each checkpoint
 * carries both signature lines, that of an identity that is kept elsewhere with a delay (log format, section 5).
 */

import type { KeyObject } from 'node:crypto';
import type { Environment } from '@countersign/core';
import { type NoteSigner, signNote } from '@countersign/tlog';
import { createFixedEpochKeys, createMemoryEpochKeys, type EpochKeys } from './epoch-keys.js';
import { epochKeyName, FIRST_EPOCH } from './epoch-name.js';
import { checkOrigin } from './origin.js';
import { noteSignerOf, privateKeyOfSeed, SEED_BYTES } from './private-key.js';
import type { RemoteIdentity } from './remote-identity.js';

/** Signs the checkpoints of one log. */
export interface Signer {
  /** The log's origin: the name of the identity key. */
  readonly origin: string;
  /** The identity's key in this process, or what asks for its signatures elsewhere. */
  readonly identity: NoteSigner | RemoteIdentity;
  /** The keys of the epochs; that of epoch `n` is named `<origin>/epoch/<n>`. */
  readonly epochs: EpochKeys;
}

/** A signer over private keys of this process. */
export interface LocalSigner extends Signer {
  readonly identity: NoteSigner;
  /** The key of the newest epoch that there is a key for; which epoch is in force, the log says. */
  readonly epoch: NoteSigner;
  /** Its number, from 1. */
  readonly epochNumber: number;
  /** The signed note over a checkpoint's text: the identity line, then the line of `epoch`. @throws TlogError as `signNote`. */
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
  /** Where the keys of the epochs come from; `epochKey` alone, which is then not rotated, when not given. */
  readonly epochs?: EpochKeys;
}

/**
 * A signer over private keys: those of a key ring, or two of your own.
 * @throws KeyError KEY_INVALID for keys that are not sound Ed25519 private keys.
 * @throws ConfigError OPTION_INVALID for an origin that cannot be one, or an epoch that is not a positive safe integer.
 */
export function createSigner({ origin, identityKey, epochKey, epoch, epochs }: SignerOptions): LocalSigner {
  checkOrigin(origin);
  const identitySigner = noteSignerOf(origin, identityKey);
  const epochSigner = noteSignerOf(epochKeyName(origin, epoch), epochKey);
  return {
    origin,
    identity: identitySigner,
    epoch: epochSigner,
    epochNumber: epoch,
    epochs: epochs ?? createFixedEpochKeys(origin, epochKey),
    sign: (text) => signNote({ text, signers: [identitySigner, epochSigner] }),
  };
}

/**
 * A signer with keys that live in memory only, made from the environment's random source: for tests and memory logs. Its epoch
 * key stays the same unless `rotates` is true.
 */
export function createMemorySigner(options: {
  readonly origin: string;
  readonly environment: Environment;
  readonly rotates?: boolean;
}): LocalSigner {
  const { origin, environment, rotates = false } = options;
  const identityKey = privateKeyOfSeed(environment.randomBytes(SEED_BYTES));
  const epochKey = privateKeyOfSeed(environment.randomBytes(SEED_BYTES));
  const keys = { origin, identityKey, epochKey, epoch: FIRST_EPOCH };
  if (!rotates) return createSigner(keys);
  return createSigner({ ...keys, epochs: createMemoryEpochKeys({ origin, environment, first: epochKey }) });
}
