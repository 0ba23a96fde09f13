/**
 * Cosignatures: a witness's statement that at a time this was the largest consistent tree that it had seen of a log.
 * C2SP tlog-cosignature, the Ed25519 form. Pure.
 */

import { TlogError } from './errors.js';
import { isSize } from './integer.js';
import { isSameKey, KEY_TYPES, type VerifierKey } from './key.js';
import {
  ED25519_SIGNATURE_SIZE,
  formatNote,
  formatSignatureLine,
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
} from './note.js';
import { isPlainText } from './text.js';
import { cosignatureMessage, type SignatureVerifier, verifyNote } from './verify-note.js';

/** Makes cosignatures with one witness key. */
export interface CosignatureSigner {
  /** Of type cosignature. */
  readonly key: VerifierKey;
  /** The 64-byte Ed25519 signature over exactly these bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** Which witnesses have cosigned a note, and when. */
export interface VerifiedCosignature {
  readonly key: VerifierKey;
  /** When the witness made it, in seconds since 1970. */
  readonly timeSeconds: number;
}

/**
 * Cosigns the text of a checkpoint.
 *
 * @throws TlogError `KEY_TYPE_UNSUPPORTED` for a key of another type, `NOTE_INVALID` for a text that is none,
 * `RANGE_INVALID` for a time that is no positive number of seconds, `SIGNATURE_INVALID` when the signer answers anything but
 * 64 bytes
 */
export function cosign(options: {
  readonly text: string;
  readonly timeSeconds: number;
  readonly signer: CosignatureSigner;
}): NoteSignature {
  const { text, timeSeconds, signer } = options;
  const { name, id, type } = signer.key;
  if (type !== KEY_TYPES.cosignature) {
    throw new TlogError('KEY_TYPE_UNSUPPORTED', 'Only keys of type cosignature make cosignatures.');
  }
  if (!isPlainText(text) || !text.endsWith('\n'))
    throw new TlogError('NOTE_INVALID', 'This is not the text of a note.');
  // A cosignature of time 0 would not say when; witnesses of C2SP never make one.
  if (!isSize(timeSeconds) || timeSeconds === 0) {
    throw new TlogError('RANGE_INVALID', 'The time of a cosignature must be a positive number of seconds.');
  }
  const signed = signer.sign(cosignatureMessage(text, timeSeconds));
  if (signed.length !== ED25519_SIGNATURE_SIZE) {
    throw new TlogError('SIGNATURE_INVALID', `A signer must answer ${ED25519_SIGNATURE_SIZE} bytes.`);
  }
  const signature = new Uint8Array(TIME_BYTES + signed.length);
  new DataView(signature.buffer).setBigUint64(0, BigInt(timeSeconds));
  signature.set(signed, TIME_BYTES);
  return { name, id, signature };
}

/** The text of signature lines, each ended by a newline: the answer of a witness. */
export function formatCosignatures(signatures: readonly NoteSignature[]): string {
  return signatures.map(formatSignatureLine).join('');
}

/**
 * Reads the answer of a witness: one or more signature lines and nothing else.
 *
 * @throws TlogError `NOTE_INVALID`, `NOTE_TOO_LARGE`
 */
export function parseCosignatures(text: string): readonly NoteSignature[] {
  if (text.length > MAX_NOTE_BYTES) throw new TlogError('NOTE_TOO_LARGE', 'The answer is longer than a note may be.');
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) {
    throw new TlogError('NOTE_INVALID', 'One or more signature lines are expected, each ended by a newline.');
  }
  if (lines.length > MAX_NOTE_SIGNATURES) throw new TlogError('NOTE_TOO_LARGE', 'There are too many signature lines.');
  const parsed = lines.map(parseSignatureLine);
  if (formatCosignatures(parsed) !== text) {
    throw new TlogError('NOTE_INVALID', 'The signature lines are not in the one form that their parts have.');
  }
  return parsed;
}

/**
 * The note with further signature lines; a line that it has already is not repeated.
 *
 * @throws TlogError `NOTE_INVALID`, `NOTE_TOO_LARGE`
 */
export function addCosignatures(note: string, signatures: readonly NoteSignature[]): string {
  const parsed = parseNote(note);
  const present = new Set(parsed.signatures.map(formatSignatureLine));
  const fresh = signatures.filter((line) => !present.has(formatSignatureLine(line)));
  return formatNote({ text: parsed.text, signatures: [...parsed.signatures, ...fresh] });
}

/**
 * The cosignatures on a note by these witnesses, each witness once. `undefined` when the note cannot be read, or a line of
 * one of the witnesses is no good signature: then nothing on it is believed. Signatures of others are ignored.
 *
 * @throws TlogError `KEY_AMBIGUOUS`, as `verifyNote`
 */
export function verifyCosignatures(options: {
  readonly note: string | Uint8Array;
  readonly witnesses: readonly VerifierKey[];
  readonly verify: SignatureVerifier;
}): readonly VerifiedCosignature[] | undefined {
  const { note, witnesses, verify } = options;
  const keys = witnesses.filter(({ type }) => type === KEY_TYPES.cosignature);
  const result = verifyNote({ note, keys, verify });
  if (!result.ok) return result.code === 'NO_KNOWN_SIGNATURE' ? [] : undefined;
  return result.verified.flatMap(({ key, timeSeconds = 0 }) =>
    timeSeconds > 0 && keys.some((known) => isSameKey(known, key)) ? [{ key, timeSeconds }] : [],
  );
}

const TIME_BYTES = 8;
