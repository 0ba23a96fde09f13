/**
 * The keys that a command writes with.
 */

import {
  createSigner,
  identityOf,
  type LogIdentity,
  openKeyDir,
  openRemoteKeyDir,
  remoteIdentityOf,
  type Signer,
} from '@countersign/audit';

/** The keys of one log. */
export interface LogKeys {
  readonly signer: Signer;
  /** 32 bytes: keys the fingerprints of redacted secrets. */
  readonly redactionKey: Uint8Array;
}

/**
 * Opens them. Where the identity's key is kept elsewhere, its signature over what the command writes follows as soon as a
 * process that can ask for it has the log open.
 * @throws KeyError as `openKeyDir` and `openRemoteKeyDir`.
 */
export async function openLogKeys(log: LogIdentity, keyDir: string): Promise<LogKeys> {
  const { origin, identityKey, isRemote = false } = log;
  if (!isRemote) {
    const ring = await openKeyDir({ dir: keyDir, origin, create: false });
    return { signer: createSigner(ring), redactionKey: ring.redactionKey };
  }
  const identity = remoteIdentityOf(identityOf(identityKey));
  const { epochs, redactionKey } = await openRemoteKeyDir({ dir: keyDir, identity: identity.key, create: false });
  return { signer: { origin, identity, epochs }, redactionKey };
}
