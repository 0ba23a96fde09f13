/**
 * Verifier keys: the name, ID, type and public key that a note's signature is checked with, and their text form
 * `<name>+<8 hex digits>+<base64>`. C2SP signed-note. Pure.
 */

import { decodeBase64, encodeBase64 } from './base64.js';
import { ED25519_PUBLIC_KEY_SIZE } from './enrolment.js';
import { TlogError } from './errors.js';
import { equalBytes, type Hasher } from './hash.js';
import { encodeUtf8, isPlainText } from './text.js';

/** The signature types that this package reads. */
export const KEY_TYPES = Object.freeze({
  /** Ed25519 over the note's text. */
  ed25519: 0x01,
  /** Ed25519 over a witness's statement: the time, then the note's text (C2SP tlog-cosignature). */
  cosignature: 0x04,
} as const);

/** The type byte of a verifier key. */
export type KeyType = (typeof KEY_TYPES)[keyof typeof KEY_TYPES];

/** A key that notes are verified with. */
export interface VerifierKey {
  /** Not empty, no white space, no `+`; at most 256 bytes of UTF-8. Of a log: its origin. */
  readonly name: string;
  /** The key ID, an unsigned 32-bit integer: the first 4 bytes, big-endian, of a hash over name, type and key. */
  readonly id: number;
  readonly type: KeyType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** What `createVerifierKey` and `keyId` need. */
export interface VerifierKeyOptions {
  readonly name: string;
  /** Ed25519 over the note's text when not given. */
  readonly type?: KeyType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly hasher: Hasher;
}

/** Whether a name can be a key's name. */
export type KeyNameCheck = { readonly ok: true } | { readonly ok: false; readonly code: 'KEY_NAME_INVALID' };

/** The longest key name, in bytes of UTF-8. */
export const MAX_KEY_NAME_BYTES = 256;

/**
 * Makes a verifier key from its parts. This does not say that the point is sound: see `checkEnrolment`.
 *
 * @throws TlogError `KEY_NAME_INVALID`, `KEY_TYPE_UNSUPPORTED`; `KEY_INVALID` when the public key is not 32 bytes
 */
export function createVerifierKey(options: VerifierKeyOptions): VerifierKey {
  const { name, type = KEY_TYPES.ed25519, publicKey } = options;
  if (!checkKeyName(name).ok) throw invalidName();
  if (!isKeyType(type)) throw unsupportedType();
  if (publicKey.length !== ED25519_PUBLIC_KEY_SIZE) {
    throw invalidKey(`the public key has ${publicKey.length} bytes where ${ED25519_PUBLIC_KEY_SIZE} are expected`);
  }
  return { name, id: keyId(options), type, publicKey: new Uint8Array(publicKey) };
}

/**
 * Reads a verifier key, and checks that its ID belongs to it.
 *
 * @throws TlogError `KEY_INVALID`, `KEY_NAME_INVALID`, `KEY_TYPE_UNSUPPORTED`
 */
export function parseVerifierKey(text: string, hasher: Hasher): VerifierKey {
  if (text.length > MAX_VERIFIER_KEY_LENGTH)
    throw invalidKey(`it is longer than ${MAX_VERIFIER_KEY_LENGTH} characters`);
  // Base64 may hold a plus sign too, so only the first two separate.
  const [, name, idText, keyText] = /^([^+]*)\+([0-9a-f]{8})\+([^\n]*)$/.exec(text) ?? [];
  if (name === undefined || idText === undefined || keyText === undefined) {
    throw invalidKey('its form is not <name>+<8 hex digits>+<base64>');
  }
  const encoded = decodeKeyBytes(keyText);
  const [type] = encoded;
  if (!isKeyType(type)) throw unsupportedType();
  const key = createVerifierKey({ name, type, publicKey: encoded.subarray(1), hasher });
  if (formatVerifierKey(key) !== text) throw invalidKey('its ID does not belong to its name and public key');
  return key;
}

/** The text of a verifier key: `<name>+<8 hex digits of ID>+base64(type || key)`. */
export function formatVerifierKey(key: VerifierKey): string {
  const encoded = new Uint8Array([key.type, ...key.publicKey]);
  return `${key.name}+${key.id.toString(16).padStart(8, '0')}+${encodeBase64(encoded)}`;
}

/** The ID of a key: the first 4 bytes of `SHA-256(name || 0A || type || public key)`, as an unsigned integer. */
export function keyId({ name, type = KEY_TYPES.ed25519, publicKey, hasher }: VerifierKeyOptions): number {
  const hash = hasher(new Uint8Array([...encodeUtf8(`${name}\n`), type, ...publicKey]));
  return new DataView(hash.buffer, hash.byteOffset, hash.byteLength).getUint32(0);
}

/** Checks a key's name: not empty, no Unicode white space, no `+`, no control character, at most 256 bytes. */
export function checkKeyName(name: string): KeyNameCheck {
  const isSound =
    name.length > 0 &&
    name.length <= MAX_KEY_NAME_BYTES &&
    isPlainText(name) &&
    !/[\p{White_Space}+]/u.test(name) &&
    encodeUtf8(name).length <= MAX_KEY_NAME_BYTES;
  return isSound ? { ok: true } : { ok: false, code: 'KEY_NAME_INVALID' };
}

/** Whether two verifier keys are the same in every part. */
export function isSameKey(left: VerifierKey, right: VerifierKey): boolean {
  return (
    left.name === right.name &&
    left.id === right.id &&
    left.type === right.type &&
    equalBytes(left.publicKey, right.publicKey)
  );
}

/** More than the longest name with its ID and key takes; what is longer is not worth decoding. */
const MAX_VERIFIER_KEY_LENGTH = 1_000;

function isKeyType(type: number | undefined): type is KeyType {
  return type === KEY_TYPES.ed25519 || type === KEY_TYPES.cosignature;
}

function decodeKeyBytes(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw invalidKey('its last part is not base64', cause);
  }
}

function invalidKey(reason: string, cause?: unknown): TlogError {
  return new TlogError('KEY_INVALID', `This is not a verifier key: ${reason}.`, {
    hint: 'Copy the whole key again from where it was published.',
    cause,
  });
}

function invalidName(): TlogError {
  return new TlogError('KEY_NAME_INVALID', 'This cannot be the name of a key.', {
    hint: `Use 1 to ${MAX_KEY_NAME_BYTES} bytes without white space, control characters and plus signs, such as example.com/log.`,
  });
}

function unsupportedType(): TlogError {
  return new TlogError('KEY_TYPE_UNSUPPORTED', 'The type of this verifier key is not supported.', {
    hint: 'Types 1 (Ed25519) and 4 (Ed25519 cosignature) are.',
  });
}
