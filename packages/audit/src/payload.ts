/**
 * Payloads: the canonical bytes that stand beside a leaf, the salted commitment that stands in it, and the preview that
 * takes the place of a value above the size limit (log format, section 3). Pure.
 */

import { createHash, hash } from 'node:crypto';
import {
  ConfigError,
  canonicalJson,
  isCertainlyCanonical,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseCanonicalJson,
} from '@countersign/core';
import type { StoredPayload } from './log-reader.js';

/** The length of a payload's salt in bytes. */
export const PAYLOAD_SALT_BYTES = 16;

/** The longest payload that is recorded whole, in bytes of canonical JSON, unless the options say otherwise. */
export const DEFAULT_MAX_PAYLOAD_BYTES = 64 * 1024;

/** What is kept of the beginning and the end of a longer one, in bytes of UTF-8 at most. */
export const PREVIEW_HEAD_BYTES = 2048;
export const PREVIEW_TAIL_BYTES = 512;

/** What a commitment covers. */
export interface PayloadCommitment {
  /** Exactly 16 random bytes. */
  readonly salt: Uint8Array;
  /** 1 to 255 bytes of UTF-8. */
  readonly name: string;
  /** Canonical JSON. */
  readonly bytes: Uint8Array;
}

/** What `preparePayload` needs. */
export interface PreparePayloadOptions {
  readonly name: string;
  readonly value: JsonValue;
  /** Exactly 16 random bytes. */
  readonly salt: Uint8Array;
  /** `DEFAULT_MAX_PAYLOAD_BYTES` when not given. A preview itself may be longer than a very small limit. */
  readonly maxBytes?: number;
}

/** A payload as it is stored, and what its entry says of it. */
export interface PreparedPayload extends Omit<StoredPayload, 'index'> {
  /** Base64 of 32 bytes; over the preview where the value was too long. */
  readonly commitment: string;
  /** True when `bytes` are those of a preview. */
  readonly truncated: boolean;
}

/** Why a stored payload is refused. */
export type PayloadFailure = 'PAYLOAD_SALT_INVALID' | 'PAYLOAD_NOT_CANONICAL' | 'PAYLOAD_COMMITMENT_MISMATCH';

/** The answer of `openPayload`. */
export type OpenPayloadResult =
  | { readonly ok: true; readonly value: JsonValue; readonly truncated: boolean }
  | { readonly ok: false; readonly code: PayloadFailure };

/** The answer of `checkPayload`. */
export type CheckPayloadResult =
  | { readonly ok: true; readonly truncated: boolean }
  | { readonly ok: false; readonly code: PayloadFailure };

/** @throws ConfigError OPTION_INVALID for a limit that is no integer from 1 KiB to 10 MiB. */
export function checkPayloadLimit(bytes: number): void {
  if (Number.isSafeInteger(bytes) && bytes >= 1024 && bytes <= 10 * 1024 * 1024) return;
  throw new ConfigError('OPTION_INVALID', 'maxPayloadBytes: expected an integer from 1,024 to 10,485,760');
}

/** The bytes of a payload: canonical JSON in UTF-8. @throws CanonicalJsonError when the value is not strict JSON. */
export function payloadBytes(value: JsonValue): Uint8Array {
  return Buffer.from(canonicalJson(value), 'utf8');
}

/**
 * `SHA-256("countersign/field/v1" || 00 || salt || u8(length of name) || name || bytes)` in standard base64.
 * @throws ConfigError OPTION_INVALID for a salt of another length, or a name of 0 or more than 255 bytes.
 */
export function commitPayload({ salt, name, bytes }: PayloadCommitment): string {
  if (salt.length !== PAYLOAD_SALT_BYTES) {
    throw new ConfigError('OPTION_INVALID', `salt: expected ${PAYLOAD_SALT_BYTES} bytes, found ${salt.length}`);
  }
  const nameLength = Buffer.byteLength(name);
  if (nameLength === 0 || nameLength > 255) {
    throw new ConfigError('OPTION_INVALID', `payload name: expected 1 to 255 bytes, found ${nameLength}`);
  }
  const before = SALT_AT + PAYLOAD_SALT_BYTES + 1 + nameLength;
  SCRATCH.set(salt, SALT_AT);
  SCRATCH[SALT_AT + PAYLOAD_SALT_BYTES] = nameLength;
  SCRATCH.write(name, SALT_AT + PAYLOAD_SALT_BYTES + 1);
  // One call for all that is short: it costs a third of feeding the parts one by one.
  if (bytes.length <= SHORT_BYTES) {
    SCRATCH.set(bytes, before);
    return hash('sha256', SCRATCH.subarray(0, before + bytes.length), 'base64');
  }
  return createHash('sha256').update(SCRATCH.subarray(0, before)).update(bytes).digest('base64');
}

/**
 * The payload that is recorded for a value: its canonical bytes, or above `maxBytes` the canonical bytes of
 * `{"$t":"truncated","bytes","digest","head","tail"}`, where `digest` is the commitment of the whole under the same salt
 * and name. The commitment is over what is stored.
 * @throws CanonicalJsonError when the value is not strict JSON; ConfigError OPTION_INVALID as `commitPayload`.
 */
export function preparePayload(options: PreparePayloadOptions): PreparedPayload {
  const { name, value, salt, maxBytes = DEFAULT_MAX_PAYLOAD_BYTES } = options;
  const whole = payloadBytes(value);
  const truncated = whole.length > maxBytes;
  const bytes = truncated ? payloadBytes(previewOf({ salt, name, bytes: whole })) : whole;
  return { name, salt, bytes, commitment: commitPayload({ salt, name, bytes }), truncated };
}

/** Checks a stored payload against the commitment in its leaf, and decodes it. Never throws on bad evidence. */
export function openPayload(stored: Omit<StoredPayload, 'index'>, commitment: string): OpenPayloadResult {
  const checked = checkPayload(stored, commitment);
  return checked.ok ? { ...checked, value: payloadValue(stored.bytes) } : checked;
}

/** The value of the bytes of a payload that was checked. */
export function payloadValue(bytes: Uint8Array): JsonValue {
  // Canonical bytes have one meaning, which the engine's parser finds in a fraction of the time.
  return JSON.parse(decodeUtf8(bytes));
}

/** Checks a stored payload against the commitment in its leaf. Never throws on bad evidence. */
export function checkPayload(stored: Omit<StoredPayload, 'index'>, commitment: string): CheckPayloadResult {
  const { salt, name, bytes } = stored;
  if (salt.length !== PAYLOAD_SALT_BYTES) return { ok: false, code: 'PAYLOAD_SALT_INVALID' };
  const nameLength = Buffer.byteLength(name);
  if (nameLength === 0 || nameLength > 255 || commitPayload({ salt, name, bytes }) !== commitment) {
    return { ok: false, code: 'PAYLOAD_COMMITMENT_MISMATCH' };
  }
  if (!isCertainlyCanonical(bytes) && !isCanonical(bytes)) return { ok: false, code: 'PAYLOAD_NOT_CANONICAL' };
  return { ok: true, truncated: isPreview(bytes) };
}

/** Longer bytes are not copied to be hashed. */
const SHORT_BYTES = 16 * 1024;

const FIELD_TAG = Buffer.from('countersign/field/v1\0', 'utf8');

/** Where the parts of a commitment are put side by side, from one call to its end: a buffer for each costs as much as its hash. */
const SCRATCH = Buffer.concat([FIELD_TAG], FIELD_TAG.length + PAYLOAD_SALT_BYTES + 1 + 255 + SHORT_BYTES);
const SALT_AT = FIELD_TAG.length;

/** The tag of a preview. The normaliser escapes a caller's own `$t`, so that no recorded value looks like one. */
const PREVIEW_TAG = 'truncated';

function previewOf(whole: PayloadCommitment): JsonObject {
  return {
    $t: PREVIEW_TAG,
    bytes: whole.bytes.length,
    digest: commitPayload(whole),
    head: decodeUtf8(whole.bytes.subarray(0, cutBefore(whole.bytes, PREVIEW_HEAD_BYTES))),
    tail: decodeUtf8(whole.bytes.subarray(cutAfter(whole.bytes, whole.bytes.length - PREVIEW_TAIL_BYTES))),
  };
}

/** The last boundary between code points at or before `at`. */
function cutBefore(bytes: Uint8Array, at: number): number {
  let cut = Math.min(at, bytes.length);
  while (cut > 0 && isContinuation(bytes[cut])) cut -= 1;
  return cut;
}

/** The first boundary between code points at or after `at`. */
function cutAfter(bytes: Uint8Array, at: number): number {
  let cut = Math.max(at, 0);
  while (cut < bytes.length && isContinuation(bytes[cut])) cut += 1;
  return cut;
}

/** True for the second and later bytes of a UTF-8 sequence. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function isPreview(bytes: Uint8Array): boolean {
  if (bytes.length < PREVIEW_MEMBER.length || bytes[0] !== OPEN_BRACE) return false;
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(PREVIEW_MEMBER)) return false;
  const value = payloadValue(bytes);
  return isJsonObject(value) && Object.hasOwn(value, '$t') && value.$t === PREVIEW_TAG;
}

/** How the tag stands in canonical bytes. */
const PREVIEW_MEMBER = `"$t":"${PREVIEW_TAG}"`;
const OPEN_BRACE = 0x7b;

function isCanonical(bytes: Uint8Array): boolean {
  try {
    parseCanonicalJson(bytes);
    return true;
  } catch {
    // Whatever the parser objects to, the answer is the same: these are not the bytes of a payload.
    return false;
  }
}
