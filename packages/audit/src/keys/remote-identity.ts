/**
 * An identity key that is kept elsewhere: in another process, on another host, in a key management service. Each commit is
 * signed by the key of its epoch alone; the identity's signature follows within a bounded time (log format, section 5).
 */

import { ConfigError } from '@countersign/core';
import {
  checkEnrolment,
  ED25519_SIGNATURE_SIZE,
  formatNote,
  KEY_TYPES,
  type NoteSigner,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from '@countersign/tlog';
import { verifyEd25519 } from '../ed25519.js';
import { KeyError } from '../errors.js';
import { sha256 } from './private-key.js';

/** How far the identity's signature may lie behind before no more calls begin. */
export interface LagLimits {
  /** Entries, 1 to 1,000,000; 10,000 when not given. */
  readonly maxEntries?: number;
  /** Milliseconds, 1,000 (a second) to 86,400,000 (a day); 60,000 when not given. */
  readonly maxMs?: number;
}

/**
 * Signs the text of a checkpoint, as bytes, and answers the 64 bytes of an Ed25519 signature. What it answers is verified.
 * The signal aborts when the time is over or the log is closed.
 */
export type RemoteSign = (text: Uint8Array, context: { readonly signal: AbortSignal }) => Promise<Uint8Array>;

/** What `createRemoteIdentity` needs. */
export interface RemoteIdentityOptions {
  /** The verifier key of the identity (`<origin>+<id>+<key>`), whose name is the log's origin. */
  readonly verifierKey: string;
  readonly sign: RemoteSign;
  readonly maxLag?: LagLimits;
}

/** An identity key that signs elsewhere. */
export interface RemoteIdentity {
  readonly kind: 'remote';
  /** The log's origin: the name of the key. */
  readonly origin: string;
  readonly key: VerifierKey;
  readonly maxLag: Required<LagLimits>;
  /** Undefined in a process that cannot ask for signatures: what it writes waits for one that can. */
  readonly sign: RemoteSign | undefined;
}

/** The limits when none are given. */
export const DEFAULT_MAX_LAG: Required<LagLimits> = { maxEntries: 10_000, maxMs: 60_000 };

/**
 * An identity whose private key this process never sees.
 * @throws KeyError `KEY_INVALID` when the text is no sound Ed25519 verifier key.
 * @throws ConfigError `OPTION_INVALID` for limits that are none.
 */
export function createRemoteIdentity({ verifierKey, sign, maxLag = {} }: RemoteIdentityOptions): RemoteIdentity {
  return remoteIdentityOf(readKey(verifierKey), { sign, maxLag });
}

/** The same for a key that was read before; without `sign` for a process that only writes entries. */
export function remoteIdentityOf(
  key: VerifierKey,
  { sign, maxLag = {} }: { readonly sign?: RemoteSign; readonly maxLag?: LagLimits } = {},
): RemoteIdentity {
  const limits = { ...DEFAULT_MAX_LAG, ...maxLag };
  checkLimit('maxLag.maxEntries', limits.maxEntries, { min: 1, max: 1_000_000 });
  checkLimit('maxLag.maxMs', limits.maxMs, { min: 1000, max: 86_400_000 });
  return { kind: 'remote', origin: key.name, key, maxLag: limits, sign };
}

/** Whether an identity key is kept elsewhere. */
export function isRemote(identity: NoteSigner | RemoteIdentity): identity is RemoteIdentity {
  return 'kind' in identity;
}

/**
 * A note with the identity's line before those that it carries.
 * @throws KeyError `SIGNATURE_REFUSED` when what was answered is not the key's signature over the text.
 */
export function addIdentityLine(note: string, signature: Uint8Array, { name, id, publicKey }: VerifierKey): string {
  const { text, signatures } = parseNote(note);
  const bytes = new Uint8Array(signature);
  const isGood = bytes.length === ED25519_SIGNATURE_SIZE && verifyEd25519(publicKey, Buffer.from(text, 'utf8'), bytes);
  if (!isGood) {
    throw new KeyError('SIGNATURE_REFUSED', 'The remote signer answered something else than a signature of its key.', {
      hint: 'It must sign the bytes as they are, with the Ed25519 key whose verifier key was given.',
    });
  }
  return formatNote({ text, signatures: [{ name, id, signature: bytes }, ...signatures] });
}

function readKey(text: string): VerifierKey {
  const refuse = (cause?: unknown) =>
    new KeyError('KEY_INVALID', 'The verifier key of the remote identity cannot be used.', {
      hint: 'Give the line that `countersign keys` prints: <origin>+<8 hex digits>+<base64>.',
      cause,
    });
  let key: VerifierKey;
  try {
    key = parseVerifierKey(text.trim(), sha256);
  } catch (cause) {
    throw refuse(cause);
  }
  if (key.type !== KEY_TYPES.ed25519 || !checkEnrolment(key.publicKey).ok) throw refuse();
  return key;
}

function checkLimit(name: string, value: number, { min, max }: { readonly min: number; readonly max: number }): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new ConfigError('OPTION_INVALID', `${name}: expected an integer from ${min} to ${max}`);
}
