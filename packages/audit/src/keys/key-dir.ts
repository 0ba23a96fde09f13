/**
 * The directory of a log's keys: `identity.key`, `epoch-<n>.key`, `identity.vkey` and `redaction.key`.
 *
 * The identity is made last. Where it is there, all the others were made, so whatever is missing then was lost, and nothing
 * is made in its place: a new key would sign for a log that does not know it.
 */

import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import { formatVerifierKey, type VerifierKey } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import { isErrorWithCode } from '../system-error.js';
import { createKeyFile, flushDirectory, readKeyFile } from './key-file.js';
import { checkOrigin } from './origin.js';
import { privateKeyOfSeed, SEED_BYTES, verifierKeyOf } from './private-key.js';
import { FIRST_EPOCH } from './signer.js';

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
  readonly epochKey: KeyObject;
  /** The number of the present epoch, from 1: the greatest for which there is a key. */
  readonly epoch: number;
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
  if (create) await makeDirectory(dir);
  await checkDirectory(dir);
  const isNew = (await readKeyFile(join(dir, IDENTITY), 'private')) === undefined;
  if (create && isNew) await makeKeys(dir, environment);
  const keyRing = await readKeys(dir, origin);
  await agreeOnPublicKey(keyRing, create ? environment : undefined);
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

const IDENTITY = 'identity.key';
const PUBLIC_IDENTITY = 'identity.vkey';
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
    throw missing(dir, cause);
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
    throw missing(join(dir, IDENTITY));
  const redactionKey = Buffer.from(environment.randomBytes(REDACTION_KEY_BYTES)).toString('hex');
  await createKeyFile({ path: join(dir, REDACTION), text: `${redactionKey}\n`, access: 'private', environment });
  for (const name of [epochFile(FIRST_EPOCH), IDENTITY]) {
    const key = privateKeyOfSeed(environment.randomBytes(SEED_BYTES));
    const text = key.export({ format: 'pem', type: 'pkcs8' }).toString();
    await createKeyFile({ path: join(dir, name), text, access: 'private', environment });
  }
  await flushDirectory(dir);
}

function epochFile(epoch: number): string {
  return `epoch-${epoch}.key`;
}

async function readKeys(dir: string, origin: string): Promise<KeyRing> {
  const epoch = await newestEpoch(dir);
  return {
    dir,
    origin,
    identityKey: await readPrivateKey(join(dir, IDENTITY)),
    epochKey: await readPrivateKey(join(dir, epochFile(epoch))),
    epoch,
    redactionKey: await readRedactionKey(join(dir, REDACTION)),
  };
}

async function newestEpoch(dir: string): Promise<number> {
  const names = await readdir(dir);
  const epochs = names.map((name) => Number(/^epoch-([1-9]\d{0,14})\.key$/.exec(name)?.[1] ?? 0));
  return Math.max(FIRST_EPOCH, ...epochs);
}

async function readPrivateKey(path: string): Promise<KeyObject> {
  const text = await readKeyFile(path, 'private');
  if (text === undefined) throw missing(path);
  const key = parsePrivateKey(path, text);
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyError('KEY_INVALID', `The key ${path} is not of type Ed25519.`);
  return key;
}

function parsePrivateKey(path: string, text: string): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem' });
  } catch {
    // The cause stays out: the engine's message may speak of what stands in the file.
    throw new KeyError('KEY_INVALID', `The key ${path} is not an unencrypted PKCS#8 private key in PEM form.`);
  }
}

async function readRedactionKey(path: string): Promise<Uint8Array> {
  const text = await readKeyFile(path, 'private');
  if (text === undefined) throw missing(path);
  if (!/^[0-9a-f]{64}\n?$/.test(text)) throw new KeyError('KEY_INVALID', `The key ${path} is not 64 hex digits.`);
  return new Uint8Array(Buffer.from(text.trimEnd(), 'hex'));
}

/** The public key beside the private one is for people and tools to copy; it must be the right one. Made only with an environment. */
async function agreeOnPublicKey(keyRing: KeyRing, environment: Environment | undefined): Promise<void> {
  const path = join(keyRing.dir, PUBLIC_IDENTITY);
  const expected = formatVerifierKey(identityVerifierKey(keyRing));
  let found = await readKeyFile(path, 'public');
  if (found === undefined && environment !== undefined) {
    // A crash can have left it out. Whoever writes it writes the same.
    await createKeyFile({ path, text: `${expected}\n`, access: 'public', environment });
    found = await readKeyFile(path, 'public');
  }
  if (found !== undefined && found.trimEnd() !== expected) {
    throw new KeyError('KEY_MISMATCH', `The public key ${path} is not that of this log and its private key.`, {
      hint: 'These may be the keys of another log: give the directory that belongs to this one.',
    });
  }
}

function missing(path: string, cause?: unknown): KeyError {
  return new KeyError('KEY_MISSING', `The key ${path} is not there.`, {
    hint: 'Give the directory of the keys that this log was written with, or restore it from a backup; a new log makes new ones.',
    cause: isErrorWithCode(cause, 'ENOENT') ? undefined : cause,
  });
}
