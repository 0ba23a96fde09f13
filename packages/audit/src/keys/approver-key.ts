/**
 * The key of an approver: an Ed25519 seed in a file that only its owner can read. Whoever is to be put on record with a key has
 * to have it, which is the proof of possession.
 */

import { sign } from 'node:crypto';
import type { Environment } from '@countersign/core';
import { formatVerifierKey } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import { createKeyFile, readKeyFile } from './key-file.js';
import { privateKeyOfSeed, SEED_BYTES, sha256, verifierKeyOf } from './private-key.js';

/** An approver's key. */
export interface ApproverKey {
  /** The verifier key, as it stands on record. */
  readonly verifierKey: string;
  /** Answers the signature over these bytes, in standard base64. */
  sign(statement: Uint8Array): string;
}

/**
 * Opens the key in a file; with `create`, makes one where there is none.
 * @throws KeyError `KEY_MISSING`, `KEY_INVALID`, or `KEY_EXPOSED` for a file that others can read.
 */
export async function openApproverKey(
  path: string,
  options: { readonly name: string; readonly create: boolean; readonly environment: Environment },
): Promise<ApproverKey> {
  const { create, environment } = options;
  if (create) {
    const text = `${Buffer.from(environment.randomBytes(SEED_BYTES)).toString('hex')}\n`;
    // A file that is there stays as it is.
    await createKeyFile({ path, text, access: 'private', environment });
  }
  const text = await readKeyFile(path, 'private');
  if (text === undefined) {
    throw new KeyError('KEY_MISSING', `There is no key of an approver in ${path}.`, {
      hint: 'Make one with `countersign approvers add <name> --sign-key <file>`.',
    });
  }
  if (!/^[0-9a-f]{64}\n?$/.test(text))
    throw new KeyError('KEY_INVALID', `The file ${path} holds no key of an approver.`);
  const key = privateKeyOfSeed(Buffer.from(text.trim(), 'hex'));
  const name = `approver-${Buffer.from(sha256(Buffer.from(options.name)))
    .toString('hex')
    .slice(0, 16)}`;
  return {
    verifierKey: formatVerifierKey(verifierKeyOf(name, key)),
    sign: (statement) => sign(null, statement, key).toString('base64'),
  };
}
