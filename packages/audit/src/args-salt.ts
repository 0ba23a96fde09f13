/**
 * The salt of a call's digest, made so that another process with the same keys comes to the same one (log format, section 4).
 */

import { createHmac } from 'node:crypto';

/** Answers 16 bytes of salt for what a digest is about: always the same for the same text, and nobody without the key knows them. */
export type ArgsSalt = (statement: string) => Uint8Array;

/**
 * Salts under the secret key of a deployment. A salt goes by the exact arguments as well, so that the salt of one call, where it is
 * on record, says nothing about another.
 */
export function createArgsSalt(key: Uint8Array): ArgsSalt {
  return (statement) =>
    createHmac('sha256', key).update(TAG).update(statement, 'utf8').digest().subarray(0, SALT_BYTES);
}

const TAG = 'countersign/args-salt/v1\0';

const SALT_BYTES = 16;
