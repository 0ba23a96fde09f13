/**
 * Files that hold an Ed25519 private key as unencrypted PKCS#8 in PEM form.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Environment } from '@countersign/core';
import { KeyError } from '../errors.js';
import { isErrorWithCode } from '../system-error.js';
import { createKeyFile, readKeyFile } from './key-file.js';
import { privateKeyOfSeed, SEED_BYTES } from './private-key.js';

/** Reads a private key. @throws KeyError KEY_MISSING, KEY_EXPOSED, KEY_INVALID. */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  const text = await readKeyFile(path, 'private');
  if (text === undefined) throw missingKey(path);
  const key = parsePrivateKey(text, `The key ${path}`);
  return key;
}

/**
 * An Ed25519 private key from its PEM text; `label` begins the message when it is none.
 * @throws KeyError KEY_INVALID
 */
export function parsePrivateKey(text: string, label: string): KeyObject {
  const key = tryParse(text, label);
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyError('KEY_INVALID', `${label} is not of type Ed25519.`);
  return key;
}

/** Makes a new private key in a file, unless one is there. @throws KeyError KEY_MISSING when it cannot be made. */
export async function createPrivateKeyFile(path: string, environment: Environment): Promise<void> {
  const key = privateKeyOfSeed(environment.randomBytes(SEED_BYTES));
  const text = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  await createKeyFile({ path, text, access: 'private', environment });
}

/** The error for a key that is not there. */
export function missingKey(path: string, cause?: unknown): KeyError {
  return new KeyError('KEY_MISSING', `The key ${path} is not there.`, {
    hint: 'Give the directory of the keys that this log was written with, or restore it from a backup; a new log makes new ones.',
    cause: isErrorWithCode(cause, 'ENOENT') ? undefined : cause,
  });
}

function tryParse(text: string, label: string): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem' });
  } catch {
    // The cause stays out: the engine's message may speak of what stands in the file.
    throw new KeyError('KEY_INVALID', `${label} is not an unencrypted PKCS#8 private key in PEM form.`);
  }
}
