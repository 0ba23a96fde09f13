/**
 * The directory of a log's keys: `identity.key`, `epoch-<n>.key`, `identity.vkey` and `redaction.key`.
 */

import type { KeyObject } from 'node:crypto';
import type { Environment } from '@countersign/core';
import type { VerifierKey } from '@countersign/tlog';

/** What `openKeyDir` needs. */
export interface KeyDirOptions {
  readonly dir: string;
  readonly origin: string;
  /** Make the keys when there are none. */
  readonly create: boolean;
  readonly environment?: Environment;
}

/** The keys of one log. */
export interface KeyRing {
  readonly dir: string;
  readonly origin: string;
  readonly identityKey: KeyObject;
  readonly epochKey: KeyObject;
  /** The number of the present epoch, from 1. */
  readonly epoch: number;
  /** 32 bytes: keys the fingerprints of redacted secrets. */
  readonly redactionKey: Uint8Array;
}

/**
 * Reads the keys of a log, or makes them. Two processes that make them at once end with the same keys.
 * @throws KeyError KEY_MISSING, KEY_INVALID, KEY_EXPOSED, KEY_MISMATCH.
 */
export async function openKeyDir(options: KeyDirOptions): Promise<KeyRing> {
  throw new Error('not implemented');
}

/** Where the keys of a log are kept by default: `<home>/.countersign/keys/<hash of origin>`. */
export function defaultKeyDir(origin: string, home: string): string {
  throw new Error('not implemented');
}

/** The verifier key of the identity: the log's public name for every verifier. */
export function identityVerifierKey(keyRing: KeyRing): VerifierKey {
  throw new Error('not implemented');
}
