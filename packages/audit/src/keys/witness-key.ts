/**
 * The key of a witness: `witness.key`, private, and `witness.vkey`, by whose name logs know it. A witness has one key, for all
 * the logs that it watches (C2SP tlog-cosignature).
 */

import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, type Environment } from '@countersign/core';
import {
  type CosignatureSigner,
  checkKeyName,
  createVerifierKey,
  formatVerifierKey,
  KEY_TYPES,
  parseVerifierKey,
  TlogError,
  type VerifierKey,
} from '@countersign/tlog';
import { KeyError } from '../errors.js';
import { createKeyFile, flushDirectory, readKeyFile } from './key-file.js';
import { privateKeyOfSeed, SEED_BYTES, sha256 } from './private-key.js';

/** The files of a witness's key. */
export const WITNESS_KEY_FILE = 'witness.key';
export const WITNESS_VERIFIER_FILE = 'witness.vkey';

/**
 * Makes the key of a witness and answers what verifies it. One that is there already is never replaced.
 * @throws ConfigError `OPTION_INVALID` for a name that cannot be one.
 * @throws KeyError `KEY_INVALID` when there is a key already; KEY_MISSING when it cannot be made.
 */
export async function createWitnessKey(options: {
  readonly dir: string;
  readonly name: string;
  readonly environment: Environment;
}): Promise<VerifierKey> {
  const { dir, name, environment } = options;
  if (!checkKeyName(name).ok) {
    throw new ConfigError('OPTION_INVALID', 'name: expected one without white space and plus signs', {
      hint: 'Use the host and a path, such as witness.example.com/w1.',
    });
  }
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const key = privateKeyOfSeed(environment.randomBytes(SEED_BYTES));
  const verifier = verifierOf(name, key);
  const text = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  if (!(await createKeyFile({ path: join(dir, WITNESS_KEY_FILE), text, access: 'private', environment }))) {
    throw new KeyError('KEY_INVALID', `There is a witness key in ${dir} already.`, {
      hint: 'Logs know the witness by that key: keep it, or give another folder with --dir.',
    });
  }
  const publicText = `${formatVerifierKey(verifier)}\n`;
  await createKeyFile({ path: join(dir, WITNESS_VERIFIER_FILE), text: publicText, access: 'public', environment });
  await flushDirectory(dir);
  return verifier;
}

/**
 * What makes the cosignatures of a witness.
 * @throws KeyError `KEY_MISSING`, `KEY_INVALID`, `KEY_EXPOSED`; `KEY_MISMATCH` when the two files do not belong together.
 */
export async function openWitnessKey(dir: string): Promise<CosignatureSigner> {
  const verifier = await readWitnessVerifier(dir);
  const path = join(dir, WITNESS_KEY_FILE);
  const text = await readKeyFile(path, 'private');
  if (text === undefined) throw missing(path);
  const key = parsePrivate(path, text);
  if (formatVerifierKey(verifierOf(verifier.name, key)) !== formatVerifierKey(verifier)) {
    throw new KeyError('KEY_MISMATCH', `The private and the public witness key in ${dir} do not belong together.`);
  }
  return { key: verifier, sign: (message) => new Uint8Array(sign(null, message, key)) };
}

/** What verifies the cosignatures of a witness. @throws KeyError `KEY_MISSING`, `KEY_INVALID` */
export async function readWitnessVerifier(dir: string): Promise<VerifierKey> {
  const path = join(dir, WITNESS_VERIFIER_FILE);
  const text = await readKeyFile(path, 'public');
  if (text === undefined) throw missing(path);
  try {
    const verifier = parseVerifierKey(text.trim(), sha256);
    if (verifier.type === KEY_TYPES.cosignature) return verifier;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
  }
  throw new KeyError('KEY_INVALID', `The file ${path} holds no verifier key of a witness.`);
}

function verifierOf(name: string, key: KeyObject): VerifierKey {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  return createVerifierKey({ name, type: KEY_TYPES.cosignature, publicKey, hasher: sha256 });
}

function parsePrivate(path: string, text: string): KeyObject {
  try {
    const key = createPrivateKey({ key: text, format: 'pem' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The cause stays out: the engine's message may speak of what stands in the file.
  }
  throw new KeyError('KEY_INVALID', `The key ${path} is not an unencrypted Ed25519 private key in PEM form.`);
}

function missing(path: string): KeyError {
  return new KeyError('KEY_MISSING', `The key ${path} is not there.`, {
    hint: 'Make one with: countersign witness keys create --name <name>',
  });
}
