/**
 * The directory of a log's keys where its identity's private key is kept elsewhere: `epoch-<n>.key`, `redaction.key`, and the
 * verifier key `identity.vkey`, which is made last and says that all the others were made.
 */

import { join } from 'node:path';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import type { VerifierKey } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import {
  agreeOnPublicKey,
  IDENTITY,
  type KeyRing,
  makeFirstKeys,
  PUBLIC_IDENTITY,
  prepareKeyDirectory,
  readOtherKeys,
} from './key-dir.js';
import { flushDirectory, readKeyFile } from './key-file.js';

/** What `openRemoteKeyDir` needs. */
export interface RemoteKeyDirOptions {
  readonly dir: string;
  /** The verifier key of the identity, whose name is the log's origin. */
  readonly identity: VerifierKey;
  /** Make the keys when there are none. */
  readonly create: boolean;
  /** The random source of new keys; the system's when not given. */
  readonly environment?: Environment;
}

/** The keys of a log whose identity is kept elsewhere. */
export type RemoteKeyRing = Omit<KeyRing, 'identityKey'>;

/**
 * Reads the keys of a log, or makes them, but that of its identity.
 * @throws KeyError as `openKeyDir`; `KEY_MISMATCH` also where the directory has the private key of an identity.
 */
export async function openRemoteKeyDir(options: RemoteKeyDirOptions): Promise<RemoteKeyRing> {
  const { dir, identity, create, environment = createSystemEnvironment() } = options;
  await prepareKeyDirectory(dir, create);
  if ((await readKeyFile(join(dir, IDENTITY), 'private')) !== undefined) throw holdsIdentity(dir);
  const isNew = (await readKeyFile(join(dir, PUBLIC_IDENTITY), 'public')) === undefined;
  if (create && isNew) {
    await makeFirstKeys(dir, environment);
    await flushDirectory(dir);
  }
  const ring = await readOtherKeys(dir, identity.name, environment);
  await agreeOnPublicKey(dir, identity, create ? environment : undefined);
  return ring;
}

function holdsIdentity(dir: string): KeyError {
  return new KeyError(
    'KEY_MISMATCH',
    `The directory ${dir} holds the private key of an identity; this log's is elsewhere.`,
    {
      hint: 'Give the directory that belongs to this log; a private key that is signed with elsewhere does not belong here.',
    },
  );
}
