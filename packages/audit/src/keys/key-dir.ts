/**
 * The directory of a log's keys: `identity.key`, `epoch-<n>.key`, `identity.vkey` and `redaction.key`. Keys of sealed epochs
 * are erased; that of the next one may be there already.
 *
 * The identity is made last. Where it is there, all the others were made, so whatever is missing then was lost, and nothing
 * is made in its place: a new key would sign for a log that does not know it.
 */

import { createHash, type KeyObject } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import { formatVerifierKey, type VerifierKey } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import { epochFile, listEpochs, openEpochDir } from './epoch-dir.js';
import type { EpochKeys } from './epoch-keys.js';
import { FIRST_EPOCH } from './epoch-name.js';
import { createKeyFile, flushDirectory, readKeyFile } from './key-file.js';
import { checkOrigin } from './origin.js';
import { verifierKeyOf } from './private-key.js';
import { createPrivateKeyFile, missingKey, readPrivateKey } from './private-key-file.js';

/** What `openKeyDir` needs. */
export interface KeyDirOptions {
  readonly dir: string;
  readonly origin: string;
  /** Make the keys when there are none. */
  readonly create: boolean;
  /** The random source of new keys; the system's when not given. */
  readonly environment?: Environment;
}

/** The keys of one log: what `createSigner` takes, and the key of redaction. */
export interface KeyRing {
  readonly dir: string;
  readonly origin: string;
  readonly identityKey: KeyObject;
  /** The key of the newest epoch that there is a key for; which epoch is in force, the log says. */
  readonly epochKey: KeyObject;
  /** Its number, from 1. */
  readonly epoch: number;
  /** The keys of all epochs, as they are needed. */
  readonly epochs: EpochKeys;
  /** 32 bytes: keys the fingerprints of redacted secrets. */
  readonly redactionKey: Uint8Array;
}

/** The length of the key of redaction, in bytes. */
export const REDACTION_KEY_BYTES = 32;

/**
 * Reads the keys of a log, or makes them. Two processes that make them at once end with the same keys.
 * @throws KeyError KEY_MISSING when a key is not there and may not be made; KEY_INVALID when one is damaged; KEY_EXPOSED
 * when others could have read or changed one; KEY_MISMATCH when `identity.vkey` is not that of the private key and origin.
 * @throws ConfigError for an origin that cannot be one.
 */
export async function openKeyDir(options: KeyDirOptions): Promise<KeyRing> {
  const { dir, origin, create, environment = createSystemEnvironment() } = options;
  checkOrigin(origin);
  await prepareKeyDirectory(dir, create);
  const isNew = (await readKeyFile(join(dir, IDENTITY), 'private')) === undefined;
  if (create && isNew) await makeKeys(dir, environment);
  const keyRing = {
    ...(await readOtherKeys(dir, origin, environment)),
    identityKey: await readPrivateKey(join(dir, IDENTITY)),
  };
  await agreeOnPublicKey(dir, identityVerifierKey(keyRing), create ? environment : undefined);
  return keyRing;
}

/** Where the keys of a log are kept by default: `<home>/.countersign/keys/<hash of origin>`. */
export function defaultKeyDir(origin: string, home: string): string {
  return join(home, '.countersign', 'keys', originHash(origin));
}

/** A file name for an origin: the first 32 hex digits of its SHA-256. */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin).digest('hex').slice(0, 32);
}

/** The verifier key of the identity: the log's public name for every verifier. */
export function identityVerifierKey(keyRing: Pick<KeyRing, 'origin' | 'identityKey'>): VerifierKey {
  return verifierKeyOf(keyRing.origin, keyRing.identityKey);
}

/** Makes the directory where it may, and refuses one that others can write to. @throws KeyError as `openKeyDir` */
export async function prepareKeyDirectory(dir: string, create: boolean): Promise<void> {
  if (create) await makeDirectory(dir);
  await checkDirectory(dir);
}

/** Makes the keys that a log begins with, but that of its identity. */
export async function makeFirstKeys(dir: string, environment: Environment): Promise<void> {
  const redactionKey = Buffer.from(environment.randomBytes(REDACTION_KEY_BYTES)).toString('hex');
  await createKeyFile({ path: join(dir, REDACTION), text: `${redactionKey}\n`, access: 'private', environment });
  await createPrivateKeyFile(join(dir, epochFile(FIRST_EPOCH)), environment);
}

/** The keys of a log but that of its identity. @throws KeyError as `openKeyDir` */
export async function readOtherKeys(
  dir: string,
  origin: string,
  environment: Environment,
): Promise<Omit<KeyRing, 'identityKey'>> {
  const epoch = (await listEpochs(dir)).at(-1) ?? FIRST_EPOCH;
  return {
    dir,
    origin,
    epochKey: await readPrivateKey(join(dir, epochFile(epoch))),
    epoch,
    epochs: openEpochDir({ dir, origin, environment }),
    redactionKey: await readRedactionKey(join(dir, REDACTION)),
  };
}

/** The public key beside the private ones is for people and tools to copy; it must be the right one. Made only with an environment. */
export async function agreeOnPublicKey(dir: string, key: VerifierKey, environment?: Environment): Promise<void> {
  const path = join(dir, PUBLIC_IDENTITY);
  const expected = formatVerifierKey(key);
  let found = await readKeyFile(path, 'public');
  if (found === undefined && environment !== undefined) {
    // A crash can have left it out. Whoever writes it writes the same.
    await createKeyFile({ path, text: `${expected}\n`, access: 'public', environment });
    found = await readKeyFile(path, 'public');
  }
  if (found !== undefined && found.trimEnd() !== expected) {
    throw new KeyError('KEY_MISMATCH', `The public key ${path} is not that of this log.`, {
      hint: 'These may be the keys of another log: give the directory that belongs to this one.',
    });
  }
}

/** The file of the identity's private key. */
export const IDENTITY = 'identity.key';
/** The file of its verifier key. */
export const PUBLIC_IDENTITY = 'identity.vkey';
const REDACTION = 'redaction.key';

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new KeyError('KEY_MISSING', `The directory ${dir} for keys cannot be made.`, { cause });
  }
}

async function checkDirectory(dir: string): Promise<void> {
  const status = await stat(dir).catch((cause: unknown) => {
    throw missingKey(dir, cause);
  });
  if (!status.isDirectory()) throw new KeyError('KEY_INVALID', `The keys should be in ${dir}, which is no directory.`);
  if (process.getuid === undefined) return;
  if (status.uid !== process.getuid() || (status.mode & 0o022) !== 0) {
    throw new KeyError('KEY_EXPOSED', `The keys in ${dir} are not used: others can put files there.`, {
      hint: `Make the directory your own and run: chmod 700 ${dir}`,
    });
  }
}

async function makeKeys(dir: string, environment: Environment): Promise<void> {
  const hadIdentity = (await readKeyFile(join(dir, PUBLIC_IDENTITY), 'public')) !== undefined;
  // Looked at again, because another process may have made all of them meanwhile.
  if (hadIdentity && (await readKeyFile(join(dir, IDENTITY), 'private')) === undefined)
    throw missingKey(join(dir, IDENTITY));
  await makeFirstKeys(dir, environment);
  await createPrivateKeyFile(join(dir, IDENTITY), environment);
  await flushDirectory(dir);
}

async function readRedactionKey(path: string): Promise<Uint8Array> {
  const text = await readKeyFile(path, 'private');
  if (text === undefined) throw missingKey(path);
  if (!/^[0-9a-f]{64}\n?$/.test(text)) throw new KeyError('KEY_INVALID', `The key ${path} is not 64 hex digits.`);
  return new Uint8Array(Buffer.from(text.trimEnd(), 'hex'));
}
